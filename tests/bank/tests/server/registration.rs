//! Section 3.2, and the metadata of 3.1.

use serde_json::{Value, json};

use crate::bank::TestBank;
use crate::phone::{Phone, register};
use crate::signing::Key;

#[tokio::test]
async fn metadata_names_endpoints_on_the_issuers_origin_only() {
    let bank = TestBank::start().await;
    let metadata = bank.get("/.well-known/oauth-authorization-server").await.json();
    assert_eq!(metadata["issuer"], bank.issuer());
    for (name, value) in metadata.as_object().unwrap() {
        if name.ends_with("_endpoint") {
            assert!(value.as_str().unwrap().starts_with(&format!("{}/", bank.issuer())), "{name}");
        }
    }
    assert_eq!(metadata["require_pushed_authorization_requests"], true);
    assert_eq!(metadata["authorization_response_iss_parameter_supported"], true);
}

#[tokio::test]
async fn registering_the_same_key_again_gives_the_same_client() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let again = register(&bank, &phone.registration()).await;
    again.must_succeed(201);
    assert_eq!(again.json()["client_id"], phone.client_id);
    assert_eq!(again.json()["client_id_issued_at"], bank.now());
    assert_eq!(again.json()["jwks"], phone.registration()["jwks"]);

    let other = Phone::registered(&bank).await;
    assert_ne!(other.client_id, phone.client_id);
}

#[tokio::test]
async fn registration_needs_the_initial_access_token() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    for token in [None, Some("Bearer nonsense"), Some("bearer"), Some("")] {
        let mut request = axum::http::Request::post("/oauth/register");
        if let Some(token) = token {
            request = request.header("authorization", token);
        }
        let body = axum::body::Body::from(phone.registration().to_string());
        bank.send(request.body(body).unwrap()).await.must_be(401, "invalid_token");
    }
}

#[tokio::test]
async fn registration_allows_nothing_but_what_the_protocol_has() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let other = Key::draw().jwk();
    let mut private = phone.device_key.jwk();
    private["d"] = "AAAA".into();
    let mut off_the_curve = phone.device_key.jwk();
    off_the_curve["x"] = off_the_curve["y"].clone();
    let mut other_kid = other.clone();
    other_kid["kid"] = phone.device_key.thumbprint().into();

    let invalid = "invalid_client_metadata";
    let cases: [(&str, Value, &str); 14] = [
        ("redirect_uris", json!(["https://evil.example/"]), "invalid_redirect_uri"),
        ("redirect_uris", json!([]), "invalid_redirect_uri"),
        ("grant_types", json!(["authorization_code"]), invalid),
        ("response_types", json!(["code", "token"]), invalid),
        ("token_endpoint_auth_method", json!("none"), invalid),
        ("token_endpoint_auth_signing_alg", json!("RS256"), invalid),
        ("dpop_bound_access_tokens", json!(false), invalid),
        ("scope", json!("banking admin"), invalid),
        ("client_name", json!(""), invalid),
        ("jwks", json!({ "keys": [] }), invalid),
        ("jwks", json!({ "keys": [other, phone.device_key.jwk()] }), invalid),
        ("jwks", json!({ "keys": [private] }), invalid),
        ("jwks", json!({ "keys": [off_the_curve] }), invalid),
        ("jwks", json!({ "keys": [other_kid] }), invalid),
    ];
    for (member, value, error) in cases {
        let mut registration = phone.registration();
        registration[member] = value;
        register(&bank, &registration).await.must_be(400, error);
    }
}
