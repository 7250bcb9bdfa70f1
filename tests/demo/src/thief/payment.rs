//! The customer's payment, altered.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::jose::{b64, sha256};
use crate::json::set;
use crate::phone::hardware::fill_random;

/// What the phone sent and the customer approved: canonical bytes and approval.
#[derive(Clone)]
pub(crate) struct Approved {
    pub(crate) intent: Vec<u8>,
    pub(crate) approval: Vec<u8>,
}

impl Approved {
    /// The body of `POST /v1/intents`.
    pub(crate) fn body(&self) -> Value {
        json!({"intent": b64(&self.intent), "approval": b64(&self.approval)})
    }

    /// The same approval under other terms.
    pub(crate) fn altered(&self, change: impl FnOnce(&mut Value)) -> Result<Self> {
        let mut intent: Value = serde_json::from_slice(&self.intent).context("not an intent")?;
        change(&mut intent);
        Ok(Self { intent: serde_jcs::to_vec(&intent)?, approval: self.approval.clone() })
    }

    /// What the approval key signs (docs/protocol.md, section 9.2).
    pub(crate) fn signed_message(&self) -> Vec<u8> {
        [b"GUICHET-INTENT-V1\n".as_slice(), &self.intent].concat()
    }
}

/// Makes an intent a new one: another id, this challenge, from now on.
pub(crate) fn renew(intent: &mut Value, challenge: &str, now: &str, later: &str) {
    let mut id = [0; 16];
    fill_random(&mut id);
    set(intent, "id", uuid::Builder::from_random_bytes(id).into_uuid().to_string());
    set(intent, "challenge", challenge);
    set(intent, "created", now);
    set(intent, "expires", later);
}

/// Asks for a hundred times as much.
pub(crate) fn ask_for_more(intent: &mut Value) {
    if let Some(Value::String(minor)) = intent.pointer_mut("/terms/amount/minor") {
        minor.push_str("00");
    }
}

/// Claims that other words were on the screen.
pub(crate) fn claim_other_words(intent: &mut Value, words: &str) {
    if let Some(display) = intent.get_mut("display") {
        set(display, "sha256", sha256(words));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_altered_intent_is_canonical_and_keeps_its_approval() {
        let approved = Approved {
            intent: br#"{"id":"1","terms":{"amount":{"currency":"CNY","minor":"12"}}}"#.to_vec(),
            approval: vec![7; 64],
        };
        let altered = approved.altered(ask_for_more).unwrap();
        let expected = br#"{"id":"1","terms":{"amount":{"currency":"CNY","minor":"1200"}}}"#;
        assert_eq!(altered.intent, expected);
        assert_eq!(altered.approval, approved.approval);
        assert!(altered.signed_message().starts_with(b"GUICHET-INTENT-V1\n{"));
    }
}
