//! Section 3.2: reading, replacing and ending a registration (RFC 7592).

use axum::http::Method;
use serde_json::{Value, json};

use crate::bank::{Answer, TestBank};
use crate::phone::{Call, Phone, proof_claims, register};
use crate::signing::{Key, random_b64};

/// The registration's address, and the token for it.
async fn management(bank: &TestBank, phone: &Phone) -> (String, String) {
    let answer = register(bank, &phone.registration()).await.json();
    let uri = answer["registration_client_uri"].as_str().unwrap();
    let path = uri.strip_prefix(bank.issuer()).unwrap().to_owned();
    (path, answer["registration_access_token"].as_str().unwrap().to_owned())
}

/// An honest request to it.
async fn call(bank: &TestBank, phone: &Phone, method: Method, body: &Value) -> Call {
    let (path, token) = management(bank, phone).await;
    let proof = phone.proof(&proof_claims(bank, method.as_str(), &path));
    let body = if body.is_null() { Vec::new() } else { body.to_string().into_bytes() };
    let headers = vec![
        ("authorization", format!("Bearer {token}")),
        ("content-type", "application/json".to_owned()),
        ("dpop", proof),
    ];
    Call { method, target: path, headers, body }
}

/// The metadata with `key` as the device key, proved.
fn replacement(bank: &TestBank, phone: &Phone, key: &Key) -> Value {
    let mut jwk = key.jwk();
    jwk["use"] = "sig".into();
    jwk["alg"] = "ES256".into();
    jwk["kid"] = key.thumbprint().into();
    let mut body = phone.registration();
    body["client_id"] = phone.client_id.clone().into();
    body["jwks"] = json!({ "keys": [jwk] });
    body["guichet_key_proof"] = key_proof(key, &possession(bank, phone, key)).into();
    body
}

fn possession(bank: &TestBank, phone: &Phone, key: &Key) -> Value {
    json!({ "iss": phone.client_id, "aud": bank.issuer(), "jkt": key.thumbprint(),
            "iat": bank.now(), "jti": random_b64() })
}

fn key_proof(key: &Key, claims: &Value) -> String {
    key.jws(&json!({ "alg": "ES256", "typ": "guichet-device-key+jwt" }), claims)
}

async fn replace(bank: &TestBank, phone: &Phone, key: &Key) -> Answer {
    let body = replacement(bank, phone, key);
    call(bank, phone, Method::PUT, &body).await.send(bank).await
}

#[tokio::test]
async fn a_registration_is_read_by_its_client_only() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let answer = call(&bank, &phone, Method::GET, &Value::Null).await.send(&bank).await;
    answer.must_succeed(200);
    assert_eq!(answer.header("cache-control"), "no-store");
    assert_eq!(answer.json()["client_id"], phone.client_id);
    assert_eq!(answer.json()["jwks"], phone.registration()["jwks"]);

    let thief = Phone::registered(&bank).await;
    // With the stolen token, and a key of the thief's own.
    let mut stolen = call(&bank, &phone, Method::GET, &Value::Null).await;
    let path = stolen.target.clone();
    stolen.set("dpop", thief.proof(&proof_claims(&bank, "GET", &path)));
    stolen.send(&bank).await.must_be(400, "invalid_dpop_proof");
    // With the thief's own token, at the phone's address.
    let mut call = call(&bank, &phone, Method::GET, &Value::Null).await;
    let (_, own) = management(&bank, &thief).await;
    for token in [format!("Bearer {own}"), "Bearer ".to_owned(), own] {
        call.set("authorization", token);
        call.set("dpop", phone.proof(&proof_claims(&bank, "GET", &path)));
        let again = Call {
            method: Method::GET,
            target: path.clone(),
            headers: call.headers.clone(),
            body: Vec::new(),
        };
        again.send(&bank).await.must_be(401, "invalid_token");
    }
}

