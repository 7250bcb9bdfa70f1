//! SHA-256 digests, one type per thing that is digested, so that none can stand in for another.
//!
//! `==` takes the same time whatever the bytes are. Debug shows the type only: a digest of a few known words gives the words away.

use std::fmt;
use std::str::FromStr;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;

/// The text is not a SHA-256 digest: 32 bytes in base64url without padding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a SHA-256 digest: 43 characters of base64url")]
pub struct InvalidDigest;

macro_rules! sha256 {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name([u8; 32]);

        impl $name {
            /// The digest of these bytes; of its UTF-8 bytes, for a text.
            pub fn of(content: impl AsRef<[u8]>) -> Self {
                Self(Sha256::digest(content.as_ref()).into())
            }

            /// A digest computed elsewhere.
            pub const fn from_bytes(bytes: [u8; 32]) -> Self {
                Self(bytes)
            }

            /// The 32 bytes.
            pub const fn as_bytes(&self) -> &[u8; 32] {
                &self.0
            }
        }

        impl PartialEq for $name {
            fn eq(&self, other: &Self) -> bool {
                self.0.ct_eq(&other.0).into()
            }
        }

        impl Eq for $name {}

        impl FromStr for $name {
            type Err = InvalidDigest;

            fn from_str(text: &str) -> Result<Self, InvalidDigest> {
                let bytes = Base64UrlUnpadded::decode_vec(text).map_err(|_| InvalidDigest)?;
                bytes.try_into().map(Self).map_err(|_| InvalidDigest)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidDigest;

            fn try_from(text: String) -> Result<Self, InvalidDigest> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(digest: $name) -> Self {
                Base64UrlUnpadded::encode_string(&digest.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(stringify!($name))
            }
        }
    };
}

sha256!(
    /// Of a display text: what a shell hands back to say which words it drew.
    TextDigest
);
sha256!(
    /// Of an intent's canonical bytes: `intent_sha256` in a receipt.
    IntentDigest
);
sha256!(
    /// Of an approval's 64 bytes: `approval_sha256` in a receipt.
    ApprovalDigest
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digests_are_sha_256_in_base64url() {
        // FIPS 180-4, the example "abc".
        let abc = "ungWv48Bz-pBQUDeXa4iI7ADYaOWF3qctBD_YfIAFa0";
        assert_eq!(String::from(TextDigest::of("abc")), abc);
        assert_eq!(abc.parse(), Ok(IntentDigest::of(b"abc")));
    }

    #[test]
    fn another_spelling_or_length_is_refused() {
        let abc = String::from(TextDigest::of("abc"));
        for bad in [format!("{abc}="), abc.replace('-', "+"), String::new(), "AAAA".to_owned()] {
            assert_eq!(bad.parse::<TextDigest>(), Err(InvalidDigest), "{bad}");
        }
        // The last character carries two unused bits; only zeros are base64url.
        let loose = format!("{}1", abc.strip_suffix('0').unwrap());
        assert_eq!(loose.parse::<TextDigest>(), Err(InvalidDigest));
    }

    #[test]
    fn one_bit_makes_another_digest() {
        let mut bytes = *TextDigest::of("abc").as_bytes();
        bytes[31] ^= 1;
        assert_ne!(TextDigest::from_bytes(bytes), TextDigest::of("abc"));
    }
}
