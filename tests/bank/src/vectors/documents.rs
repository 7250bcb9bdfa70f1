//! What the bank signs besides receipts: the pin set, the receipt keys, a revocation notice.

use serde::Serialize;

use super::keys::Keys;
use super::{
    CLIENT_ID, DEVICE_ID, ISSUER, JwsVector, NOW, VectorsError, encode, header_with_kid, sha256,
};

/// From when a receipt key may sign.
const NOT_BEFORE: i64 = 1_767_225_600;
/// Until when a receipt key may sign.
const NOT_AFTER: i64 = 1_830_297_600;

pub(super) const PINS_HEADER: &str = r#"{"alg":"ES256","typ":"guichet-pins+jwt"}"#;

#[derive(Serialize)]
pub(super) struct Documents {
    pins: PinsVector,
    receipt_keys: JwsVector,
    revocation: JwsVector,
}

#[derive(Serialize)]
struct PinsVector {
    /// The `SubjectPublicKeyInfo` (DER, base64url) that the first pin is of: that of the device
    /// key, for want of a certificate.
    spki_base64url: String,
    #[serde(flatten)]
    document: JwsVector,
}

pub(super) fn vectors(keys: &Keys) -> Result<Documents, VectorsError> {
    let spki = spki(keys)?;
    let anchor = keys.trust_anchor.signing();
    let keys_header = r#"{"alg":"ES256","typ":"guichet-receipt-keys+jwt"}"#;
    Ok(Documents {
        pins: PinsVector {
            document: JwsVector::sign(
                anchor,
                PINS_HEADER,
                &pins(3, &[encode(&sha256(&spki)), backup_pin()]),
            ),
            spki_base64url: encode(&spki),
        },
        receipt_keys: JwsVector::sign(anchor, keys_header, &receipt_keys(keys)?),
        revocation: JwsVector::sign(
            keys.receipt.signing(),
            &header_with_kid("guichet-revocation+jwt", &keys.receipt),
            &format!(
                r#"{{"client_id":"{CLIENT_ID}","device_id":"{DEVICE_ID}","iat":{NOW},"iss":"{ISSUER}"}}"#
            ),
        ),
    })
}

/// The payload of a pin set.
pub(super) fn pins(version: u32, pins: &[String]) -> String {
    let list = pins.iter().map(|pin| format!(r#""{pin}""#)).collect::<Vec<_>>().join(",");
    format!(
        r#"{{"exp":{},"iat":{NOW},"iss":"{ISSUER}","pins":[{list}],"version":{version}}}"#,
        NOW + 30 * 86_400
    )
}

/// A pin of a key not in use.
pub(super) fn backup_pin() -> String {
    encode(&sha256(b"a key kept in a safe"))
}

fn receipt_keys(keys: &Keys) -> Result<String, VectorsError> {
    let members =
        format!(r#""kid":"{}","nbf":{NOT_BEFORE},"exp":{NOT_AFTER}"#, keys.receipt.thumbprint());
    let key = keys.receipt.jwk_text_with(&members)?;
    Ok(format!(r#"{{"iat":{NOW},"iss":"{ISSUER}","keys":[{key}],"version":1}}"#))
}

fn spki(keys: &Keys) -> Result<Vec<u8>, VectorsError> {
    use p256::pkcs8::EncodePublicKey;
    let jwk = serde_json::from_str::<serde_json::Value>(&keys.device.jwk_text()?)?;
    let coordinate = |name: &str| {
        use base64ct::{Base64UrlUnpadded, Encoding};
        let text = jwk.get(name).and_then(serde_json::Value::as_str).unwrap_or_default();
        Base64UrlUnpadded::decode_vec(text).unwrap_or_default()
    };
    let point = [vec![4], coordinate("x"), coordinate("y")].concat();
    let key = p256::PublicKey::from_sec1_bytes(&point)
        .map_err(|_| VectorsError::Fixed("a public key"))?;
    let der = key.to_public_key_der().map_err(|_| VectorsError::Fixed("a public key"))?;
    Ok(der.as_bytes().to_vec())
}
