//! JSON Web Keys (RFC 7517) of P-256 public keys, and their thumbprints (RFC 7638).

use guichet_foundation::key::P256PublicKey;
use ring::digest::{SHA256, digest};
use serde::de::IgnoredAny;
use serde::{Deserialize, Serialize};

use crate::base64url;

/// A P-256 public key as a JWK: public members only.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Jwk {
    crv: String,
    kty: String,
    x: String,
    y: String,
    /// A private member. Whoever sends one has lost the key.
    #[serde(default, skip_serializing)]
    d: Option<IgnoredAny>,
}

/// The JWK is not a P-256 public key with coordinates of 32 bytes in base64url.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a P-256 public key")]
pub struct NotAP256Key;

impl Jwk {
    /// The JWK of `key`.
    pub fn of(key: &P256PublicKey) -> Self {
        Self {
            crv: "P-256".to_owned(),
            kty: "EC".to_owned(),
            x: base64url::encode(key.x()),
            y: base64url::encode(key.y()),
            d: None,
        }
    }

    /// The key. Whether it lies on the curve shows when it is used.
    pub fn key(&self) -> Result<P256PublicKey, NotAP256Key> {
        if self.kty != "EC" || self.crv != "P-256" || self.d.is_some() {
            return Err(NotAP256Key);
        }
        Ok(P256PublicKey::from_coordinates(coordinate(&self.x)?, coordinate(&self.y)?))
    }
}

fn coordinate(text: &str) -> Result<[u8; 32], NotAP256Key> {
    let bytes = base64url::decode(text).map_err(|_| NotAP256Key)?;
    bytes.try_into().map_err(|_| NotAP256Key)
}

/// The thumbprint of `key`: base64url of the SHA-256 of its required members in lexical order (RFC 7638 section 3).
pub fn thumbprint(key: &P256PublicKey) -> String {
    let canonical = format!(
        r#"{{"crv":"P-256","kty":"EC","x":"{}","y":"{}"}}"#,
        base64url::encode(key.x()),
        base64url::encode(key.y())
    );
    base64url::encode(digest(&SHA256, canonical.as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The key of RFC 9449 section 4.1; its thumbprint is the `jkt` of section 6.1.
    #[test]
    fn thumbprint_of_rfc_9449() {
        let jwk = Jwk {
            crv: "P-256".to_owned(),
            kty: "EC".to_owned(),
            x: "l8tFrhx-34tV3hRICRDY9zCkDlpBhF42UQUfWVAWBFs".to_owned(),
            y: "9VE4jf_Ok_o64zbTTlcuNJajHmt6v9TDVrU0CdvGRDA".to_owned(),
            d: None,
        };
        let key = jwk.key().unwrap();
        assert_eq!(thumbprint(&key), "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I");
        assert_eq!(Jwk::of(&key), jwk);
    }

    #[test]
    fn other_keys_are_refused() {
        let good = Jwk::of(&P256PublicKey::from_coordinates([1; 32], [2; 32]));
        let short = base64url::encode(&[1; 31]);
        for bad in [
            Jwk { kty: "RSA".to_owned(), ..good.clone() },
            Jwk { crv: "P-384".to_owned(), ..good.clone() },
            Jwk { x: short, ..good.clone() },
            Jwk { y: format!("{}=", good.y), ..good },
        ] {
            assert_eq!(bad.key(), Err(NotAP256Key));
        }
    }
}
