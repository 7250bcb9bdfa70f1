//! Section 4: pins and receipt keys.

use axum::http::Method;
use serde_json::{Value, json};

use crate::bank::TestBank;
use crate::phone::{Phone, proof_claims};
use crate::signing::{Key, open_jws, sha256_b64};

async fn document(bank: &TestBank, path: &str) -> (Value, Value) {
    let answer = bank.get(path).await;
    assert_eq!(answer.header("content-type"), "application/jwt");
    assert_eq!(answer.header("cache-control"), "no-store");
    let anchor = serde_json::to_value(&bank.running.announcement.trust_anchor).unwrap();
    assert!(open_jws(answer.text(), &Key::draw().jwk()).is_none());
    open_jws(answer.text(), &anchor).expect("signed by the trust anchor")
}

#[tokio::test]
async fn the_pin_set_is_the_announced_one() {
    let bank = TestBank::start().await;
    let (header, pins) = document(&bank, "/v1/trust/pins").await;
    assert_eq!(header, json!({ "alg": "ES256", "typ": "guichet-pins+jwt" }));
    assert_eq!(pins["iss"], bank.issuer());
    assert_eq!(pins["version"], 1);
    assert_eq!(pins["pins"].as_array().unwrap().len(), 2);
    assert!(pins["exp"].as_i64().unwrap() > bank.now());
    assert_eq!(bank.get("/v1/trust/pins").await.text(), bank.running.announcement.pin_set);
}

#[tokio::test]
async fn a_trust_document_brings_the_nonce_of_the_first_proof() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    for path in ["/v1/trust/pins", "/v1/trust/receipt-keys"] {
        let nonce = bank.get(path).await.header("dpop-nonce").to_owned();
        let mut call = phone.call(&bank, Method::GET, "/v1/devices", &Value::Null);
        let mut claims = proof_claims(&bank, "GET", "/v1/devices");
        claims["ath"] = sha256_b64(&phone.access_token).into();
        claims["nonce"] = nonce.clone().into();
        call.set("dpop", phone.proof(&claims));
        call.send(&bank).await.must_succeed(200);

        // It is as good at the authorization server.
        let fields = [("grant_type", "refresh_token"), ("refresh_token", &phone.refresh_token)];
        let mut call = phone.form(&bank, "/oauth/token", &fields);
        let mut claims = proof_claims(&bank, "POST", "/oauth/token");
        claims["nonce"] = nonce.into();
        call.set("dpop", phone.proof(&claims));
        call.send(&bank).await.must_succeed(200);
    }
}

#[tokio::test]
async fn receipt_keys_are_listed_with_their_lives() {
    let bank = TestBank::start().await;
    let (header, keys) = document(&bank, "/v1/trust/receipt-keys").await;
    assert_eq!(header["typ"], "guichet-receipt-keys+jwt");
    assert_eq!(keys["version"], 1);
    let key = &keys["keys"][0];
    assert_eq!(key["kty"], "EC");
    assert!(key["nbf"].as_i64().unwrap() <= bank.now());
    assert!(key["exp"].as_i64().unwrap() > bank.now());
}

#[tokio::test]
async fn rotating_pins_keeps_the_key_in_use_and_grows_the_version() {
    let bank = TestBank::start().await;
    let (_, before) = document(&bank, "/v1/trust/pins").await;
    let rotated = bank.control(Method::POST, "/sandbox/pins/rotate", Value::Null).await;
    assert_eq!(rotated.json()["version"], 2);
    let (_, after) = document(&bank, "/v1/trust/pins").await;
    assert_eq!(after["version"], 2);
    assert_eq!(after["pins"][0], before["pins"][0]);
    assert_ne!(after["pins"][1], before["pins"][1]);

    let restarted = TestBank::start_in(bank.folder_as_it_is()).await;
    let (_, kept) = document(&restarted, "/v1/trust/pins").await;
    assert_eq!((&kept["version"], &kept["pins"]), (&after["version"], &after["pins"]));
}

#[tokio::test]
async fn switching_pins_puts_the_backup_key_first_and_a_new_one_behind_it() {
    let bank = TestBank::start().await;
    let (_, before) = document(&bank, "/v1/trust/pins").await;
    let switched = bank.control(Method::POST, "/sandbox/pins/switch", Value::Null).await;
    assert_eq!(switched.json()["version"], 2);
    let (_, after) = document(&bank, "/v1/trust/pins").await;
    assert_eq!(after["pins"][0], before["pins"][1]);
    assert!(before["pins"].as_array().unwrap().iter().all(|pin| *pin != after["pins"][1]));

    // A kill in the middle, with the backup key gone from its place: another is drawn.
    let folder = bank.folder_as_it_is();
    std::fs::remove_file(folder.path().join("tls-backup.key.pem")).unwrap();
    let restarted = TestBank::start_in(folder).await;
    let (_, kept) = document(&restarted, "/v1/trust/pins").await;
    assert_eq!((&kept["version"], &kept["pins"][0]), (&json!(3), &after["pins"][0]));
}

#[tokio::test]
async fn an_expired_pin_set_is_a_newer_one_that_is_over() {
    let bank = TestBank::start().await;
    bank.switch(json!({ "expired_pins": true })).await;
    let (_, pins) = document(&bank, "/v1/trust/pins").await;
    assert_eq!(pins["version"], 2);
    assert!(pins["exp"].as_i64().unwrap() < bank.now());
    bank.switch(json!({ "expired_pins": false })).await;
    let (_, pins) = document(&bank, "/v1/trust/pins").await;
    assert_eq!(pins["version"], 1);
}

#[tokio::test]
async fn a_pin_set_near_its_end_is_followed_by_the_next_version() {
    let bank = TestBank::start().await;
    bank.wait_seconds(340 * 86_400);
    let folder = bank.folder_as_it_is();
    let clock = bank.clock.clone();
    let options = crate::bank::options(folder.path(), &clock);
    let restarted = guichet_bank::server::Bank::start(options).await.unwrap();
    let anchor = serde_json::to_value(&restarted.announcement.trust_anchor).unwrap();
    let (_, pins) = open_jws(&restarted.announcement.pin_set, &anchor).unwrap();
    assert_eq!(pins["version"], 2);
    assert!(pins["exp"].as_i64().unwrap() > bank.now() + 300 * 86_400);
}
