//! The bank's own signing keys: the trust anchor and the receipt key.
//!
//! A real bank keeps the anchor offline and the receipt key in an HSM; the sandbox keeps both as PEM
//! files that only their owner may read.

use serde::Serialize;

use crate::data_dir::{DataDir, DataDirError};
use crate::jws::{self, SigningKey};
use crate::random::NoRandomness;

const TRUST_ANCHOR_FILE: &str = "trust-anchor.key.pem";
const RECEIPT_FILE: &str = "receipt.key.pem";

/// Why the keys are not there.
#[derive(Debug, thiserror::Error)]
pub enum KeysError {
    /// The folder.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// No new key could be drawn.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

/// The keys in use.
#[derive(Debug)]
pub struct BankKeys {
    trust_anchor: SigningKey,
    receipt: SigningKey,
    receipt_kid: String,
}

impl BankKeys {
    /// Reads the keys of a folder, drawing those that are not there yet.
    pub fn load(data: &DataDir) -> Result<Self, KeysError> {
        let trust_anchor = load_or_draw(data, TRUST_ANCHOR_FILE)?;
        let receipt = load_or_draw(data, RECEIPT_FILE)?;
        let receipt_kid = receipt.verifying_key().thumbprint();
        Ok(Self { trust_anchor, receipt, receipt_kid })
    }

    /// Signs a receipt or a notice with the receipt key in force, naming it by `kid`.
    pub fn sign_receipt<P: Serialize>(&self, typ: &str, payload: &P) -> serde_json::Result<String> {
        jws::sign(&self.receipt, typ, Some(&self.receipt_kid), payload)
    }

    /// Signs a trust document (section 4).
    pub fn sign_trust<P: Serialize>(&self, typ: &str, payload: &P) -> serde_json::Result<String> {
        jws::sign(&self.trust_anchor, typ, None, payload)
    }

    /// The trust anchor's public half: what an app is built with.
    pub fn trust_anchor(&self) -> jws::VerifyingKey {
        self.trust_anchor.verifying_key()
    }

    /// The receipt key's public half.
    pub fn receipt(&self) -> jws::VerifyingKey {
        self.receipt.verifying_key()
    }
}

fn load_or_draw(data: &DataDir, name: &str) -> Result<SigningKey, KeysError> {
    if let Some(pem) = data.read(name)? {
        return SigningKey::from_pem(&pem).ok_or_else(|| data.damaged(name).into());
    }
    let key = SigningKey::generate()?;
    let pem = key.to_pem().ok_or_else(|| data.damaged(name))?;
    data.write(name, &pem)?;
    Ok(key)
}
