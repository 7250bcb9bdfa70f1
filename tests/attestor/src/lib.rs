//! An authority for tests that attests keys as the makers of phones do: Android's key attestation and
//! Apple's App Attest, with everything in them free to be set wrong.
//!
//! It writes what the sandbox bank reads, and shares no code with it. That it writes what phones write
//! is for the published samples to show, which the bank verifies with the same code.

mod android;
mod apple;
mod authority;
pub mod cbor;
pub mod der;

pub use android::{KEY_DESCRIPTION, KeyDescription};
pub use apple::{AppAttest, AppAttestKey, DEVELOPMENT, NONCE, PRODUCTION};
pub use authority::{Authority, Extension, Form};
pub use rcgen::Error;
