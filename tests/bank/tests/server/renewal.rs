//! Section 7.4: a new approval key for an enrolled device.

use axum::http::Method;
use serde_json::{Value, json};

use crate::bank::{Answer, TestBank};
use crate::phone::Phone;
use crate::signing::Key;
use crate::step_up::{BANK, BIOMETRIC, PIN};

const PATH: &str = "/v1/devices/current/approval-key";

fn new_key(key: &Key, claims: &Value) -> Value {
    let header = json!({ "alg": "ES256", "typ": "guichet-approval-key+jwt" });
    json!({ "approval_key": key.jwk(), "approval_proof": key.jws(&header, claims) })
}

impl Phone {
    fn new_key_claims(&self, bank: &TestBank, key: &Key, challenge: &str) -> Value {
        json!({ "iss": self.client_id, "aud": bank.issuer(), "challenge": challenge,
                "jkt": key.thumbprint() })
    }

    async fn put(&self, bank: &TestBank, body: &Value) -> Answer {
        self.call(bank, Method::PUT, PATH, body).send(bank).await
    }
}

#[tokio::test]
async fn a_new_key_takes_the_place_of_the_old_one() {
    let bank = TestBank::start().await;
    let mut phone = Phone::enrolled(&bank).await;
    let enrolled = phone.enrol(&bank).await.json();
    let key = Key::draw();
    let challenge = phone.challenge(&bank, "renew").await;
    let body = new_key(&key, &phone.new_key_claims(&bank, &key, &challenge));
    let answer = phone.put(&bank, &body).await;
    answer.must_succeed(200);
    assert_eq!(answer.json(), enrolled, "the same device of the same customer");
    // The answer was lost: the same words again, whose challenge is used by now.
    assert_eq!(phone.put(&bank, &body).await.body, answer.body);

    // The old key shows nothing any more, the new one does.
    phone.step_up(&bank, BIOMETRIC).await.must_be(400, "invalid_step_up_proof");
    let old = std::mem::replace(&mut phone.approval_key, key);
    phone.step_up(&bank, BIOMETRIC).await.must_succeed(200);

    // Nor is it kept from serving elsewhere: it is forgotten.
    let mut other = Phone::signed_in(&bank).await;
    other.approval_key = old;
    other.enrol(&bank).await.must_succeed(201);
}

#[tokio::test]
async fn a_new_key_takes_the_customers_password_and_nothing_less() {
    let bank = TestBank::start().await;
    let mut phone = Phone::enrolled(&bank).await;
    let key = Key::draw();
    let challenge = phone.challenge(&bank, "renew").await;
    let body = new_key(&key, &phone.new_key_claims(&bank, &key, &challenge));
    bank.wait_seconds(301);
    phone.keep_tokens(&phone.refresh(&bank, &phone.refresh_token).await);
    phone.step_up(&bank, BIOMETRIC).await.must_succeed(200);
    phone.step_up(&bank, PIN).await.must_succeed(200);
    let refused = phone.put(&bank, &body).await;
    refused.must_be(401, "insufficient_user_authentication");
    assert!(refused.header("www-authenticate").contains(&format!("acr_values=\"{BANK}\"")));
    let challenge = phone.post(&bank, "/v1/challenges", &json!({ "purpose": "renew" })).await;
    challenge.must_be(401, "insufficient_user_authentication");

    phone.step_up_at_bank(&bank).await;
    let challenge = phone.challenge(&bank, "renew").await;
    let body = new_key(&key, &phone.new_key_claims(&bank, &key, &challenge));
    phone.put(&bank, &body).await.must_succeed(200);
}

#[tokio::test]
async fn a_proof_that_says_anything_else_renews_nothing() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let key = Key::draw();
    let challenge = phone.challenge(&bank, "renew").await;
    let honest = phone.new_key_claims(&bank, &key, &challenge);
    let for_enrolling = phone.challenge(&bank, "enrol").await;
    let cases = [
        ("iss", "somebody", "invalid_approval_proof"),
        ("aud", "https://evil.example", "invalid_approval_proof"),
        ("jkt", "nonsense", "invalid_approval_proof"),
        ("challenge", "nonsense", "challenge_invalid"),
        ("challenge", &for_enrolling, "challenge_invalid"),
    ];
    for (claim, value, error) in cases {
        let mut claims = honest.clone();
        claims[claim] = value.into();
        phone.put(&bank, &new_key(&key, &claims)).await.must_be(400, error);
    }
    let other = Phone::enrolled(&bank).await;
    for taken in [&phone.device_key, &other.approval_key] {
        let claims = phone.new_key_claims(&bank, taken, &challenge);
        let answer = phone.put(&bank, &new_key(taken, &claims)).await;
        answer.must_be(400, "invalid_approval_proof");
    }
    phone.step_up(&bank, BIOMETRIC).await.must_succeed(200);
    // None of that used the challenge up, and it is good for nothing else.
    let enrolment = phone.enrolment(&phone.possession_claims(&bank, &challenge));
    let mut fresh = Phone::signed_in(&bank).await;
    fresh.approval_key = Key::draw();
    fresh.post(&bank, "/v1/devices", &enrolment).await.must_be(400, "invalid_approval_proof");
    phone.put(&bank, &new_key(&key, &honest)).await.must_succeed(200);
}

#[tokio::test]
async fn only_an_enrolled_device_has_a_key_to_renew() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    phone.put(&bank, &json!({})).await.must_be(403, "device_not_enrolled");
    let challenge = phone.post(&bank, "/v1/challenges", &json!({ "purpose": "renew" })).await;
    challenge.must_be(403, "device_not_enrolled");
}

#[tokio::test]
async fn a_new_key_is_told_to_the_customers_other_phones_once() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let other = Phone::enrolled(&bank).await;
    let key = Key::draw();
    let challenge = phone.challenge(&bank, "renew").await;
    let body = new_key(&key, &phone.new_key_claims(&bank, &key, &challenge));
    for _ in 0..2 {
        phone.put(&bank, &body).await.must_succeed(200);
    }
    let told = other.get(&bank, "/v1/security").await.json();
    let [notice] = told["notices"].as_array().unwrap().as_slice() else { panic!("{told}") };
    assert_eq!(notice["kind"], "approval_key_renewed");
    assert_eq!(notice["device"]["device_id"], phone.device_id);
}
