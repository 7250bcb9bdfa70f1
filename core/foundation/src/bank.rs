//! Which bank this app is built for: everything that is fixed when the app is made (docs/protocol.md, section 2).

use serde::{Deserialize, Serialize};

use crate::key::P256PublicKey;

/// The bank an app belongs to. A bank's app team fills this in; nothing in it is secret but the registration token, which every
/// installation shares.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct BankProfile {
    /// The issuer: the bank's origin, `https://...` without a trailing slash. Also the audience of everything signed.
    pub issuer: String,
    /// The key that signs trust documents.
    #[serde(with = "jwk")]
    pub trust_anchor: P256PublicKey,
    /// The pin set the app was shipped with: a compact JWS by the trust anchor.
    pub first_pin_set: String,
    /// Where the bank's pages send the browser at the end of a sign-in.
    pub redirect_uri: String,
    /// The initial access token of RFC 7591.
    pub registration_token: String,
    /// PEM of a certificate authority to trust *instead of* the system's. For a sandbox; `None` in an app that ships.
    pub private_ca_pem: Option<String>,
}

/// `{"kty":"EC","crv":"P-256","x":"...","y":"..."}` (RFC 7517, RFC 7518 section 6.2).
mod jwk {
    use base64ct::{Base64UrlUnpadded, Encoding as _};
    use serde::{Deserialize, Deserializer, Serialize, Serializer, de};

    use crate::key::P256PublicKey;

    #[derive(Serialize, Deserialize)]
    struct Jwk {
        kty: String,
        crv: String,
        x: String,
        y: String,
    }

    pub(super) fn serialize<S: Serializer>(key: &P256PublicKey, to: S) -> Result<S::Ok, S::Error> {
        Jwk {
            kty: "EC".to_owned(),
            crv: "P-256".to_owned(),
            x: Base64UrlUnpadded::encode_string(key.x()),
            y: Base64UrlUnpadded::encode_string(key.y()),
        }
        .serialize(to)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        from: D,
    ) -> Result<P256PublicKey, D::Error> {
        let jwk = Jwk::deserialize(from)?;
        if jwk.kty != "EC" || jwk.crv != "P-256" {
            return Err(de::Error::custom("the trust anchor is not a P-256 key"));
        }
        Ok(P256PublicKey::from_coordinates(coordinate(&jwk.x)?, coordinate(&jwk.y)?))
    }

    fn coordinate<E: de::Error>(text: &str) -> Result<[u8; 32], E> {
        let bytes = Base64UrlUnpadded::decode_vec(text).map_err(E::custom)?;
        bytes.try_into().map_err(|_| E::custom("a coordinate of P-256 has 32 bytes"))
    }
}
