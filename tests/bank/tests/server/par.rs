//! Sections 3.3 and 3.5: client authentication, and pushed requests.

use serde_json::{Value, json};

use crate::bank::TestBank;
use crate::phone::{Call, Phone, proof_claims};
use crate::signing::{Key, random_b64, sha256_b64};

fn honest(phone: &Phone, bank: &TestBank) -> Call {
    let (challenge, state) = (sha256_b64(random_b64()), random_b64());
    phone.form(bank, "/oauth/par", &phone.pushed_fields(&challenge, &state))
}

/// An honest pushed request but for its client assertion.
fn with_assertion(phone: &Phone, bank: &TestBank, assertion: &str) -> Call {
    let mut call = honest(phone, bank);
    change_field(&mut call, "client_assertion", Some(assertion));
    call
}

/// Sets a field of a form, or takes it out.
fn change_field(call: &mut Call, name: &str, value: Option<&str>) {
    let mut form = url::form_urlencoded::Serializer::new(String::new());
    for (key, old) in url::form_urlencoded::parse(&call.body) {
        if key != name {
            form.append_pair(&key, &old);
        }
    }
    if let Some(value) = value {
        form.append_pair(name, value);
    }
    call.body = form.finish().into_bytes();
}

#[tokio::test]
async fn an_assertion_that_says_anything_else_is_refused() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let now = bank.now();
    let cases: [(&str, Value); 9] = [
        ("aud", json!("https://evil.example")),
        ("aud", json!([bank.issuer()])),
        ("aud", json!(format!("{}/oauth/token", bank.issuer()))),
        ("iss", json!("somebody")),
        ("sub", json!("somebody")),
        ("exp", json!(now + 61)),
        ("exp", json!(now - 61)),
        ("iat", json!(now + 61)),
        ("jti", json!("")),
    ];
    for (claim, value) in cases {
        let mut claims = phone.assertion_claims(&bank);
        claims[claim] = value.clone();
        let call = with_assertion(&phone, &bank, &phone.assertion(&claims));
        let answer = call.send(&bank).await;
        assert_eq!(answer.refusal(), (401, "invalid_client".to_owned()), "{claim} {value}");
    }
    honest(&phone, &bank).send(&bank).await.must_succeed(201);
}

#[tokio::test]
async fn an_assertion_of_another_key_or_header_is_refused() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let claims = phone.assertion_claims(&bank);
    let kid = phone.device_key.thumbprint();
    let stranger = Key::draw();
    let assertions = [
        stranger.jws(&json!({ "alg": "ES256", "kid": kid, "typ": "JWT" }), &claims),
        stranger
            .jws(&json!({ "alg": "ES256", "kid": stranger.thumbprint(), "typ": "JWT" }), &claims),
        phone.device_key.jws(&json!({ "alg": "none", "kid": kid, "typ": "JWT" }), &claims),
        phone.device_key.jws(&json!({ "alg": "ES256", "kid": kid, "typ": "dpop+jwt" }), &claims),
        phone.device_key.jws(&json!({ "alg": "ES256", "typ": "JWT" }), &claims),
        phone
            .device_key
            .jws(&json!({ "alg": "ES256", "kid": kid, "typ": "JWT", "crit": ["b64"] }), &claims),
        "not.a.jws".to_owned(),
    ];
    for assertion in assertions {
        let answer = with_assertion(&phone, &bank, &assertion).send(&bank).await;
        answer.must_be(401, "invalid_client");
    }
}

/// RFC 7519 section 5.1: `typ` is optional. RFC 6749 section 5.2: no authentication is `invalid_client` as well.
#[tokio::test]
async fn an_assertion_may_leave_its_type_out_but_not_itself() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let header = json!({ "alg": "ES256", "kid": phone.device_key.thumbprint() });
    let untyped = phone.device_key.jws(&header, &phone.assertion_claims(&bank));
    with_assertion(&phone, &bank, &untyped).send(&bank).await.must_succeed(201);
    for field in ["client_assertion", "client_assertion_type"] {
        let mut call = honest(&phone, &bank);
        change_field(&mut call, field, None);
        call.send(&bank).await.must_be(401, "invalid_client");
    }
}

