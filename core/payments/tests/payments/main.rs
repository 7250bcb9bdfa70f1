//! Payments on a real vault, against a bank that does as it is told.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "what a test does not expect is its failure"
)]

mod answers;
mod approving;
mod canonical;
mod codes;
mod door;
mod kills;
mod outbox;
mod support;
mod updates;
mod vectors;
