//! The test vectors of the protocol: `docs/protocol/vectors.json`, made from fixed keys.
//!
//! Everything in it can be reproduced in any language: the private keys are given, and signatures
//! are deterministic (RFC 6979). Its shape is described in `docs/protocol/README.md`.

mod documents;
mod intents;
mod keys;
mod kinds;
mod negative;
mod proofs;

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::Serialize;
use sha2::{Digest, Sha256};
use thiserror::Error;

use self::documents::Documents;
use self::intents::{IntentVector, ReceiptVector};
use self::keys::{Key, Keys};
use self::negative::Negative;
use self::proofs::Proofs;
use crate::jws::SigningKey;
use crate::money::MoneyError;

/// Where the file lies.
pub const PATH: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/protocol/vectors.json");

/// The issuer in every vector.
pub const ISSUER: &str = "https://bank.guichet.example";
/// The client in every vector.
const CLIENT_ID: &str = "client-7Jm2";
/// The device in every vector.
const DEVICE_ID: &str = "device-Q4xw";
/// The challenge in every vector: 32 bytes from 0 to 31.
const CHALLENGE: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
/// The time of every vector, 2026-03-02T04:00:00Z.
const NOW: i64 = 1_772_424_000;

/// Why the vectors could not be made: a mistake in this module.
#[derive(Debug, Error)]
pub enum VectorsError {
    /// Something has no JSON form.
    #[error("a vector has no JSON form: {0}")]
    Json(#[from] serde_json::Error),
    /// An amount does not exist.
    #[error("an amount of a vector is none: {0}")]
    Amount(#[from] MoneyError),
    /// A fixed key is no key, or a fixed text not what it should be.
    #[error("a fixed part of the vectors is not what it should be: {0}")]
    Fixed(&'static str),
}

#[derive(Serialize)]
struct Vectors {
    about: &'static str,
    version: u32,
    issuer: &'static str,
    client_id: &'static str,
    device_id: &'static str,
    keys: Keys,
    #[serde(flatten)]
    proofs: Proofs,
    intents: Vec<IntentVector>,
    receipts: Vec<ReceiptVector>,
    #[serde(flatten)]
    documents: Documents,
    negative: Negative,
}

/// The file's text.
pub fn text() -> Result<String, VectorsError> {
    let keys = Keys::new()?;
    let intents = intents::vectors(&keys)?;
    let vectors = Vectors {
        about: "Guichet protocol test vectors. The private keys are public: never use them for anything else.",
        version: 1,
        issuer: ISSUER,
        client_id: CLIENT_ID,
        device_id: DEVICE_ID,
        proofs: proofs::vectors(&keys)?,
        receipts: intents::receipts(&keys, &intents)?,
        documents: documents::vectors(&keys)?,
        negative: negative::vectors(&keys, &intents)?,
        intents,
        keys,
    };
    Ok(serde_json::to_string_pretty(&vectors)? + "\n")
}

/// A compact JWS with the texts it was made of.
#[derive(Clone, Debug, Serialize)]
struct JwsVector {
    header: String,
    payload: String,
    jws: String,
}

impl JwsVector {
    /// Signs two JSON texts as they stand.
    fn sign(key: &SigningKey, header: &str, payload: &str) -> Self {
        let input = format!("{}.{}", encode(header.as_bytes()), encode(payload.as_bytes()));
        let jws = format!("{input}.{}", encode(&key.sign(input.as_bytes())));
        Self { header: header.to_owned(), payload: payload.to_owned(), jws }
    }
}

/// A JWS header with a `kid`.
fn header_with_kid(typ: &str, key: &Key) -> String {
    format!(r#"{{"alg":"ES256","kid":"{}","typ":"{typ}"}}"#, key.thumbprint())
}

fn encode(bytes: &[u8]) -> String {
    Base64UrlUnpadded::encode_string(bytes)
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    Sha256::digest(bytes).into()
}

fn hex(bytes: &[u8]) -> String {
    bytes
        .iter()
        .flat_map(|byte| [byte >> 4, byte & 15])
        .filter_map(|nibble| char::from_digit(nibble.into(), 16))
        .collect()
}
