//! The vault from outside, as rooms and shells see it, and as a thief does.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod damage;
mod erase;
mod keys;
mod killed;
#[cfg(target_os = "linux")]
mod memory;
mod opening;
mod phone;
mod secrecy;
