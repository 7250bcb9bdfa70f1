//! Receipts: the bank's signed word on what became of an intent (protocol section 9.5).

use base64ct::{Base64UrlUnpadded, Encoding};
use jiff::Timestamp;
use serde::Serialize;
use sha2::{Digest, Sha256};

use super::Reason;
use crate::ledger::{EntryId, ReceiptId};

/// The `typ` of a receipt's header.
pub const RECEIPT_TYPE: &str = "guichet-receipt+jwt";

/// What became of an intent.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// The money moved, with this entry.
    Executed(EntryId),
    /// No money moved, and by this intent none ever will.
    Refused(Reason),
}

impl Outcome {
    /// The protocol's word.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Executed(_) => "executed",
            Self::Refused(_) => "refused",
        }
    }

    /// Why, if it was refused.
    pub const fn reason(&self) -> Option<Reason> {
        match self {
            Self::Executed(_) => None,
            Self::Refused(reason) => Some(*reason),
        }
    }

    /// With which entry, if it was executed.
    pub const fn entry_id(&self) -> Option<&EntryId> {
        match self {
            Self::Executed(entry_id) => Some(entry_id),
            Self::Refused(_) => None,
        }
    }
}

/// The payload of a receipt.
#[derive(Clone, Debug, Serialize)]
#[expect(clippy::struct_field_names, reason = "the protocol's names")]
pub struct Receipt<'a> {
    iss: &'a str,
    receipt_id: ReceiptId,
    device_id: &'a str,
    intent_id: &'a str,
    intent_sha256: &'a str,
    approval_sha256: &'a str,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<Reason>,
    iat: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    entry_id: Option<&'a EntryId>,
}

/// What a receipt is about: one pair of bytes and approval, from one device.
#[derive(Clone, Debug)]
pub struct Subject<'a> {
    /// The device that sent them.
    pub device_id: &'a str,
    /// The intent's id.
    pub intent_id: &'a str,
    /// base64url of the SHA-256 over the canonical bytes.
    pub intent_sha256: String,
    /// base64url of the SHA-256 over the approval.
    pub approval_sha256: String,
}

impl<'a> Subject<'a> {
    /// Digests the pair.
    pub fn new(device_id: &'a str, intent_id: &'a str, intent: &[u8], approval: &[u8]) -> Self {
        let digest = |bytes| Base64UrlUnpadded::encode_string(&Sha256::digest(bytes));
        Self {
            device_id,
            intent_id,
            intent_sha256: digest(intent),
            approval_sha256: digest(approval),
        }
    }

    /// The receipt on this pair, unsigned.
    pub fn receipt(&'a self, issuer: &'a str, outcome: &'a Outcome, at: Timestamp) -> Receipt<'a> {
        Receipt {
            iss: issuer,
            receipt_id: ReceiptId::derived(&[
                self.device_id,
                &self.intent_sha256,
                &self.approval_sha256,
            ]),
            device_id: self.device_id,
            intent_id: self.intent_id,
            intent_sha256: &self.intent_sha256,
            approval_sha256: &self.approval_sha256,
            outcome: outcome.as_str(),
            reason: outcome.reason(),
            iat: at.as_second(),
            entry_id: outcome.entry_id(),
        }
    }
}
