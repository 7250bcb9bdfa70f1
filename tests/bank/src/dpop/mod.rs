//! DPoP (RFC 9449): proof that whoever sends a request holds a key, for this request only.
//!
//! The nonce is looked at before anything else and a refusal for its sake changes nothing, so that a
//! phone may repeat the request at once. A proof is good once: its `jti` is remembered for as long as
//! its nonce could be accepted. Both live in memory only. A restart draws a new nonce key, so every
//! proof made before it is refused by its nonce, and nothing can be replayed across a crash.

mod nonce;
mod replay;

use std::sync::Arc;

use axum::http::{HeaderMap, Method};
use serde::Deserialize;

use crate::jws::{Unverified, VerifyingKey};
use crate::random::NoRandomness;
use nonce::Nonces;
use replay::SeenProofs;

/// Seconds a proof's `iat` may lie from the bank's clock, either way.
const IAT_TOLERANCE_S: i64 = 60;

/// The header that carries a proof.
pub const PROOF_HEADER: &str = "dpop";
/// The header that carries the next nonce.
pub const NONCE_HEADER: &str = "dpop-nonce";

/// Nonces and the memory of proofs. Clones share it.
#[derive(Clone, Debug)]
pub struct Dpop {
    shared: Arc<Shared>,
}

#[derive(Debug)]
struct Shared {
    nonces: Nonces,
    seen: SeenProofs,
}

/// What a proof must be about.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// `htm`.
    pub method: &'a Method,
    /// `htu`: issuer and path, without query.
    pub url: &'a str,
    /// The bank's time, in seconds since 1970.
    pub now: i64,
}

/// A proof that held.
#[derive(Debug)]
pub struct Proof {
    /// RFC 7638 thumbprint of the key it was made with.
    pub thumbprint: String,
    /// The key itself.
    pub key: VerifyingKey,
    /// `ath`: which access token it was made for.
    pub token_hash: Option<String>,
}

/// Why a proof does not hold.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
pub enum ProofError {
    /// No nonce, or one no longer accepted: repeat with the one in the answer.
    #[error("the proof carries no nonce that is accepted")]
    UseNonce,
    /// Anything else; the word says what for engineers.
    #[error("the DPoP proof does not hold: {0}")]
    Invalid(&'static str),
}

#[derive(Deserialize)]
struct Claims {
    htm: String,
    htu: String,
    iat: i64,
    nbf: Option<i64>,
    jti: String,
    nonce: Option<String>,
    ath: Option<String>,
}

impl Dpop {
    /// Draws the nonce key.
    pub fn new() -> Result<Self, NoRandomness> {
        let shared = Shared { nonces: Nonces::new()?, seen: SeenProofs::default() };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// The nonce to hand out at `now` (seconds since 1970).
    pub fn nonce(&self, now: i64) -> String {
        self.shared.nonces.issue(now)
    }

    /// Verifies the one proof among `headers` and uses it up.
    pub fn verify(&self, headers: &HeaderMap, expected: Expected<'_>) -> Result<Proof, ProofError> {
        let proof = Unverified::<Claims>::parse(only_proof(headers)?, "dpop+jwt")
            .map_err(|_| ProofError::Invalid("not a dpop+jwt with the claims required"))?;
        let nonce = proof.unverified_payload().nonce.as_deref();
        let Some(nonce_ends) = nonce.and_then(|n| self.shared.nonces.accept(n, expected.now))
        else {
            return Err(ProofError::UseNonce);
        };

        let key = proof
            .jwk()
            .and_then(|jwk| VerifyingKey::from_jwk(jwk).ok())
            .ok_or(ProofError::Invalid("jwk is not a public P-256 key"))?;
        let claims = proof.verify(&key).map_err(|_| ProofError::Invalid("signature"))?;
        claims.must_be_about(expected)?;

        let thumbprint = key.thumbprint();
        if !self.shared.seen.first_time(&thumbprint, &claims.jti, nonce_ends, expected.now) {
            return Err(ProofError::Invalid(
                "jti was used before, or there are too many proofs at once",
            ));
        }
        Ok(Proof { thumbprint, key, token_hash: claims.ath })
    }
}

impl Claims {
    fn must_be_about(&self, expected: Expected<'_>) -> Result<(), ProofError> {
        if self.htm != expected.method.as_str() {
            return Err(ProofError::Invalid("htm is not this request's method"));
        }
        if self.htu != expected.url {
            return Err(ProofError::Invalid("htu is not this request's address"));
        }
        if self.iat.abs_diff(expected.now) > IAT_TOLERANCE_S.unsigned_abs() {
            return Err(ProofError::Invalid("iat is too far from the bank's time"));
        }
        if self.nbf.is_some_and(|nbf| nbf > expected.now.saturating_add(IAT_TOLERANCE_S)) {
            return Err(ProofError::Invalid("nbf is too far ahead of the bank's time"));
        }
        if self.jti.is_empty() || self.jti.len() > 128 {
            return Err(ProofError::Invalid("jti is empty or longer than 128 characters"));
        }
        Ok(())
    }
}

fn only_proof(headers: &HeaderMap) -> Result<&str, ProofError> {
    let mut proofs = headers.get_all(PROOF_HEADER).iter();
    let (Some(proof), None) = (proofs.next(), proofs.next()) else {
        return Err(ProofError::Invalid("exactly one DPoP header is required"));
    };
    proof.to_str().map_err(|_| ProofError::Invalid("not ASCII"))
}
