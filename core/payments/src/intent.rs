//! The intent: what a customer is asked to approve, as an object of exactly the members of docs/protocol.md section 9.1.

use std::fmt;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use guichet_foundation::ids::{DeviceId, IntentId};
use guichet_foundation::locale::Locale;
use guichet_foundation::time::Timestamp;
use serde::{Deserialize, Serialize};

use crate::digest::TextDigest;
use crate::terms::Terms;

/// An intent. Its canonical bytes are what is signed; see [`Frozen`](crate::Frozen).
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Intent {
    /// For whom it is: the bank's issuer.
    pub aud: String,
    /// The bank's one-time value that makes an old approval worthless.
    pub challenge: Challenge,
    /// When it was frozen, in the bank's time.
    pub created: Timestamp,
    /// The device that approves.
    pub device: DeviceId,
    /// The words that are approved.
    pub display: Display,
    /// After this nothing executes; at most 300 s after `created`.
    pub expires: Timestamp,
    /// Its name. One payment keeps one id from draft to receipt.
    pub id: IntentId,
    /// How it is signed.
    pub suite: Suite,
    /// What is agreed to.
    pub terms: Terms,
    /// The version of this object.
    pub v: Version,
}

/// Which words are approved.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Display {
    /// The language they are in.
    pub locale: Locale,
    /// Their digest.
    pub sha256: TextDigest,
}

/// The signature suite (closed).
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Suite {
    /// ECDSA on P-256 with SHA-256, as r||s.
    #[serde(rename = "ES256")]
    Es256,
}

/// The version of the object: 1.
#[derive(Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "u8", into = "u8")]
pub struct Version;

/// A challenge of section 6: 32 random bytes of the bank in base64url.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Challenge(String);

/// A member of the intent has a form that this version does not know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMember {
    /// The version is not 1.
    #[error("the intent is not of version 1; update the app")]
    Version,
    /// The challenge is not 32 bytes in base64url.
    #[error("the challenge is not 32 bytes in base64url")]
    Challenge,
}

impl TryFrom<u8> for Version {
    type Error = InvalidMember;

    fn try_from(number: u8) -> Result<Self, InvalidMember> {
        if number == 1 { Ok(Self) } else { Err(InvalidMember::Version) }
    }
}

impl From<Version> for u8 {
    fn from(_: Version) -> Self {
        1
    }
}

impl TryFrom<String> for Challenge {
    type Error = InvalidMember;

    fn try_from(text: String) -> Result<Self, InvalidMember> {
        let mut bytes = [0; 32];
        match Base64UrlUnpadded::decode(&text, &mut bytes) {
            Ok(decoded) if decoded.len() == 32 => Ok(Self(text)),
            _ => Err(InvalidMember::Challenge),
        }
    }
}

impl From<Challenge> for String {
    fn from(challenge: Challenge) -> Self {
        challenge.0
    }
}

impl fmt::Debug for Intent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Intent({})", self.id)
    }
}
