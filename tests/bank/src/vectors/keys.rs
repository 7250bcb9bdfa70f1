//! The fixed keys: each secret scalar is the SHA-256 of a sentence.

use serde::Serialize;

use super::{VectorsError, encode, sha256};
use crate::jws::{Jwk, SigningKey};

/// A key of the vectors, with its private half.
#[derive(Serialize)]
pub(super) struct Key {
    /// The secret scalar, big-endian, base64url: the `d` of a private JWK.
    d: String,
    jwk: Jwk,
    thumbprint: String,
    #[serde(skip)]
    signing: SigningKey,
}

impl Key {
    fn new(role: &str) -> Result<Self, VectorsError> {
        let scalar = sha256(format!("guichet test vector key: {role}").as_bytes());
        let signing =
            SigningKey::from_scalar(&scalar).ok_or(VectorsError::Fixed("a scalar is no key"))?;
        let public = signing.verifying_key();
        Ok(Self {
            d: encode(&scalar),
            jwk: public.to_jwk(),
            thumbprint: public.thumbprint(),
            signing,
        })
    }

    pub(super) fn signing(&self) -> &SigningKey {
        &self.signing
    }

    pub(super) fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// The public JWK's text: members in the order of RFC 7638.
    pub(super) fn jwk_text(&self) -> Result<String, VectorsError> {
        Ok(serde_jcs::to_string(&self.jwk)?)
    }

    /// The public JWK's text with more members put behind those it has.
    pub(super) fn jwk_text_with(&self, members: &str) -> Result<String, VectorsError> {
        let text = self.jwk_text()?;
        let open = text.strip_suffix('}').ok_or(VectorsError::Fixed("a JWK is no object"))?;
        Ok(format!("{open},{members}}}"))
    }
}

/// The keys, by what they do.
#[derive(Serialize)]
pub(super) struct Keys {
    pub(super) device: Key,
    pub(super) approval: Key,
    pub(super) trust_anchor: Key,
    pub(super) receipt: Key,
    /// Nobody's: what a signature must not be by.
    pub(super) stranger: Key,
}

impl Keys {
    pub(super) fn new() -> Result<Self, VectorsError> {
        Ok(Self {
            device: Key::new("device")?,
            approval: Key::new("approval")?,
            trust_anchor: Key::new("trust anchor")?,
            receipt: Key::new("receipt")?,
            stranger: Key::new("stranger")?,
        })
    }
}