#[tokio::test]
async fn registering_again_does_not_end_the_token_its_owner_has() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let before = management(&bank, &phone).await;
    assert_eq!(management(&bank, &phone).await, before);
    let restarted = TestBank::start_in(bank.folder_as_it_is()).await;
    assert_eq!(management(&restarted, &phone).await.1, before.1);
    let other = Phone::registered(&bank).await;
    assert_ne!(management(&bank, &other).await.1, before.1);
}

#[tokio::test]
async fn a_replaced_key_ends_every_token_and_keeps_the_device() {
    let bank = TestBank::start().await;
    let mut phone = Phone::enrolled(&bank).await;
    let fresh = Key::draw();
    let answer = replace(&bank, &phone, &fresh).await;
    answer.must_succeed(200);
    assert_eq!(answer.json()["client_id"], phone.client_id);
    assert_eq!(answer.json()["jwks"]["keys"][0]["kid"], fresh.thumbprint());

    // The old key is nobody's, and what it held has ended.
    phone.get(&bank, "/v1/devices").await.must_be(401, "invalid_token");
    phone.refresh(&bank, &phone.refresh_token).await.must_be(401, "invalid_client");
    let old = phone.device_key.clone();
    phone.device_key = fresh;
    phone.get(&bank, "/v1/devices").await.must_be(401, "invalid_token");
    phone.refresh(&bank, &phone.refresh_token).await.must_be(400, "invalid_grant");

    phone.sign_in(&bank, 0).await;
    let devices = phone.get(&bank, "/v1/devices").await;
    assert_eq!(devices.json()["devices"][0]["device_id"], phone.device_id);
    let mut call = phone.call(&bank, Method::GET, "/v1/devices", &Value::Null);
    phone.device_key = old;
    let mut claims = proof_claims(&bank, "GET", "/v1/devices");
    claims["ath"] = crate::signing::sha256_b64(&phone.access_token).into();
    call.set("dpop", phone.proof(&claims));
    call.send(&bank).await.must_be(401, "invalid_token");
}

#[tokio::test]
async fn a_replacement_whose_answer_was_lost_may_be_repeated_by_either_key() {
    let bank = TestBank::start().await;
    let mut phone = Phone::registered(&bank).await;
    let (path, token) = management(&bank, &phone).await;
    let fresh = Key::draw();
    let send = async |phone: &Phone, key: &Key| {
        let headers = vec![
            ("authorization", format!("Bearer {token}")),
            ("dpop", phone.proof(&proof_claims(&bank, "PUT", &path))),
        ];
        let body = replacement(&bank, phone, key).to_string().into_bytes();
        Call { method: Method::PUT, target: path.clone(), headers, body }.send(&bank).await
    };
    send(&phone, &fresh).await.must_succeed(200);
    let first = phone.device_key.clone();
    send(&phone, &fresh).await.must_succeed(200);
    phone.device_key = fresh.clone();
    send(&phone, &fresh).await.must_succeed(200);

    // The key before can repeat what it did, and do nothing else.
    phone.device_key = first;
    send(&phone, &Key::draw()).await.must_be(400, "invalid_dpop_proof");
    // And the one before that nothing at all.
    let first = phone.device_key.clone();
    phone.device_key = fresh;
    let third = Key::draw();
    send(&phone, &third).await.must_succeed(200);
    phone.device_key = first;
    send(&phone, &third).await.must_be(400, "invalid_dpop_proof");
}

