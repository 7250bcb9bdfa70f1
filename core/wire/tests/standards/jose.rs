//! Vectors of the JOSE RFCs. Those of DPoP, PKCE, digests and message signatures stand beside the code they are about.

use guichet_foundation::key::{P256PublicKey, P256Signature};
use guichet_wire::jwk::{Jwk, NotAP256Key};
use guichet_wire::jws::{JwsRefusal, Unverified};
use guichet_wire::{base64url, es256};
use serde_json::{Value, json};

/// RFC 7515 appendix A.3.1: a JWS with ES256, in its three parts.
const HEADER: &str = "eyJhbGciOiJFUzI1NiJ9";
const PAYLOAD: &str = concat!(
    "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFt",
    "cGxlLmNvbS9pc19yb290Ijp0cnVlfQ"
);
const SIGNATURE: &str = concat!(
    "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSA",
    "pmWQxfKTUJqPP3-Kg6NU1Q"
);

/// The key of RFC 7515 appendix A.3.1, its public members.
fn public_jwk() -> Value {
    json!({
        "kty": "EC", "crv": "P-256",
        "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
        "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0",
    })
}

fn key_of(jwk: &Value) -> Result<P256PublicKey, NotAP256Key> {
    serde_json::from_value::<Jwk>(jwk.clone()).map_err(|_| NotAP256Key)?.key()
}

#[test]
fn the_signature_of_rfc_7515_verifies_and_no_other_message_does() {
    let key = key_of(&public_jwk()).unwrap();
    let signature = P256Signature::from_raw(&base64url::decode(SIGNATURE).unwrap()).unwrap();
    let message = format!("{HEADER}.{PAYLOAD}");
    assert_eq!(es256::verify(&key, message.as_bytes(), &signature), Ok(()));
    let altered = message.replacen("eyJpc3", "eyJpc2", 1);
    assert!(es256::verify(&key, altered.as_bytes(), &signature).is_err());
}

/// The RFC's JWS names no `typ`. One that could be meant for anything is believed as nothing.
#[test]
fn the_untyped_jws_of_rfc_7515_is_no_document_of_ours() {
    let compact = format!("{HEADER}.{PAYLOAD}.{SIGNATURE}");
    for typ in ["JWT", "dpop+jwt", "guichet-receipt+jwt", ""] {
        assert_eq!(Unverified::read(&compact, typ).err(), Some(JwsRefusal::Type), "{typ}");
    }
}

/// RFC 7515 appendix A.3.1 prints the private member too: whoever sends it has lost the key.
#[test]
fn the_private_key_of_rfc_7515_is_refused() {
    let mut jwk = public_jwk();
    assert!(key_of(&jwk).is_ok());
    jwk["d"] = json!("jpsQnnGQmL-YBIffH1136cspYG6-0iY7X1fCE9-E9LI");
    assert_eq!(key_of(&jwk), Err(NotAP256Key));
}

/// RFC 7517 appendix A.1: an EC key with members that say nothing about the point.
#[test]
fn the_ec_key_of_rfc_7517_is_read_whatever_else_it_says() {
    let jwk = json!({
        "kty": "EC", "crv": "P-256", "use": "enc", "kid": "1",
        "x": "MKBCTNIcKUSDii11ySs3526iDZ8AiTo7Tu6KPAqv7D4",
        "y": "4Etl6SRW2YiLUrN5vfvVHuhp7x8PxltmWWlbbM4IFyM",
    });
    let key = key_of(&jwk).unwrap();
    assert_eq!(serde_json::to_value(Jwk::of(&key)).unwrap()["x"], jwk["x"]);
}

/// RFC 7638 section 3.1 (RSA, its modulus cut short) and RFC 8037 appendix A.2 (Ed25519): good keys, and none the protocol knows.
#[test]
fn keys_of_other_kinds_from_the_rfcs_are_refused() {
    let rsa = json!({"kty": "RSA", "alg": "RS256", "kid": "2011-04-29", "e": "AQAB", "n": "0vx7"});
    let ed25519 = json!({
        "kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo",
    });
    for jwk in [rsa, ed25519] {
        assert_eq!(key_of(&jwk), Err(NotAP256Key), "{jwk}");
    }
}
