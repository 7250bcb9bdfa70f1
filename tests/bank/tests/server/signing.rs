//! The test phone's own ES256, JWS and RFC 9421, over `p256` alone: nothing of the bank's is used, so
//! that the two agreeing means something.

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use p256::ecdsa::signature::{Signer, Verifier};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

#[derive(Clone)]
pub(crate) struct Key(SigningKey);

impl Key {
    pub(crate) fn draw() -> Self {
        let mut scalar = [0; 32];
        getrandom::fill(&mut scalar).unwrap();
        Self(SigningKey::from_slice(&scalar).unwrap())
    }

    pub(crate) fn jwk(&self) -> Value {
        let point = self.0.verifying_key().to_sec1_point(false);
        let bytes = point.as_bytes();
        json!({ "crv": "P-256", "kty": "EC", "x": b64(&bytes[1..33]), "y": b64(&bytes[33..]) })
    }

    pub(crate) fn thumbprint(&self) -> String {
        // The members stand in the order RFC 7638 wants them.
        b64(Sha256::digest(self.jwk().to_string()))
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature: Signature = self.0.sign(message);
        signature.to_vec()
    }

    pub(crate) fn jws(&self, header: &Value, payload: &Value) -> String {
        let input = format!("{}.{}", b64(header.to_string()), b64(payload.to_string()));
        let signature = self.sign(input.as_bytes());
        format!("{input}.{}", b64(signature))
    }
}

pub(crate) fn b64(bytes: impl AsRef<[u8]>) -> String {
    Base64UrlUnpadded::encode_string(bytes.as_ref())
}

pub(crate) fn sha256_b64(bytes: impl AsRef<[u8]>) -> String {
    b64(Sha256::digest(bytes.as_ref()))
}

pub(crate) fn random_b64() -> String {
    let mut bytes = [0; 32];
    getrandom::fill(&mut bytes).unwrap();
    b64(bytes)
}

pub(crate) fn content_digest(body: &[u8]) -> String {
    format!("sha-256=:{}:", Base64::encode_string(&Sha256::digest(body)))
}

pub(crate) fn signature_field(signature: &[u8]) -> String {
    format!("sig1=:{}:", Base64::encode_string(signature))
}

/// Header and payload of a JWS, verified by a public JWK; `None` if the signature does not hold.
pub(crate) fn open_jws(text: &str, jwk: &Value) -> Option<(Value, Value)> {
    let parts: Vec<&str> = text.split('.').collect();
    let [header, payload, signature] = parts[..] else { return None };
    let coordinate = |name: &str| Base64UrlUnpadded::decode_vec(jwk[name].as_str()?).ok();
    let point = [vec![4], coordinate("x")?, coordinate("y")?].concat();
    let signature = Signature::from_slice(&Base64UrlUnpadded::decode_vec(signature).ok()?).ok()?;
    VerifyingKey::from_sec1_bytes(&point)
        .ok()?
        .verify(format!("{header}.{payload}").as_bytes(), &signature)
        .ok()?;
    Some((decoded(header), decoded(payload)))
}

/// One part of a JWS, whoever signed it.
pub(crate) fn decoded(part: &str) -> Value {
    serde_json::from_slice(&Base64UrlUnpadded::decode_vec(part).unwrap()).unwrap()
}
