//! What keeps a process that holds the core silent (invariant 7).
//!
//! The core itself shows and logs nothing of the customer's. Two things belong to the whole process and are set once by whoever
//! makes one: the allocator, which here overwrites whatever is freed ([`Zeroing`]), and the panic hook, which here prints a place
//! and never a message ([`redact`]). A third belongs to each thread that calls in: a call leaves the stack overwritten that it has
//! used ([`contained`]). The library for phones and the demo's phone use the same.

mod panics;
mod zeroing;

pub use panics::{contained, redact};
#[cfg(feature = "testing")]
pub use zeroing::Switchable;
pub use zeroing::Zeroing;
