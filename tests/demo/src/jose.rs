//! JWK, thumbprints and compact JWS for those who are not the phone. None of the core's code is used here, on purpose.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use p256::elliptic_curve::sec1::ToSec1Point as _;
use p256::{PublicKey, SecretKey};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::json::{member, text};

/// base64url without padding.
pub(crate) fn b64(bytes: impl AsRef<[u8]>) -> String {
    Base64UrlUnpadded::encode_string(bytes.as_ref())
}

/// SHA-256, base64url.
pub(crate) fn sha256(bytes: impl AsRef<[u8]>) -> String {
    b64(Sha256::digest(bytes.as_ref()))
}

/// A key of the thief's, or one that was stolen.
#[derive(Clone)]
pub(crate) struct Key(SecretKey);

impl Key {
    /// A key from its 32 bytes.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        SecretKey::from_slice(bytes).ok().map(Self)
    }

    /// A new key.
    pub(crate) fn make() -> Self {
        Self(crate::phone::hardware::random_key())
    }

    /// r||s.
    pub(crate) fn sign(&self, message: &[u8]) -> Vec<u8> {
        let signature: Signature = SigningKey::from(&self.0).sign(message);
        signature.to_bytes().to_vec()
    }

    /// The public half.
    pub(crate) fn jwk(&self) -> Value {
        let point = self.0.public_key().to_sec1_point(false);
        let (x, y) = point.as_bytes().get(1..).unwrap_or_default().split_at(32);
        json!({"kty": "EC", "crv": "P-256", "x": b64(x), "y": b64(y)})
    }

    /// RFC 7638.
    pub(crate) fn thumbprint(&self) -> String {
        thumbprint(&self.jwk())
    }

    /// A compact JWS.
    pub(crate) fn jws(&self, header: &Value, payload: &Value) -> String {
        let signed = format!("{}.{}", b64(header.to_string()), b64(payload.to_string()));
        let signature = b64(self.sign(signed.as_bytes()));
        format!("{signed}.{signature}")
    }
}

/// RFC 7638 of a JWK of an EC key: its four members in lexicographic order.
pub(crate) fn thumbprint(jwk: &Value) -> String {
    let member = |name: &str| text(jwk, name).unwrap_or_default();
    let canonical = format!(
        r#"{{"crv":"{}","kty":"{}","x":"{}","y":"{}"}}"#,
        member("crv"),
        member("kty"),
        member("x"),
        member("y")
    );
    sha256(canonical)
}

/// Header and payload of a compact JWS whose signature by this JWK verifies and whose `typ` is the one wanted.
pub(crate) fn verified(compact: &str, jwk: &Value, typ: &str) -> Option<(Value, Value)> {
    let (signed, signature) = compact.rsplit_once('.')?;
    let (header, payload) = (header(compact)?, claims(compact)?);
    let signature = Signature::from_slice(&Base64UrlUnpadded::decode_vec(signature).ok()?).ok()?;
    VerifyingKey::from(public(jwk)?).verify(signed.as_bytes(), &signature).ok()?;
    let says = |name: &str, value: &str| member(&header, name) == value;
    (says("alg", "ES256") && says("typ", typ)).then_some((header, payload))
}

/// The header of a compact JWS, not verified: to find out which key it names.
pub(crate) fn header(compact: &str) -> Option<Value> {
    part(compact, 0)
}

/// The payload of a compact JWS, not verified.
pub(crate) fn claims(compact: &str) -> Option<Value> {
    part(compact, 1)
}

fn part(compact: &str, index: usize) -> Option<Value> {
    let text = compact.split('.').nth(index)?;
    serde_json::from_slice(&Base64UrlUnpadded::decode_vec(text).ok()?).ok()
}

fn public(jwk: &Value) -> Option<PublicKey> {
    let coordinate = |name: &str| Base64UrlUnpadded::decode_vec(&text(jwk, name)?).ok();
    let point = [vec![4], coordinate("x")?, coordinate("y")?].concat();
    PublicKey::from_sec1_bytes(&point).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_key_signs_verifies_with_it_and_no_other() {
        let (key, other) = (Key::make(), Key::make());
        let signed = key.jws(&json!({"alg": "ES256", "typ": "a+jwt"}), &json!({"n": 1}));
        assert_eq!(verified(&signed, &key.jwk(), "a+jwt").unwrap().1, json!({"n": 1}));
        assert!(verified(&signed, &other.jwk(), "a+jwt").is_none());
        assert!(verified(&signed, &key.jwk(), "b+jwt").is_none(), "another type");
        let altered = signed.replacen(
            &b64(json!({"n": 1}).to_string()),
            &b64(json!({"n": 2}).to_string()),
            1,
        );
        assert!(verified(&altered, &key.jwk(), "a+jwt").is_none());
    }
}
