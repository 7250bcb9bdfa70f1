//! Secrets as they are kept: hashed. They are 256 random bits, so one round of SHA-256 is enough.

use base64ct::{Base64UrlUnpadded, Encoding};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// base64url of SHA-256: how tokens, codes and page handles stand in the file, and RFC 9449's `ath`.
pub(crate) fn hash(secret: &str) -> String {
    Base64UrlUnpadded::encode_string(&Sha256::digest(secret.as_bytes()))
}

/// Whether two secrets are the same, in a time that does not tell where they differ.
pub fn same_secret(one: &str, other: &str) -> bool {
    let (one, other) = (Sha256::digest(one.as_bytes()), Sha256::digest(other.as_bytes()));
    one.as_slice().ct_eq(other.as_slice()).into()
}
