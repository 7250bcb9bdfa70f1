//! Section 3.4 on resources: DPoP proofs, and the tokens they are bound to.

use axum::http::Method;
use serde_json::{Value, json};

use crate::bank::{Answer, TestBank};
use crate::phone::{Call, Phone, proof_claims};
use crate::signing::{Key, random_b64, sha256_b64};

const PATH: &str = "/v1/devices";

fn honest(phone: &Phone, bank: &TestBank) -> Call {
    phone.call(bank, Method::GET, PATH, &Value::Null)
}

fn honest_claims(phone: &Phone, bank: &TestBank) -> Value {
    let mut claims = proof_claims(bank, "GET", PATH);
    claims["ath"] = sha256_b64(&phone.access_token).into();
    claims
}

async fn send_with_proof(phone: &Phone, bank: &TestBank, proof: String) -> Answer {
    let mut call = honest(phone, bank);
    call.set("dpop", proof);
    call.send(bank).await
}

#[tokio::test]
async fn a_proof_is_good_once() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    let proof = phone.proof(&honest_claims(&phone, &bank));
    send_with_proof(&phone, &bank, proof.clone()).await.must_succeed(200);
    let again = send_with_proof(&phone, &bank, proof).await;
    again.must_be(401, "invalid_dpop_proof");
    assert!(again.header("www-authenticate").starts_with("DPoP error=\"invalid_dpop_proof\""));
}

#[tokio::test]
async fn a_jti_is_used_up_however_the_proof_is_signed_again() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    let mut claims = honest_claims(&phone, &bank);
    send_with_proof(&phone, &bank, phone.proof(&claims)).await.must_succeed(200);
    bank.wait_seconds(30);
    claims["iat"] = bank.now().into();
    claims["nonce"] = bank.running.bank.dpop.nonce(bank.now()).into();
    let again = send_with_proof(&phone, &bank, phone.proof(&claims)).await;
    again.must_be(401, "invalid_dpop_proof");
}

#[tokio::test]
async fn a_nonce_is_demanded_and_offered() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    let mut claims = honest_claims(&phone, &bank);
    claims.as_object_mut().unwrap().remove("nonce");
    let answer = send_with_proof(&phone, &bank, phone.proof(&claims)).await;
    answer.must_be(401, "use_dpop_nonce");
    assert!(answer.header("www-authenticate").starts_with("DPoP error=\"use_dpop_nonce\""));
    claims["nonce"] = answer.header("dpop-nonce").into();
    send_with_proof(&phone, &bank, phone.proof(&claims)).await.must_succeed(200);
}

#[tokio::test]
async fn a_nonce_lives_three_hundred_seconds() {
    let bank = TestBank::start().await;
    let mut phone = Phone::signed_in(&bank).await;
    let nonce = bank.running.bank.dpop.nonce(bank.now());
    for (waited, accepted) in [(150, true), (150, true), (1, false)] {
        bank.wait_seconds(waited);
        phone.keep_tokens(&phone.refresh(&bank, &phone.refresh_token).await);
        let mut claims = honest_claims(&phone, &bank);
        claims["nonce"] = nonce.as_str().into();
        let answer = send_with_proof(&phone, &bank, phone.proof(&claims)).await;
        if accepted {
            answer.must_succeed(200);
        } else {
            answer.must_be(401, "use_dpop_nonce");
        }
    }
}

#[tokio::test]
async fn a_nonce_of_somebody_else_or_from_before_a_restart_is_refused() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    let restarted = TestBank::start_in(bank.folder_as_it_is()).await;
    let old = bank.running.bank.dpop.nonce(bank.now());
    let future = restarted.running.bank.dpop.nonce(restarted.now() + 1);
    for nonce in [old, future, random_b64(), String::new()] {
        let mut claims = honest_claims(&phone, &restarted);
        claims["nonce"] = nonce.into();
        let answer = send_with_proof(&phone, &restarted, phone.proof(&claims)).await;
        answer.must_be(401, "use_dpop_nonce");
    }
}

#[tokio::test]
async fn the_nonce_is_looked_at_before_anything_else() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    let claims = json!({ "htm": "PUT", "htu": "https://evil.example", "iat": 0, "jti": "" });
    let answer = send_with_proof(&phone, &bank, Key::draw().jws(&proof_header(&phone), &claims));
    answer.await.must_be(401, "use_dpop_nonce");
}

