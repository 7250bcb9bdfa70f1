//! The keys with which the bank signs receipts and revocation notices.

use guichet_foundation::key::P256PublicKey;
use guichet_foundation::time::Timestamp;
use serde::Deserialize;

use super::version::{Document, TrustRefusal, claims};
use crate::jwk::Jwk;
use crate::jws::{JwsRefusal, Unverified};

const TYPE: &str = "guichet-receipt-keys+jwt";

/// The list of receipt keys, verified. Old keys stay in it, so that an old receipt can be verified.
#[derive(Clone, Debug)]
pub struct ReceiptKeys {
    jws: String,
    issuer: String,
    version: u64,
    keys: Vec<ReceiptKey>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct ReceiptKey {
    kid: String,
    key: P256PublicKey,
    not_before: i64,
    expires: i64,
}

/// Why a JWS does not count as signed by a receipt key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignedBy {
    /// No key of this id is in the list. A newer list may have it.
    #[error("signed by a key that is not in the list of receipt keys")]
    UnknownKey,
    /// Not a JWS of this type, or its signature does not verify.
    #[error("not signed by a receipt key")]
    Nobody(#[from] JwsRefusal),
    /// Its `iat` is missing or lies outside the time the key was in force.
    #[error("signed outside the time the key was in force")]
    OutsideValidity,
}

#[derive(Deserialize)]
struct Claims {
    iss: String,
    version: u64,
    keys: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    #[serde(flatten)]
    jwk: Jwk,
    kid: String,
    nbf: i64,
    exp: i64,
}

#[derive(Deserialize)]
struct Issued {
    iat: i64,
}

impl ReceiptKeys {
    /// Reads and verifies a list for `issuer`, signed by `anchor`.
    pub fn verified(
        compact: &str,
        issuer: &str,
        anchor: &P256PublicKey,
    ) -> Result<Self, TrustRefusal> {
        let claims: Claims = claims(compact, TYPE, anchor)?;
        if claims.iss != issuer {
            return Err(TrustRefusal::OtherIssuer);
        }
        let keys: Vec<ReceiptKey> =
            claims.keys.into_iter().map(ReceiptKey::read).collect::<Result<_, _>>()?;
        let repeated = keys
            .iter()
            .enumerate()
            .any(|(at, key)| keys.iter().skip(at + 1).any(|k| k.kid == key.kid));
        if keys.is_empty() || repeated {
            return Err(TrustRefusal::Malformed);
        }
        Ok(Self { jws: compact.to_owned(), issuer: claims.iss, version: claims.version, keys })
    }

    /// A list that nobody signed, of `(kid, key, nbf, exp)`. For tests of the rooms above.
    #[cfg(feature = "testing")]
    pub fn unsigned(
        issuer: &str,
        keys: impl IntoIterator<Item = (String, P256PublicKey, Timestamp, Timestamp)>,
    ) -> Self {
        let keys = keys
            .into_iter()
            .map(|(kid, key, from, to)| ReceiptKey {
                kid,
                key,
                not_before: from.unix_seconds(),
                expires: to.unix_seconds(),
            })
            .collect();
        Self { jws: String::new(), issuer: issuer.to_owned(), version: 1, keys }
    }

    /// The bank the keys belong to.
    pub fn issuer(&self) -> &str {
        &self.issuer
    }

    /// The payload of `compact`, if it is a JWS of type `typ` that a key of this list signed while it was in force at the
    /// payload's `iat`. Whose it is (`iss` and the rest) is for the caller to check.
    pub fn verify_jws(&self, compact: &str, typ: &str) -> Result<Vec<u8>, SignedBy> {
        self.verify_jws_with_key(compact, typ).map(|(payload, _)| payload)
    }

    /// As [`Self::verify_jws`], with the key that verified it, to be kept as evidence.
    pub fn verify_jws_with_key(
        &self,
        compact: &str,
        typ: &str,
    ) -> Result<(Vec<u8>, P256PublicKey), SignedBy> {
        let read = Unverified::read(compact, typ)?;
        let key = self
            .keys
            .iter()
            .find(|key| Some(key.kid.as_str()) == read.kid())
            .ok_or(SignedBy::UnknownKey)?;
        let payload = read.verify(&key.key)?;
        let issued: Issued =
            serde_json::from_slice(&payload).map_err(|_| SignedBy::OutsideValidity)?;
        let in_force = (key.not_before..=key.expires).contains(&issued.iat)
            && Timestamp::from_unix_seconds(issued.iat).is_ok();
        if in_force { Ok((payload, key.key)) } else { Err(SignedBy::OutsideValidity) }
    }
}

impl ReceiptKey {
    fn read(entry: Entry) -> Result<Self, TrustRefusal> {
        if entry.kid.is_empty() || entry.nbf > entry.exp {
            return Err(TrustRefusal::Malformed);
        }
        Ok(Self {
            key: entry.jwk.key().map_err(|_| TrustRefusal::Malformed)?,
            kid: entry.kid,
            not_before: entry.nbf,
            expires: entry.exp,
        })
    }
}

impl Document for ReceiptKeys {
    fn version(&self) -> u64 {
        self.version
    }

    fn as_jws(&self) -> &str {
        &self.jws
    }

    fn same_content(&self, other: &Self) -> bool {
        self.issuer == other.issuer && self.keys == other.keys
    }
}
