//! What a phone sends as evidence: `attestation` in an enrolment (protocol section 7.1).

use core::fmt;

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Deserializer, de::Error};

/// Evidence about an approval key, not looked at yet. Closed: another `format` is no evidence.
#[derive(Debug, Deserialize)]
#[serde(tag = "format")]
pub enum Evidence {
    /// Android Key Attestation: the certificates of the approval key itself.
    #[serde(rename = "android-key")]
    AndroidKey {
        /// DER, the key's own certificate first.
        chain: Vec<Binary>,
    },
    /// Apple App Attest: a key of the app's, attested just now, which vouches for the approval key.
    #[serde(rename = "apple-appattest")]
    AppleAppAttest {
        /// The App Attest key's id.
        key_id: Binary,
        /// The attestation object: CBOR.
        object: Binary,
    },
    /// The same by a key that was attested before.
    #[serde(rename = "apple-appattest-assertion")]
    AppleAppAttestAssertion {
        /// The App Attest key's id.
        key_id: Binary,
        /// The assertion: CBOR.
        assertion: Binary,
    },
}

/// Bytes that travel as base64url. `Debug` shows how many.
#[derive(Clone, PartialEq, Eq)]
pub struct Binary(pub Vec<u8>);

impl<'de> Deserialize<'de> for Binary {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Base64UrlUnpadded::decode_vec(&text)
            .map(Self)
            .map_err(|_| D::Error::custom("not base64url without padding"))
    }
}

impl fmt::Debug for Binary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Binary({} bytes)", self.0.len())
    }
}
