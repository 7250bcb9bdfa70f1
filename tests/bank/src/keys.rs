//! The bank's own signing keys: the trust anchor and the receipt keys.

use serde::Serialize;

use crate::jws::{self, SigningKey};

/// The tables of this room.
pub const SCHEMA: &str = "";

/// The keys in use.
#[derive(Clone, Debug)]
pub struct BankKeys {
    receipt: SigningKey,
}

impl BankKeys {
    /// Signs a receipt or a notice with the receipt key in force, naming it by `kid`.
    pub fn sign_receipt<P: Serialize>(&self, typ: &str, payload: &P) -> serde_json::Result<String> {
        let kid = self.receipt.verifying_key().thumbprint();
        jws::sign(&self.receipt, typ, Some(&kid), payload)
    }
}
