//! ES256 and nothing else: keys as JWK, signatures as the 64 bytes r||s, and compact JWS.
//!
//! Written over `p256` rather than taken from a JWT library, because the protocol allows exactly
//! one algorithm, demands `typ`, and has no use for the rest of JOSE.

mod compact;
mod jwk;
mod key;

pub use compact::{CompactError, Unverified, sign, verify};
pub use jwk::{Jwk, JwkError};
pub use key::{SignatureError, SigningKey, VerifyingKey};
