//! The reference of a payment across banks.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::{Uuid, Variant};

/// A unique end-to-end transaction reference: a UUID of version 4 in lower case, under which every bank on the way knows the payment
/// (ISO 20022 `UUIDv4Identifier`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Uetr(Uuid);

/// Why a text is no UETR.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a UETR: a UUID of version 4 in lower case, with its hyphens")]
pub struct InvalidUetr;

impl Uetr {
    /// The reference made of 16 random bytes; version and variant bits are set as RFC 9562 section 5.4 has it.
    pub fn from_random(bytes: [u8; 16]) -> Self {
        Self(uuid::Builder::from_random_bytes(bytes).into_uuid())
    }
}

impl FromStr for Uetr {
    type Err = InvalidUetr;

    fn from_str(text: &str) -> Result<Self, InvalidUetr> {
        let uuid = Uuid::try_parse(text).map_err(|_| InvalidUetr)?;
        let is_v4 = uuid.get_version_num() == 4 && uuid.get_variant() == Variant::RFC4122;
        if is_v4 && uuid.to_string() == text { Ok(Self(uuid)) } else { Err(InvalidUetr) }
    }
}

impl TryFrom<String> for Uetr {
    type Error = InvalidUetr;

    fn try_from(text: String) -> Result<Self, InvalidUetr> {
        text.parse()
    }
}

impl From<Uetr> for String {
    fn from(uetr: Uetr) -> Self {
        uetr.to_string()
    }
}

impl fmt::Display for Uetr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_hyphenated().fmt(f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_uetr_has_one_spelling() {
        let uetr = Uetr::from_random([0xAB; 16]);
        let text = uetr.to_string();
        assert_eq!(text.parse(), Ok(uetr));
        let compact = text.replace('-', "");
        for bad in [text.to_uppercase(), compact, format!("{{{text}}}"), format!("urn:uuid:{text}")]
        {
            assert_eq!(bad.parse::<Uetr>(), Err(InvalidUetr), "{bad}");
        }
        for bad in [
            "eb6305c9-1f7f-19de-aed0-16487c27b42d",
            "eb6305c9-1f7f-49de-0ed0-16487c27b42d",
            "eb6305c9-1f7f-49de-aed0-16487c27b42",
            "",
        ] {
            assert_eq!(bad.parse::<Uetr>(), Err(InvalidUetr), "{bad}");
        }
    }
}
