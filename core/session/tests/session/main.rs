//! The session against a small bank in memory, on a phone of fakes. Time is the fakes' and the paused runtime's.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod calls;
mod clock;
mod enrol;
mod evidence;
mod key_rotation;
mod lock;
mod locking;
mod pin;
mod processes;
mod races;
mod refresh;
mod renewal;
mod repeats;
mod security;
mod sign_in;
mod silence;
mod step_up;
mod support;
mod trust;
mod wipe;
