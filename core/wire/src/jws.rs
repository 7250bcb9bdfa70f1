//! JSON Web Signatures (RFC 7515): compact, ES256, with a `typ` on both sides.
//!
//! A receiver names the `typ` it expects: a receipt can never be taken for a revocation notice. The algorithm is not read from
//! the message but demanded of it, and `crit` is refused, since no extension is understood here.

use guichet_foundation::key::{P256PublicKey, P256Signature};
use guichet_foundation::ports::{DeviceSigner, SignerFailure};
use serde::Deserialize;
use serde_json::Value;

use crate::{base64url, es256};

/// A header and a payload on their way to a signature.
#[derive(Clone)]
pub struct Unsigned(String);

impl Unsigned {
    /// The signing input of a JWS with these JSON objects. The header has to name `alg` and `typ`.
    pub fn new(header: &Value, claims: &Value) -> Self {
        let header = base64url::encode(header.to_string().as_bytes());
        let claims = base64url::encode(claims.to_string().as_bytes());
        Self(format!("{header}.{claims}"))
    }

    /// What is signed.
    pub fn message(&self) -> &[u8] {
        self.0.as_bytes()
    }

    /// The compact JWS with a signature over [`Self::message`].
    pub fn signed(self, signature: &P256Signature) -> String {
        format!("{}.{}", self.0, base64url::encode(signature.as_raw()))
    }

    /// The compact JWS, signed by the device key.
    pub fn sign(self, signer: &dyn DeviceSigner) -> Result<String, SignerFailure> {
        let signature = signer.sign(self.message())?;
        Ok(self.signed(&signature))
    }
}

/// Why a text is not a JWS to believe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JwsRefusal {
    /// Not three parts of base64url, no JSON header, or an extension that is not understood.
    #[error("not a compact JWS")]
    Malformed,
    /// The header does not say `ES256`.
    #[error("the JWS is not signed with ES256")]
    Algorithm,
    /// The header's `typ` is another one than expected: a signature made for another purpose.
    #[error("the JWS has another type than expected")]
    Type,
    /// The signature does not verify.
    #[error("the signature of the JWS does not verify")]
    Signature,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    typ: Option<String>,
    kid: Option<String>,
    crit: Option<Value>,
    b64: Option<Value>,
}

/// A JWS that was read but not verified: it gives away its key id, so that the key can be found, and nothing else.
pub struct Unverified<'a> {
    message: &'a str,
    payload: &'a str,
    signature: P256Signature,
    kid: Option<String>,
}

impl<'a> Unverified<'a> {
    /// Reads a compact JWS whose header says `ES256` and the expected `typ`.
    pub fn read(compact: &'a str, typ: &str) -> Result<Self, JwsRefusal> {
        let (message, signature) = compact.rsplit_once('.').ok_or(JwsRefusal::Malformed)?;
        let (header, payload) = message.split_once('.').ok_or(JwsRefusal::Malformed)?;
        let header: Header =
            serde_json::from_slice(&part(header)?).map_err(|_| JwsRefusal::Malformed)?;
        if header.crit.is_some() || header.b64.is_some() {
            return Err(JwsRefusal::Malformed);
        }
        if header.alg != "ES256" {
            return Err(JwsRefusal::Algorithm);
        }
        if header.typ.as_deref() != Some(typ) {
            return Err(JwsRefusal::Type);
        }
        let signature =
            P256Signature::from_raw(&part(signature)?).map_err(|_| JwsRefusal::Signature)?;
        Ok(Self { message, payload, signature, kid: header.kid })
    }

    /// The `kid` of the header, if there is one.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The payload, once the signature verifies with `key`.
    pub fn verify(self, key: &P256PublicKey) -> Result<Vec<u8>, JwsRefusal> {
        es256::verify(key, self.message.as_bytes(), &self.signature)
            .map_err(|_| JwsRefusal::Signature)?;
        part(self.payload)
    }
}

fn part(text: &str) -> Result<Vec<u8>, JwsRefusal> {
    base64url::decode(text).map_err(|_| JwsRefusal::Malformed)
}

#[cfg(test)]
mod tests {
    use guichet_foundation::ports::DeviceSigner;
    use guichet_foundation::ports::fakes::FakeSigner;
    use serde_json::json;

    use super::*;

    fn signer() -> (FakeSigner, P256PublicKey) {
        let signer = FakeSigner::seeded(5);
        let key = DeviceSigner::create(&signer).unwrap();
        (signer, key)
    }

    fn signed(header: &Value) -> (String, P256PublicKey) {
        let (signer, key) = signer();
        (Unsigned::new(header, &json!({"a": 1})).sign(&signer).unwrap(), key)
    }

    #[test]
    fn what_is_signed_verifies() {
        let (compact, key) = signed(&json!({"alg": "ES256", "typ": "t", "kid": "k"}));
        let read = Unverified::read(&compact, "t").unwrap();
        assert_eq!(read.kid(), Some("k"));
        assert_eq!(read.verify(&key), Ok(br#"{"a":1}"#.to_vec()));
    }

    #[test]
    fn another_purpose_algorithm_or_extension_is_refused() {
        for (header, refusal) in [
            (json!({"alg": "ES256", "typ": "u"}), JwsRefusal::Type),
            (json!({"alg": "ES256"}), JwsRefusal::Type),
            (json!({"alg": "none", "typ": "t"}), JwsRefusal::Algorithm),
            (json!({"alg": "HS256", "typ": "t"}), JwsRefusal::Algorithm),
            (json!({"alg": "ES256", "typ": "t", "crit": ["x"]}), JwsRefusal::Malformed),
            (json!({"alg": "ES256", "typ": "t", "b64": false}), JwsRefusal::Malformed),
        ] {
            let (compact, _) = signed(&header);
            assert_eq!(Unverified::read(&compact, "t").err(), Some(refusal), "{header}");
        }
    }

    #[test]
    fn every_changed_character_is_noticed() {
        let (compact, key) = signed(&json!({"alg": "ES256", "typ": "t"}));
        for at in 0..compact.len() {
            let mut bytes = compact.clone().into_bytes();
            bytes[at] = if bytes[at] == b'A' { b'B' } else { b'A' };
            let changed = String::from_utf8(bytes).unwrap();
            let believed = Unverified::read(&changed, "t").and_then(|read| read.verify(&key));
            assert!(believed.is_err(), "position {at}");
        }
        let mut shorter = compact.clone();
        shorter.pop();
        for cut in ["", ".", "..", "a.b", &shorter, &format!("{compact}.")] {
            let believed = Unverified::read(cut, "t").and_then(|read| read.verify(&key));
            assert!(believed.is_err(), "{cut}");
        }
    }
}