#[tokio::test]
async fn a_proof_about_anything_else_is_refused() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    let cases: [(&str, Value); 11] = [
        ("htm", json!("POST")),
        ("htm", json!("get")),
        ("htu", json!(format!("{}/v1/sync", bank.issuer()))),
        ("htu", json!(format!("{}{PATH}/", bank.issuer()))),
        ("htu", json!(format!("{}{PATH}?a=b", bank.issuer()))),
        ("htu", json!(format!("http://localhost{PATH}"))),
        ("iat", json!(bank.now() - 61)),
        ("iat", json!(bank.now() + 61)),
        ("jti", json!("")),
        ("ath", json!(sha256_b64("another token"))),
        ("ath", Value::Null),
    ];
    for (claim, value) in cases {
        let mut claims = honest_claims(&phone, &bank);
        claims[claim] = value.clone();
        let answer = send_with_proof(&phone, &bank, phone.proof(&claims)).await;
        assert_eq!(answer.refusal(), (401, "invalid_dpop_proof".to_owned()), "{claim} {value}");
    }
}

fn proof_header(phone: &Phone) -> Value {
    json!({ "alg": "ES256", "jwk": phone.device_key.jwk(), "typ": "dpop+jwt" })
}

#[tokio::test]
async fn a_proof_of_another_make_is_refused() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    let claims = honest_claims(&phone, &bank);
    let changed = |member: &str, value: Value| {
        let mut header = proof_header(&phone);
        header[member] = value;
        phone.device_key.jws(&header, &claims)
    };
    let mut private = phone.device_key.jwk();
    private["d"] = "AAAA".into();
    let honest_proof = phone.proof(&claims);
    let (input, _) = honest_proof.rsplit_once('.').unwrap();
    let proofs = [
        changed("alg", json!("none")),
        changed("alg", json!("HS256")),
        changed("typ", json!("JWT")),
        changed("typ", Value::Null),
        changed("jwk", Value::Null),
        changed("jwk", private),
        changed("jwk", Key::draw().jwk()),
        changed("crit", json!(["exp"])),
        format!("{input}."),
        format!("{input}.{}", "A".repeat(86)),
        "nonsense".to_owned(),
    ];
    for proof in proofs {
        let answer = send_with_proof(&phone, &bank, proof.clone()).await;
        assert_eq!(answer.refusal(), (401, "invalid_dpop_proof".to_owned()), "{proof}");
    }
    send_with_proof(&phone, &bank, honest_proof).await.must_succeed(200);
}

#[tokio::test]
async fn two_proofs_or_two_tokens_are_refused() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    let mut call = honest(&phone, &bank);
    call.headers.push(("dpop", phone.proof(&honest_claims(&phone, &bank))));
    call.send(&bank).await.must_be(401, "invalid_dpop_proof");
    let mut call = honest(&phone, &bank);
    call.headers.push(("authorization", format!("DPoP {}", phone.access_token)));
    call.send(&bank).await.must_be(401, "invalid_token");
}

#[tokio::test]
async fn a_token_is_of_use_to_its_own_key_only() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    let mut thief = Phone::signed_in(&bank).await;
    thief.access_token.clone_from(&phone.access_token);
    thief.get(&bank, PATH).await.must_be(401, "invalid_token");
    phone.get(&bank, PATH).await.must_succeed(200);
}

#[tokio::test]
async fn a_bearer_token_is_refused() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    for value in ["Bearer ", "", "DPoP", "Basic "] {
        let mut call = honest(&phone, &bank);
        call.set("authorization", format!("{value}{}", phone.access_token));
        call.send(&bank).await.must_be(401, "invalid_token");
    }
}

#[tokio::test]
async fn an_access_token_lives_three_hundred_seconds() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    bank.wait_seconds(300);
    phone.get(&bank, PATH).await.must_succeed(200);
    bank.wait_seconds(1);
    phone.get(&bank, PATH).await.must_be(401, "invalid_token");
}

#[tokio::test]
async fn trust_documents_need_no_token_and_everything_else_does() {
    let bank = TestBank::start().await;
    bank.get("/v1/trust/pins").await.must_succeed(200);
    bank.get("/v1/trust/receipt-keys").await.must_succeed(200);
    for path in ["/v1/devices", "/v1/sync", "/v1/intents/00000000-0000-4000-8000-000000000000"] {
        bank.get(path).await.must_be(401, "invalid_dpop_proof");
    }
    bank.get("/v1/nonsense").await.must_be(404, "not_found");
}
