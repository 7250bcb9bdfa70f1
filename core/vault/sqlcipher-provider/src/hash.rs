//! The hash functions SQLCipher knows, by its numbers for them.

use core::ffi::c_int;

/// The longest digest, in bytes.
pub(crate) const LONGEST_DIGEST: usize = 64;

/// `SQLCIPHER_HMAC_SHA1`, `..._SHA256`, `..._SHA512`; the `PBKDF2` constants have the same values.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Hash {
    /// Only files of SQLCipher 1 to 3 use it.
    Sha1,
    /// On request.
    Sha256,
    /// The default since SQLCipher 4.
    Sha512,
}

impl Hash {
    /// From SQLCipher's number.
    pub(crate) const fn from_number(number: c_int) -> Option<Self> {
        match number {
            0 => Some(Self::Sha1),
            1 => Some(Self::Sha256),
            2 => Some(Self::Sha512),
            _ => None,
        }
    }

    /// Bytes of a digest.
    pub(crate) const fn digest_size(self) -> usize {
        match self {
            Self::Sha1 => 20,
            Self::Sha256 => 32,
            Self::Sha512 => LONGEST_DIGEST,
        }
    }
}
