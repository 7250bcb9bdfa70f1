//! What the bank signs.

use guichet_foundation::key::P256PublicKey;
use guichet_foundation::ports::DeviceSigner;
use guichet_foundation::ports::fakes::FakeSigner;
use guichet_wire::base64url;
use guichet_wire::jwk::{Jwk, thumbprint};
use guichet_wire::jws::Unsigned;
use serde_json::{Value, json};

use super::ISSUER;

pub(crate) const FOREVER: i64 = 4_000_000_000;

/// A key of the bank's.
#[derive(Clone)]
pub(crate) struct Key {
    signer: FakeSigner,
    pub(crate) public: P256PublicKey,
}

impl Key {
    pub(crate) fn seeded(seed: u64) -> Self {
        let signer = FakeSigner::seeded(seed);
        let public = DeviceSigner::create(&signer).unwrap();
        Self { signer, public }
    }

    pub(crate) fn sign(&self, typ: &str, claims: &Value) -> String {
        let header = json!({"alg": "ES256", "typ": typ, "kid": thumbprint(&self.public)});
        Unsigned::new(&header, claims).sign(&self.signer).unwrap()
    }
}

pub(crate) fn pin_set(anchor: &Key, version: u64, first: u8, expires: i64) -> String {
    let pins = [base64url::encode(&[first; 32]), base64url::encode(&[first + 1; 32])];
    let claims = json!({"iss": ISSUER, "version": version, "iat": 0, "exp": expires, "pins": pins});
    anchor.sign("guichet-pins+jwt", &claims)
}

pub(crate) fn receipt_keys(anchor: &Key, version: u64, keys: &[Key]) -> String {
    let keys: Vec<Value> = keys
        .iter()
        .map(|key| {
            let mut jwk = json!(Jwk::of(&key.public));
            jwk["kid"] = json!(thumbprint(&key.public));
            jwk["nbf"] = json!(0);
            jwk["exp"] = json!(FOREVER);
            jwk
        })
        .collect();
    let claims = json!({"iss": ISSUER, "version": version, "iat": 0, "keys": keys});
    anchor.sign("guichet-receipt-keys+jwt", &claims)
}

pub(crate) fn notice(key: &Key, issuer: &str, client: &str, device: &str) -> String {
    let claims = json!({"iss": issuer, "client_id": client, "device_id": device, "iat": 1000});
    key.sign("guichet-revocation+jwt", &claims)
}