#[tokio::test]
async fn a_replacement_is_exactly_what_the_protocol_says() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let other = Phone::registered(&bank).await;
    let fresh = Key::draw();
    let with = |change: &dyn Fn(&mut Value)| {
        let mut body = replacement(&bank, &phone, &fresh);
        change(&mut body);
        body
    };
    let proved = |key: &Key, claim: &str, value: Value| {
        let mut claims = possession(&bank, &phone, &fresh);
        claims[claim] = value;
        key_proof(key, &claims)
    };
    let late = bank.now() - 61;
    let cases = [
        with(&|body| body["client_id"] = other.client_id.clone().into()),
        with(&|body| body["registration_access_token"] = "x".into()),
        with(&|body| body["registration_client_uri"] = "x".into()),
        with(&|body| body["client_id_issued_at"] = 0.into()),
        with(&|body| body["scope"] = "banking admin".into()),
        with(&|body| body["token_endpoint_auth_method"] = "none".into()),
        with(&|body| body["jwks"]["keys"][0] = phone.device_key.jwk()),
        with(&|body| body["guichet_key_proof"] = "nonsense".into()),
        with(&|body| body["guichet_key_proof"] = Value::Null),
        with(&|body| {
            body["guichet_key_proof"] = proved(&phone.device_key, "jti", "x".into()).into();
        }),
        with(&|body| body["guichet_key_proof"] = proved(&fresh, "iss", "x".into()).into()),
        with(&|body| body["guichet_key_proof"] = proved(&fresh, "aud", "x".into()).into()),
        with(&|body| body["guichet_key_proof"] = proved(&fresh, "jkt", "x".into()).into()),
        with(&|body| body["guichet_key_proof"] = proved(&fresh, "iat", late.into()).into()),
        with(&|body| body["guichet_key_proof"] = proved(&fresh, "jti", "".into()).into()),
        replacement(&bank, &phone, &other.device_key),
        replacement(&bank, &phone, &phone.approval_key),
    ];
    for body in cases {
        let answer = call(&bank, &phone, Method::PUT, &body).await.send(&bank).await;
        answer.must_be(400, "invalid_client_metadata");
    }
    let body = with(&|body| body["redirect_uris"] = json!(["https://evil.example/"]));
    let answer = call(&bank, &phone, Method::PUT, &body).await.send(&bank).await;
    answer.must_be(400, "invalid_redirect_uri");
    phone.get(&bank, "/v1/devices").await.must_succeed(200);
}

#[tokio::test]
async fn a_replacement_without_the_registered_key_is_refused() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let thief = Phone::registered(&bank).await;
    let fresh = Key::draw();
    let body = replacement(&bank, &phone, &fresh);
    let mut call = call(&bank, &phone, Method::PUT, &body).await;
    let path = call.target.clone();
    call.set("dpop", thief.proof(&proof_claims(&bank, "PUT", &path)));
    call.send(&bank).await.must_be(400, "invalid_dpop_proof");
    phone.get(&bank, "/v1/devices").await.must_succeed(200);
}

#[tokio::test]
async fn a_revoked_device_is_told_so_when_it_replaces_its_key() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let path = format!("/sandbox/devices/{}/revoke", phone.device_id);
    bank.control(Method::POST, &path, Value::Null).await.must_succeed(204);
    let answer = replace(&bank, &phone, &Key::draw()).await;
    answer.must_be(400, "invalid_grant");
    assert!(answer.json()["revocation"].is_string());
}

#[tokio::test]
async fn a_client_that_never_enrolled_leaves_without_a_trace() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    call(&bank, &phone, Method::DELETE, &Value::Null).await.send(&bank).await.must_succeed(204);
    phone.get(&bank, "/v1/devices").await.must_be(401, "invalid_token");
    phone.refresh(&bank, &phone.refresh_token).await.must_be(401, "invalid_client");
    // Its key registers as another client.
    let again = register(&bank, &phone.registration()).await;
    again.must_succeed(201);
    assert_ne!(again.json()["client_id"], phone.client_id);
}

#[tokio::test]
async fn an_enrolled_client_leaves_as_a_device() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let answer = call(&bank, &phone, Method::DELETE, &Value::Null).await.send(&bank).await;
    answer.must_be(400, "invalid_request");
    phone.get(&bank, "/v1/devices").await.must_succeed(200);
}

#[tokio::test]
async fn a_nonce_is_demanded_here_too() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let mut call = call(&bank, &phone, Method::GET, &Value::Null).await;
    let mut claims = proof_claims(&bank, "GET", &call.target);
    claims.as_object_mut().unwrap().remove("nonce");
    call.set("dpop", phone.proof(&claims));
    let answer = call.send(&bank).await;
    answer.must_be(400, "use_dpop_nonce");
    assert!(!answer.header("dpop-nonce").is_empty());
}
