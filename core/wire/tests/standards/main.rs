//! What the phone signs and verifies, held against answers that were published by others.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod jose;
mod wycheproof;
