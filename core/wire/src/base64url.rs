//! base64url of RFC 4648 section 5 without padding, one spelling per value.

use base64ct::{Base64UrlUnpadded, Encoding as _};

/// The text is not base64url without padding, or not the one canonical spelling of its bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not base64url without padding")]
pub struct NotBase64Url;

/// The text of `bytes`.
pub fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

/// The bytes of `text`. Padding, white space, other alphabets and stray low bits in the last character are refused.
pub fn decode(text: &str) -> Result<Vec<u8>, NotBase64Url> {
    let bytes = Base64UrlUnpadded::decode_vec(text).map_err(|_| NotBase64Url)?;
    if encode(&bytes) == text { Ok(bytes) } else { Err(NotBase64Url) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn one_spelling_only() {
        assert_eq!(decode("-_8"), Ok(vec![0xFB, 0xFF]));
        for bad in ["-_8=", "+/8", "-_9", "-_ 8", "-", "-_8\n"] {
            assert_eq!(decode(bad), Err(NotBase64Url), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn what_is_encoded_decodes(bytes: Vec<u8>) {
            prop_assert_eq!(decode(&encode(&bytes)), Ok(bytes));
        }

        #[test]
        fn what_decodes_is_canonical(text in "[A-Za-z0-9_-]{0,12}") {
            if let Ok(bytes) = decode(&text) {
                prop_assert_eq!(encode(&bytes), text);
            }
        }
    }
}
