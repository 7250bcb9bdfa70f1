//! A frozen intent: canonical bytes, the words they stand for, and nothing that could differ between the two.
//!
//! The bytes are the intent; the object is read from them each time, and the words go with them only if the digest in the bytes
//! is theirs, so that a row in the vault cannot hold bytes that say one thing and a text that says another. What is still to be
//! approved must also read as this app renders it; what was approved keeps its words though a later app has other templates.

use std::fmt;

use guichet_foundation::ids::{DeviceId, IntentId};
use guichet_foundation::key::P256Signature;
use guichet_foundation::locale::Locale;
use guichet_foundation::sensitivity::C2;
use guichet_foundation::time::Timestamp;

use crate::digest::{ApprovalDigest, IntentDigest, TextDigest};
use crate::display::{self, NoTemplate};
use crate::intent::{Challenge, Display, Intent, Suite, Version};
use crate::terms::Terms;

/// The longest an intent may live, in seconds (docs/protocol.md, section 9.1).
pub const LIFETIME_MAX_SECONDS: i64 = 300;

/// What an approval signs before the canonical bytes, so that it can be mistaken for nothing else. Another kind of signed
/// object, or another version of this one, gets another line.
const DOMAIN: &[u8] = b"GUICHET-INTENT-V1\n";

/// Why there is no frozen intent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NotFrozen {
    /// The bytes are not an intent of this version.
    #[error("the bytes are not an intent of this version")]
    NotAnIntent,
    /// They are one, but not in the one spelling of RFC 8785.
    #[error("the intent is not in canonical form")]
    NotCanonical,
    /// The digest in it is not that of its terms' words.
    #[error("the intent's display digest is not that of its words")]
    OtherWords,
    /// It lives for no time, or for more than 300 s.
    #[error("the intent's lifetime is not within 1 to 300 s")]
    Lifetime,
    /// Its amount is not more than zero.
    #[error("the intent's amount is not more than zero")]
    Amount,
    /// This app has no words for it.
    #[error(transparent)]
    NoTemplate(#[from] NoTemplate),
}

/// What surrounds the terms when they are frozen.
#[derive(Clone)]
pub struct Circumstances {
    /// The payment's id.
    pub id: IntentId,
    /// The bank's issuer.
    pub issuer: String,
    /// This device.
    pub device: DeviceId,
    /// A fresh challenge.
    pub challenge: Challenge,
    /// Now, in the bank's time.
    pub created: Timestamp,
    /// The end.
    pub expires: Timestamp,
    /// The customer's language.
    pub locale: Locale,
}

/// An intent that no longer changes. Two are equal if their bytes are.
#[derive(Clone)]
pub struct Frozen {
    intent: Intent,
    bytes: Vec<u8>,
    text: C2<String>,
}

impl Frozen {
    /// Freezes `terms`: renders the words, then writes the canonical bytes.
    pub fn freeze(terms: Terms, around: Circumstances) -> Result<Self, NotFrozen> {
        let text = display::render(&terms, around.locale)?;
        let display = Display { locale: around.locale, sha256: TextDigest::of(text.expose()) };
        let intent = Intent {
            aud: around.issuer,
            challenge: around.challenge,
            created: around.created,
            device: around.device,
            display,
            expires: around.expires,
            id: around.id,
            suite: Suite::Es256,
            terms,
            v: Version,
        };
        let bytes = canonical(&intent)?;
        Self { intent, bytes, text }.checked()
    }

    /// From canonical bytes that were frozen before. Refuses every other spelling, and words that are not those of the terms.
    pub fn thaw(bytes: Vec<u8>) -> Result<Self, NotFrozen> {
        let intent = read(&bytes)?;
        let text = display::render(&intent.terms, intent.display.locale)?;
        Self { intent, bytes, text }.checked()
    }

    /// From canonical bytes and the words they were frozen with, perhaps by an earlier version of the app.
    pub(crate) fn recall(bytes: Vec<u8>, words: String) -> Result<Self, NotFrozen> {
        Self { intent: read(&bytes)?, bytes, text: C2::new(words) }.checked()
    }

    /// Whether this app renders the terms to the same words.
    pub(crate) fn reads_the_same(&self) -> bool {
        let rendered = display::render(&self.intent.terms, self.intent.display.locale);
        rendered.is_ok_and(|text| text == self.text)
    }

    fn checked(self) -> Result<Self, NotFrozen> {
        if TextDigest::of(self.text.expose()) != self.intent.display.sha256 {
            return Err(NotFrozen::OtherWords);
        }
        let lifetime = self.intent.expires.seconds_since(self.intent.created);
        if !(1..=LIFETIME_MAX_SECONDS).contains(&lifetime) {
            return Err(NotFrozen::Lifetime);
        }
        if !self.intent.terms.has_sound_sums() {
            return Err(NotFrozen::Amount);
        }
        Ok(self)
    }

    /// The object.
    pub const fn intent(&self) -> &Intent {
        &self.intent
    }

    /// The canonical bytes (RFC 8785). Class C2.
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The words the customer sees.
    pub const fn text(&self) -> &C2<String> {
        &self.text
    }

    /// The digest of those words: what a shell must hand back.
    pub const fn text_digest(&self) -> TextDigest {
        self.intent.display.sha256
    }

    /// What the approval key signs: the domain line, then the canonical bytes.
    pub fn signing_input(&self) -> Vec<u8> {
        [DOMAIN, &self.bytes].concat()
    }

    /// Whether it was frozen for the payment of this id and these terms, letter for letter.
    pub(crate) fn is_of(&self, id: IntentId, terms: &Terms) -> bool {
        self.intent.id == id && self.intent.terms == *terms
    }

    /// Whether it is too late to approve or send it.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        now >= self.intent.expires
    }
}

/// The object, if the bytes are its one spelling.
fn read(bytes: &[u8]) -> Result<Intent, NotFrozen> {
    let intent: Intent = serde_json::from_slice(bytes).map_err(|_| NotFrozen::NotAnIntent)?;
    if canonical(&intent)? == bytes { Ok(intent) } else { Err(NotFrozen::NotCanonical) }
}

fn canonical(intent: &Intent) -> Result<Vec<u8>, NotFrozen> {
    serde_json_canonicalizer::to_vec(intent).map_err(|_| NotFrozen::NotAnIntent)
}

impl PartialEq for Frozen {
    fn eq(&self, other: &Self) -> bool {
        self.bytes == other.bytes
    }
}

impl Eq for Frozen {}

impl fmt::Debug for Frozen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Frozen({})", self.intent.id)
    }
}

/// A frozen intent with its approval: the only thing that is ever sent, the same each time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed {
    frozen: Frozen,
    approval: P256Signature,
}

impl Signed {
    /// Joins an intent with the signature over its [`Frozen::signing_input`], which the caller has verified.
    pub const fn new(frozen: Frozen, approval: P256Signature) -> Self {
        Self { frozen, approval }
    }

    /// What was approved.
    pub const fn frozen(&self) -> &Frozen {
        &self.frozen
    }

    /// The approval: r||s.
    pub const fn approval(&self) -> &P256Signature {
        &self.approval
    }

    /// The digest of the canonical bytes, as a receipt must repeat it.
    pub fn intent_digest(&self) -> IntentDigest {
        IntentDigest::of(&self.frozen.bytes)
    }

    /// The digest of the 64 bytes, as a receipt must repeat it.
    pub fn approval_digest(&self) -> ApprovalDigest {
        ApprovalDigest::of(self.approval.as_raw())
    }
}
