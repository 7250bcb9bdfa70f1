//! Public keys as JSON Web Keys (RFC 7517): P-256 only, public members only.

use base64ct::{Base64UrlUnpadded, Encoding};
use serde::{Deserialize, Serialize};

/// A P-256 public key as it is written down. Unknown members are ignored when read; a private
/// member (`d`) makes the key invalid, since its sender has just given the key away.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Jwk {
    kty: String,
    crv: String,
    x: String,
    y: String,
    /// Private part: never kept, only looked for.
    #[serde(default, rename = "d", skip_serializing)]
    private: Option<serde::de::IgnoredAny>,
}

/// Why a JWK is not a key this protocol can use.
#[derive(Debug, thiserror::Error)]
pub enum JwkError {
    /// Other key type or curve than the one the protocol knows.
    #[error("only kty EC with crv P-256 is accepted")]
    OtherKind,
    /// The private member was sent along.
    #[error("a private key was sent where a public one belongs")]
    Private,
    /// Coordinates of the wrong length, or no point of the curve.
    #[error("x and y are not the coordinates of a point on P-256")]
    NotAPoint,
}

impl Jwk {
    /// Writes down the coordinates of a point, big-endian.
    pub(super) fn from_coordinates(x: &[u8], y: &[u8]) -> Self {
        Self {
            kty: "EC".to_owned(),
            crv: "P-256".to_owned(),
            x: Base64UrlUnpadded::encode_string(x),
            y: Base64UrlUnpadded::encode_string(y),
            private: None,
        }
    }

    /// The uncompressed SEC1 point (65 bytes), not yet checked to lie on the curve.
    pub(super) fn to_sec1(&self) -> Result<[u8; 65], JwkError> {
        if self.private.is_some() {
            return Err(JwkError::Private);
        }
        if self.kty != "EC" || self.crv != "P-256" {
            return Err(JwkError::OtherKind);
        }
        let mut point = [0_u8; 65];
        let (tag, coordinates) = point.split_at_mut(1);
        let (x, y) = coordinates.split_at_mut(32);
        tag.fill(4);
        x.copy_from_slice(&coordinate(&self.x)?);
        y.copy_from_slice(&coordinate(&self.y)?);
        Ok(point)
    }

    /// The members RFC 7638 hashes, in its order, without white space.
    pub(super) fn thumbprint_input(&self) -> String {
        format!(
            r#"{{"crv":"{}","kty":"{}","x":"{}","y":"{}"}}"#,
            self.crv, self.kty, self.x, self.y
        )
    }
}

fn coordinate(text: &str) -> Result<[u8; 32], JwkError> {
    let mut bytes = [0; 32];
    let decoded = Base64UrlUnpadded::decode(text, &mut bytes).map_err(|_| JwkError::NotAPoint)?;
    if decoded.len() != 32 {
        return Err(JwkError::NotAPoint);
    }
    Ok(bytes)
}
