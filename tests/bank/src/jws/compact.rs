//! Compact JWS (RFC 7515 section 7.1) with ES256 and a required `typ`.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use super::{Jwk, SigningKey, VerifyingKey};

/// Why a text is not the JWS that was asked for.
#[derive(Debug, thiserror::Error)]
pub enum CompactError {
    /// Not three base64url parts with a JSON header and payload of the expected shape.
    #[error("not a compact JWS of the expected form")]
    Malformed,
    /// Another algorithm than ES256.
    #[error("alg is not ES256")]
    OtherAlgorithm,
    /// Another `typ` than the one asked for: a document for another purpose.
    #[error("typ is not the expected one")]
    OtherType,
    /// A critical extension (`crit`), of which this protocol knows none.
    #[error("an unknown critical extension is demanded")]
    Critical,
    /// The signature does not verify.
    #[error("the signature does not verify")]
    Signature,
}

#[derive(Serialize, Deserialize)]
struct Header {
    alg: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    jwk: Option<Jwk>,
    #[serde(skip_serializing_if = "Option::is_none")]
    kid: Option<String>,
    typ: Option<String>,
    #[serde(default, skip_serializing)]
    crit: Option<serde_json::Value>,
}

/// Signs `payload` with the header members `alg`, `kid` (if given) and `typ`.
pub fn sign<P: Serialize>(
    key: &SigningKey,
    typ: &str,
    kid: Option<&str>,
    payload: &P,
) -> Result<String, serde_json::Error> {
    let header = Header {
        alg: "ES256".to_owned(),
        jwk: None,
        kid: kid.map(str::to_owned),
        typ: Some(typ.to_owned()),
        crit: None,
    };
    let header = Base64UrlUnpadded::encode_string(&serde_json::to_vec(&header)?);
    let payload = Base64UrlUnpadded::encode_string(&serde_json::to_vec(payload)?);
    let input = format!("{header}.{payload}");
    let signature = Base64UrlUnpadded::encode_string(&key.sign(input.as_bytes()));
    Ok(format!("{input}.{signature}"))
}

/// Reads and verifies a JWS of one type by one key.
pub fn verify<P: DeserializeOwned>(
    key: &VerifyingKey,
    typ: &str,
    text: &str,
) -> Result<P, CompactError> {
    let unverified = Unverified::<P>::parse(text, typ)?;
    unverified.verify(key)
}

/// A JWS taken apart but not yet believed: for proofs that carry their own key, and for claims that
/// are looked at before the signature.
#[derive(Debug)]
pub struct Unverified<P> {
    kid: Option<String>,
    jwk: Option<Jwk>,
    payload: P,
    signing_input: String,
    signature: Vec<u8>,
}

impl<P: DeserializeOwned> Unverified<P> {
    /// Takes a compact JWS apart and checks its header; says nothing about the signature.
    pub fn parse(text: &str, typ: &str) -> Result<Self, CompactError> {
        Self::parse_if(text, |given| given == Some(typ))
    }

    /// As [`Unverified::parse`], but the header may leave `typ` out, as RFC 7519 section 5.1 allows. Only for what nothing else
    /// signed by the same key could be taken for: all of that names a `typ` of its own.
    pub fn parse_typed_or_untyped(text: &str, typ: &str) -> Result<Self, CompactError> {
        Self::parse_if(text, |given| given.is_none_or(|given| given == typ))
    }

    fn parse_if(
        text: &str,
        is_expected: impl FnOnce(Option<&str>) -> bool,
    ) -> Result<Self, CompactError> {
        let (signing_input, signature) = text.rsplit_once('.').ok_or(CompactError::Malformed)?;
        let (header, payload) = signing_input.split_once('.').ok_or(CompactError::Malformed)?;
        let header: Header = decode_json(header)?;
        if header.alg != "ES256" {
            return Err(CompactError::OtherAlgorithm);
        }
        if header.crit.is_some() {
            return Err(CompactError::Critical);
        }
        if !is_expected(header.typ.as_deref()) {
            return Err(CompactError::OtherType);
        }
        Ok(Self {
            kid: header.kid,
            jwk: header.jwk,
            payload: decode_json(payload)?,
            signing_input: signing_input.to_owned(),
            signature: Base64UrlUnpadded::decode_vec(signature)
                .map_err(|_| CompactError::Malformed)?,
        })
    }

    /// The key id the header names.
    pub fn kid(&self) -> Option<&str> {
        self.kid.as_deref()
    }

    /// The key the header carries.
    pub fn jwk(&self) -> Option<&Jwk> {
        self.jwk.as_ref()
    }

    /// The payload, which anybody may have written.
    pub fn unverified_payload(&self) -> &P {
        &self.payload
    }

    /// Verifies the signature and hands over the payload.
    pub fn verify(self, key: &VerifyingKey) -> Result<P, CompactError> {
        key.verify(self.signing_input.as_bytes(), &self.signature)
            .map_err(|_| CompactError::Signature)?;
        Ok(self.payload)
    }
}

fn decode_json<T: DeserializeOwned>(part: &str) -> Result<T, CompactError> {
    let bytes = Base64UrlUnpadded::decode_vec(part).map_err(|_| CompactError::Malformed)?;
    serde_json::from_slice(&bytes).map_err(|_| CompactError::Malformed)
}
