//! The intent as it is signed (protocol section 9.1), and the only bytes it may be written in.

use serde::{Deserialize, Serialize};

use super::form::{self, is_uuid_v4};
use super::terms::Terms;
use crate::moment::Moment;

/// How long an intent may live, in seconds.
pub const LIFE_SECONDS_MAX: i64 = 300;

/// What a customer was asked to approve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intent {
    /// The bank it is for: the issuer.
    pub aud: String,
    /// The bank's challenge.
    pub challenge: String,
    /// When it was made.
    pub created: Moment,
    /// The device it was made on.
    pub device: String,
    /// What was shown.
    pub display: Display,
    /// When it ends; at most [`LIFE_SECONDS_MAX`] after `created`.
    pub expires: Moment,
    /// A lower-case UUID version 4.
    pub id: String,
    /// The suite it is signed with.
    pub suite: Suite,
    /// What is to be done.
    pub terms: Terms,
    /// The version of this object.
    pub v: Version,
}

/// What was shown: the language, and the digest of the text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Display {
    /// The language of the text.
    pub locale: Locale,
    /// base64url of the SHA-256 over the text in UTF-8.
    pub sha256: String,
}

/// The languages an intent can be shown in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Locale {
    /// English.
    #[serde(rename = "en")]
    En,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN")]
    ZhCn,
}

/// The signature suites of version 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Suite {
    /// ECDSA on P-256 with SHA-256.
    #[serde(rename = "ES256")]
    Es256,
}

/// The number 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Version;

impl From<Version> for u8 {
    fn from(_: Version) -> Self {
        1
    }
}

impl TryFrom<u8> for Version {
    type Error = &'static str;

    fn try_from(number: u8) -> Result<Self, Self::Error> {
        if number == 1 { Ok(Self) } else { Err("v is not 1") }
    }
}

/// The bytes are not an intent, or not its one canonical form (RFC 8785).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an intent in canonical form; send the bytes that were signed")]
pub struct Malformed;

impl Intent {
    /// Reads the canonical bytes. Exactly one sequence of bytes stands for an intent: members once
    /// each, none besides, sorted, without white space, escaped as RFC 8785 has it.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let intent: Self = serde_json::from_slice(bytes).map_err(|_| Malformed)?;
        let canonical = intent.canonical_bytes().map_err(|_| Malformed)?;
        if canonical == bytes && intent.has_valid_members() { Ok(intent) } else { Err(Malformed) }
    }

    /// The RFC 8785 form of the object.
    pub fn canonical_bytes(&self) -> Result<Vec<u8>, serde_json::Error> {
        serde_jcs::to_vec(self)
    }

    fn has_valid_members(&self) -> bool {
        let life = self.expires.as_second().saturating_sub(self.created.as_second());
        is_uuid_v4(&self.id)
            && (0..=LIFE_SECONDS_MAX).contains(&life)
            && form::has_valid_form(&self.terms)
    }
}