#[tokio::test]
async fn an_assertion_is_good_once_even_across_a_restart() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let mut claims = phone.assertion_claims(&bank);
    claims["aud"] = bank.issuer().into();
    let assertion = phone.assertion(&claims);
    with_assertion(&phone, &bank, &assertion).send(&bank).await.must_succeed(201);
    with_assertion(&phone, &bank, &assertion).send(&bank).await.must_be(401, "invalid_client");

    // The restarted bank has another port and so another issuer: the same jti for the new audience.
    let restarted = TestBank::start_in(bank.folder_as_it_is()).await;
    claims["aud"] = restarted.issuer().into();
    let again = with_assertion(&phone, &restarted, &phone.assertion(&claims));
    again.send(&restarted).await.must_be(401, "invalid_client");
}

#[tokio::test]
async fn a_refused_nonce_has_used_nothing_up() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let mut call = honest(&phone, &bank);
    let mut claims = proof_claims(&bank, "POST", "/oauth/par");
    claims.as_object_mut().unwrap().remove("nonce");
    call.set("dpop", phone.proof(&claims));
    let body = call.body.clone();
    let answer = call.send(&bank).await;
    answer.must_be(400, "use_dpop_nonce");

    // The very same assertion and jti, with the nonce that was offered.
    claims["nonce"] = answer.header("dpop-nonce").into();
    let mut call = honest(&phone, &bank);
    call.body = body;
    call.set("dpop", phone.proof(&claims));
    call.send(&bank).await.must_succeed(201);
}

#[tokio::test]
async fn the_proof_must_be_made_with_the_registered_device_key() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let thief = Phone::registered(&bank).await;
    let mut call = honest(&phone, &bank);
    call.set("dpop", thief.proof(&proof_claims(&bank, "POST", "/oauth/par")));
    call.send(&bank).await.must_be(400, "invalid_dpop_proof");
}

#[tokio::test]
async fn a_pushed_request_is_exactly_what_the_protocol_says() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let short: String = random_b64().chars().take(20).collect();
    let cases = [
        ("response_type", Some("token"), "unsupported_response_type"),
        ("response_type", None, "invalid_request"),
        ("scope", Some("banking admin"), "invalid_scope"),
        ("client_id", None, "invalid_request"),
        ("redirect_uri", Some("https://evil.example/"), "invalid_request"),
        ("code_challenge", Some(short.as_str()), "invalid_request"),
        ("code_challenge_method", Some("plain"), "invalid_request"),
        ("code_challenge_method", None, "invalid_request"),
        ("state", None, "invalid_request"),
        ("state", Some(short.as_str()), "invalid_request"),
        ("request_uri", Some("urn:example"), "invalid_request"),
    ];
    for (field, value, error) in cases {
        let mut call = honest(&phone, &bank);
        change_field(&mut call, field, value);
        call.send(&bank).await.must_be(400, error);
    }
}

#[tokio::test]
async fn a_parameter_given_twice_is_refused() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let mut call = honest(&phone, &bank);
    call.body.extend_from_slice(b"&scope=banking");
    call.send(&bank).await.must_be(400, "invalid_request");
}

#[tokio::test]
async fn a_body_that_is_no_form_or_too_long_is_refused() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let mut call = honest(&phone, &bank);
    call.set("content-type", "application/json");
    call.send(&bank).await.must_be(400, "invalid_request");

    let mut call = honest(&phone, &bank);
    call.body.extend_from_slice(b"&x=");
    call.body.resize(64 * 1024 + 1, b'x');
    call.send(&bank).await.must_be(413, "too_large");
}
