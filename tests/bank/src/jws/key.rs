//! A signing key and a verifying key on P-256, with their thumbprints.

use core::fmt;

use base64ct::{Base64UrlUnpadded, Encoding};
use p256::ecdsa::signature::{Signer, Verifier};
use p256::pkcs8::{DecodePrivateKey, EncodePrivateKey, LineEnding};
use sha2::{Digest, Sha256};

use super::{Jwk, JwkError};
use crate::random::{self, NoRandomness};

/// A signature did not verify: wrong length, r or s out of range, other key or other bytes.
#[derive(Debug, thiserror::Error)]
#[error("the signature does not verify")]
pub struct SignatureError;

/// A private P-256 key. Its `Debug` shows the thumbprint only.
#[derive(Clone)]
pub struct SigningKey(p256::ecdsa::SigningKey);

impl SigningKey {
    /// Draws a new key from the operating system's randomness.
    pub fn generate() -> Result<Self, NoRandomness> {
        // A draw is no valid scalar about once in 2^32 times.
        loop {
            if let Ok(key) = p256::ecdsa::SigningKey::from_slice(&random::bytes::<32>()?) {
                return Ok(Self(key));
            }
        }
    }

    /// The key with this secret scalar, big-endian: for published test vectors. `None` if it is zero
    /// or not below the group's order.
    pub fn from_scalar(scalar: &[u8; 32]) -> Option<Self> {
        p256::ecdsa::SigningKey::from_slice(scalar).ok().map(Self)
    }

    /// Reads a PKCS #8 PEM file's text; `None` if it is not a P-256 key.
    pub fn from_pem(pem: &str) -> Option<Self> {
        p256::ecdsa::SigningKey::from_pkcs8_pem(pem).ok().map(Self)
    }

    /// The key as PKCS #8 PEM; `None` cannot happen for a valid key but is not assumed.
    pub fn to_pem(&self) -> Option<String> {
        self.0.to_pkcs8_pem(LineEnding::LF).ok().map(|pem| pem.to_string())
    }

    /// ES256: the 64 bytes r||s over SHA-256 of `message`, deterministic (RFC 6979).
    pub fn sign(&self, message: &[u8]) -> [u8; 64] {
        let signature: p256::ecdsa::Signature = self.0.sign(message);
        signature.to_bytes().into()
    }

    /// The public half.
    pub fn verifying_key(&self) -> VerifyingKey {
        VerifyingKey(*self.0.verifying_key())
    }
}

impl fmt::Debug for SigningKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SigningKey({})", self.verifying_key().thumbprint())
    }
}

/// A public P-256 key, known to be a point of the curve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifyingKey(p256::ecdsa::VerifyingKey);

impl VerifyingKey {
    /// Reads a JWK and checks the point.
    pub fn from_jwk(jwk: &Jwk) -> Result<Self, JwkError> {
        let point = jwk.to_sec1()?;
        p256::ecdsa::VerifyingKey::from_sec1_bytes(&point)
            .map(Self)
            .map_err(|_| JwkError::NotAPoint)
    }

    /// Reads a JWK from its JSON text; `None` if it is not one, as [`VerifyingKey::from_jwk`] says.
    pub fn from_jwk_text(text: &str) -> Option<Self> {
        let jwk: Jwk = serde_json::from_str(text).ok()?;
        Self::from_jwk(&jwk).ok()
    }

    /// The key as JWK.
    pub fn to_jwk(&self) -> Jwk {
        let point = self.0.to_sec1_point(false);
        let (x, y) = point.as_bytes().get(1..65).unwrap_or_default().split_at(32);
        Jwk::from_coordinates(x, y)
    }

    /// The uncompressed point of SEC 1: 0x04 || x || y.
    pub fn to_uncompressed(&self) -> Vec<u8> {
        self.0.to_sec1_point(false).as_bytes().to_vec()
    }

    /// RFC 7638 thumbprint with SHA-256, base64url.
    pub fn thumbprint(&self) -> String {
        let input = self.to_jwk().thumbprint_input();
        Base64UrlUnpadded::encode_string(&Sha256::digest(input.as_bytes()))
    }

    /// Verifies the 64 bytes r||s; any other length or form is refused.
    pub fn verify(&self, message: &[u8], signature: &[u8]) -> Result<(), SignatureError> {
        let signature =
            p256::ecdsa::Signature::from_slice(signature).map_err(|_| SignatureError)?;
        self.0.verify(message, &signature).map_err(|_| SignatureError)
    }
}
