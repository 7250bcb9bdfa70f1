//! Receipts: the bank's signed answer that an intent was executed or refused (docs/protocol.md, section 9.5).
//!
//! A [`Receipt`] exists only if its signature verified with one of the bank's receipt keys in force when it was made, and issuer,
//! device, id and both digests are those of the bytes that were sent. It is stored with the key that verified it.

use std::fmt;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use guichet_foundation::ids::{DeviceId, IntentId, ReceiptId};
use guichet_foundation::key::P256PublicKey;
use guichet_foundation::time::Timestamp;
use guichet_session::{ReceiptKeys, SignedBy};
use serde::Deserialize;

use crate::digest::{ApprovalDigest, IntentDigest};
use crate::frozen::Signed;

const TYPE: &str = "guichet-receipt+jwt";

/// The longest receipt that is read, in bytes. The protocol's own has about 700.
const BYTES_MAX: usize = 16 * 1024;

/// A receipt to believe. Debug shows its id and outcome.
#[derive(Clone, PartialEq, Eq)]
pub struct Receipt {
    claims: Claims,
    decided_at: Timestamp,
    compact: String,
    key: P256PublicKey,
}

/// What the bank decided (closed).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(tag = "outcome", rename_all = "snake_case")]
pub enum Outcome {
    /// The money has moved.
    Executed {
        /// The entry in the bank's ledger.
        entry_id: EntryId,
    },
    /// The bank never will execute these bytes.
    Refused {
        /// Why.
        reason: RefusalReason,
    },
}

/// The name of an entry in the bank's ledger.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
pub struct EntryId(String);

/// Why the bank refused (open: a reason of a newer bank reads as [`Other`](Self::Other)).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RefusalReason {
    /// The signature is not of the enrolled approval key.
    ApprovalInvalid,
    /// It was made by another device, or for another bank.
    WrongDevice,
    /// It came after its time.
    Expired,
    /// The challenge was used, old, or never given.
    ChallengeInvalid,
    /// The customer's payments are frozen.
    PaymentsFrozen,
    /// The words approved are not those of the terms.
    DisplayMismatch,
    /// The bank does not offer this kind of payment.
    KindUnsupported,
    /// The terms are not allowed.
    TermsInvalid,
    /// The customer cannot pay from this account.
    AccountNotPayable,
    /// The accounts are not both in the amount's currency.
    CurrencyMismatch,
    /// There is no such account.
    PayeeUnknown,
    /// The account belongs to somebody of another name.
    PayeeNameMismatch,
    /// Both accounts are the same.
    SameAccount,
    /// More than the customer may pay at once or today.
    LimitExceeded,
    /// More than there is.
    InsufficientFunds,
    /// A reason this version does not know.
    #[serde(other)]
    Other,
}

/// Why something is not a receipt to believe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unbelievable {
    /// Too long to be one.
    #[error("too long for a receipt")]
    TooLong,
    /// Not signed by a receipt key in force.
    #[error(transparent)]
    Signature(#[from] SignedBy),
    /// Signed, but not what a receipt says.
    #[error("the signed payload is not a receipt's")]
    Malformed,
    /// A receipt about something else: another bank, device, intent, or other bytes.
    #[error("the receipt is about something else")]
    AboutOther,
}

#[derive(Clone, PartialEq, Eq, Deserialize)]
struct Claims {
    iss: String,
    receipt_id: ReceiptId,
    device_id: DeviceId,
    intent_id: IntentId,
    intent_sha256: IntentDigest,
    approval_sha256: ApprovalDigest,
    #[serde(flatten)]
    outcome: Outcome,
    iat: i64,
}

impl Receipt {
    /// Reads and verifies a receipt about `signed`.
    pub fn verify(
        compact: &str,
        keys: &ReceiptKeys,
        signed: &Signed,
    ) -> Result<Self, Unbelievable> {
        if compact.len() > BYTES_MAX {
            return Err(Unbelievable::TooLong);
        }
        if keys.issuer() != signed.frozen().intent().aud {
            return Err(Unbelievable::AboutOther);
        }
        let (payload, key) = keys.verify_jws_with_key(compact, TYPE)?;
        Self::read(&payload, compact, key, signed)
    }

    /// A receipt that was verified before it was stored.
    pub(crate) fn recall(
        compact: &str,
        key: P256PublicKey,
        signed: &Signed,
    ) -> Result<Self, Unbelievable> {
        let payload = compact.split('.').nth(1).ok_or(Unbelievable::Malformed)?;
        let payload =
            Base64UrlUnpadded::decode_vec(payload).map_err(|_| Unbelievable::Malformed)?;
        Self::read(&payload, compact, key, signed)
    }

    fn read(
        payload: &[u8],
        compact: &str,
        key: P256PublicKey,
        signed: &Signed,
    ) -> Result<Self, Unbelievable> {
        let claims: Claims =
            serde_json::from_slice(payload).map_err(|_| Unbelievable::Malformed)?;
        let decided_at =
            Timestamp::from_unix_seconds(claims.iat).map_err(|_| Unbelievable::Malformed)?;
        let receipt = Self { claims, decided_at, compact: compact.to_owned(), key };
        if receipt.is_about(signed) { Ok(receipt) } else { Err(Unbelievable::AboutOther) }
    }

    /// Whether bank, device, id and both digests are those of `signed`.
    pub fn is_about(&self, signed: &Signed) -> bool {
        let intent = signed.frozen().intent();
        self.claims.iss == intent.aud
            && self.claims.device_id == intent.device
            && self.claims.intent_id == intent.id
            && self.claims.intent_sha256 == signed.intent_digest()
            && self.claims.approval_sha256 == signed.approval_digest()
    }

    /// Its name at the bank.
    pub const fn id(&self) -> &ReceiptId {
        &self.claims.receipt_id
    }

    /// The intent it is about.
    pub const fn intent_id(&self) -> IntentId {
        self.claims.intent_id
    }

    /// What the bank decided.
    pub const fn outcome(&self) -> &Outcome {
        &self.claims.outcome
    }

    /// When the bank decided (`iat`).
    pub const fn decided_at(&self) -> Timestamp {
        self.decided_at
    }

    /// The compact JWS, as the bank signed it: what a customer can show to anybody. Class C2.
    pub fn compact(&self) -> &str {
        &self.compact
    }

    /// The receipt key that verified it.
    pub const fn key(&self) -> &P256PublicKey {
        &self.key
    }
}

impl EntryId {
    /// The id as the bank wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for EntryId {
    type Error = guichet_foundation::ids::InvalidId;

    /// The form of every id (docs/protocol.md, section 1).
    fn try_from(text: String) -> Result<Self, Self::Error> {
        ReceiptId::try_from(text).map(|id| Self(id.into()))
    }
}

impl fmt::Debug for Receipt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Receipt({}, {:?})", self.claims.receipt_id, self.claims.outcome)
    }
}
