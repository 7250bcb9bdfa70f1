//! The session against a small bank in memory, on a phone of fakes. Time is the fakes' and the paused runtime's.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod calls;
mod enrol;
mod lock;
mod locking;
mod pin;
mod refresh;
mod renewal;
mod security;
mod sign_in;
mod step_up;
mod support;
mod trust;
mod wipe;
