//! Sections 6 and 7: challenges, enrolling, listing, revoking.

use axum::http::Method;
use serde_json::{Value, json};

use crate::bank::TestBank;
use crate::phone::Phone;
use crate::signing::{Key, b64, decoded, open_jws, random_b64};
use crate::step_up::PIN;

#[tokio::test]
async fn enrolling_gives_a_device_and_greets_the_customer() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    phone.get(&bank, "/v1/sync").await.must_be(403, "device_not_enrolled");
    let answer = phone.enrol(&bank).await;
    answer.must_succeed(201);
    let answer = answer.json();
    assert_eq!(answer["enrolled_at"], "2026-03-02T08:00:00Z");
    assert_eq!(answer["customer"]["locale"], "zh-CN");
    assert_eq!(answer["customer"]["not_in_pin"], json!(["19880417", "10000417362"]));
    let person = &bank.running.announcement.customers[0];
    assert_eq!(answer["customer"]["name"], person.name.zh);

    phone.get(&bank, "/v1/sync").await.must_succeed(200);
    let listed = phone.get(&bank, "/v1/devices").await.json();
    let [device] = listed["devices"].as_array().unwrap().as_slice() else { panic!("{listed}") };
    assert_eq!(device["device_id"], answer["device_id"]);
    assert_eq!(device["current"], true);
    assert_eq!(device["trust_level"], "software");
    assert_eq!(device["platform"], "android");
}

#[tokio::test]
async fn enrolling_the_same_key_again_gives_the_same_answer() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    let challenge = phone.challenge(&bank, "enrol").await;
    let enrolment = phone.enrolment(&phone.possession_claims(&bank, &challenge));
    let first = phone.post(&bank, "/v1/devices", &enrolment).await;
    first.must_succeed(201);
    bank.wait_seconds(100);
    // The first answer was lost: the same words again, whose challenge is used by now.
    let second = phone.post(&bank, "/v1/devices", &enrolment).await;
    second.must_succeed(200);
    assert_eq!(second.body, first.body);
}

#[tokio::test]
async fn a_client_has_one_approval_key() {
    let bank = TestBank::start().await;
    let mut phone = Phone::enrolled(&bank).await;
    phone.approval_key = Key::draw();
    phone.enrol(&bank).await.must_be(409, "device_exists");
}

#[tokio::test]
async fn an_approval_key_belongs_to_one_device() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let mut other = Phone::signed_in(&bank).await;
    other.approval_key = phone.approval_key.clone();
    other.enrol(&bank).await.must_be(400, "invalid_approval_proof");
}

#[tokio::test]
async fn the_device_key_cannot_be_the_approval_key() {
    let bank = TestBank::start().await;
    let mut phone = Phone::signed_in(&bank).await;
    phone.approval_key = phone.device_key.clone();
    phone.enrol(&bank).await.must_be(400, "invalid_approval_proof");
}

#[tokio::test]
async fn a_proof_of_possession_that_says_anything_else_is_refused() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    let challenge = phone.challenge(&bank, "enrol").await;
    let cases = [
        ("iss", "somebody", "invalid_approval_proof"),
        ("aud", "https://evil.example", "invalid_approval_proof"),
        ("jkt", "nonsense", "invalid_approval_proof"),
        ("challenge", "nonsense", "challenge_invalid"),
    ];
    for (claim, value, error) in cases {
        let mut claims = phone.possession_claims(&bank, &challenge);
        claims[claim] = value.into();
        let answer = phone.post(&bank, "/v1/devices", &phone.enrolment(&claims)).await;
        answer.must_be(400, error);
    }

    let claims = phone.possession_claims(&bank, &challenge);
    let header = json!({ "alg": "ES256", "typ": "guichet-approval-key+jwt" });
    let other_type = json!({ "alg": "ES256", "typ": "JWT" });
    for proof in [
        Key::draw().jws(&header, &claims),
        phone.device_key.jws(&header, &claims),
        phone.approval_key.jws(&other_type, &claims),
        "nonsense".to_owned(),
    ] {
        let mut enrolment = phone.enrolment(&claims);
        enrolment["approval_proof"] = proof.into();
        let answer = phone.post(&bank, "/v1/devices", &enrolment).await;
        answer.must_be(400, "invalid_approval_proof");
    }
    // None of that used the challenge up.
    phone.post(&bank, "/v1/devices", &phone.enrolment(&claims)).await.must_succeed(201);
}

#[tokio::test]
async fn an_enrolment_of_another_shape_is_refused() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    let challenge = phone.challenge(&bank, "enrol").await;
    let honest = phone.enrolment(&phone.possession_claims(&bank, &challenge));
    let cases = [
        ("name", json!("")),
        ("name", json!("x".repeat(65))),
        ("name", json!("a\u{7}b")),
        ("name", json!(7)),
        ("approval_key", json!({ "kty": "RSA" })),
        ("approval_proof", Value::Null),
    ];
    for (member, value) in cases {
        let mut enrolment = honest.clone();
        enrolment[member] = value;
        phone.post(&bank, "/v1/devices", &enrolment).await.must_be(400, "invalid_request");
    }
    let mut enrolment = honest;
    enrolment["platform"] = "harmony".into();
    enrolment["name"] = "名".repeat(64).into();
    phone.post(&bank, "/v1/devices", &enrolment).await.must_succeed(201);
    let listed = phone.get(&bank, "/v1/devices").await.json();
    assert_eq!(listed["devices"][0]["platform"], "other");
}

#[tokio::test]
async fn a_challenge_is_for_one_client_one_purpose_and_five_minutes() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    let other = Phone::enrolled(&bank).await;
    let foreign = other.challenge(&bank, "enrol").await;
    let for_an_intent = other.challenge(&bank, "intent").await;
    let old = phone.challenge(&bank, "enrol").await;
    bank.wait_seconds(301);
    let mut phone = phone;
    phone.keep_tokens(&phone.refresh(&bank, &phone.refresh_token).await);
    for challenge in [foreign, for_an_intent, old, random_b64()] {
        let enrolment = phone.enrolment(&phone.possession_claims(&bank, &challenge));
        let answer = phone.post(&bank, "/v1/devices", &enrolment).await;
        answer.must_be(400, "challenge_invalid");
    }
}

#[tokio::test]
async fn a_challenge_says_when_it_ends_and_what_may_be_paid() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    let for_paying = json!({ "purpose": "intent" });
    phone.post(&bank, "/v1/challenges", &for_paying).await.must_be(403, "device_not_enrolled");
    phone.enrol(&bank).await.must_succeed(201);

    let answer = phone.post(&bank, "/v1/challenges", &for_paying).await.json();
    assert_eq!(answer["challenge"].as_str().unwrap().len(), 43);
    assert_eq!(answer["expires_at"], "2026-03-02T08:05:00Z");
    assert_eq!(answer["limits"]["per_payment"]["currency"], "CNY");
    assert_eq!(answer["limits"]["remaining_today"]["currency"], "CNY");

    let enrol = phone.post(&bank, "/v1/challenges", &json!({ "purpose": "enrol" })).await.json();
    assert!(enrol.get("limits").is_none());
    for other in [json!({ "purpose": "other" }), json!({}), json!("enrol")] {
        phone.post(&bank, "/v1/challenges", &other).await.must_be(400, "invalid_request");
    }
}

#[tokio::test]
async fn a_revoked_device_gets_a_notice_it_can_verify_wherever_it_proves_its_key() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let other = Phone::enrolled(&bank).await;
    let path = format!("/v1/devices/{}", phone.device_id);
    other.step_up(&bank, PIN).await.must_succeed(200);
    assert_eq!(other.delete(&bank, &path).await.status, 204);
    assert_eq!(other.delete(&bank, &path).await.status, 204, "again, as if new");

    let keys = bank.get("/v1/trust/receipt-keys").await;
    let anchor = serde_json::to_value(&bank.running.announcement.trust_anchor).unwrap();
    let (_, keys) = open_jws(keys.text(), &anchor).unwrap();

    let read = phone.get(&bank, "/v1/devices").await;
    read.must_be(403, "device_revoked");
    let write = phone.post(&bank, "/v1/challenges", &json!({ "purpose": "intent" })).await;
    write.must_be(403, "device_revoked");
    let refreshed = phone.refresh(&bank, &phone.refresh_token).await;
    refreshed.must_be(400, "invalid_grant");
    let verifier = random_b64();
    let pushed = phone.form(&bank, "/oauth/par", &phone.pushed_fields(&verifier, &verifier));
    let pushed = pushed.send(&bank).await;
    pushed.must_be(400, "invalid_grant");

    for answer in [read, write, refreshed, pushed] {
        let notice = answer.json()["revocation"].as_str().unwrap().to_owned();
        let (header, notice) = open_jws(&notice, &keys["keys"][0]).expect("a notice that verifies");
        assert_eq!(header["typ"], "guichet-revocation+jwt");
        assert_eq!(header["kid"], keys["keys"][0]["kid"]);
        assert_eq!(
            notice,
            json!({ "iss": bank.issuer(), "client_id": phone.client_id,
                    "device_id": phone.device_id, "iat": bank.now() })
        );
    }
    // The one that revoked goes on, and sees the other no more.
    let listed = other.get(&bank, "/v1/devices").await.json();
    assert_eq!(listed["devices"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn a_notice_is_given_to_whoever_holds_the_key_only() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let path = format!("/sandbox/devices/{}/revoke", phone.device_id);
    assert_eq!(bank.control(Method::POST, &path, Value::Null).await.status, 204);

    let mut thief = Phone::signed_in(&bank).await;
    thief.access_token.clone_from(&phone.access_token);
    let answer = thief.get(&bank, "/v1/devices").await;
    answer.must_be(401, "invalid_token");
    assert!(answer.json().get("revocation").is_none());
}

#[tokio::test]
async fn a_revocation_outlives_a_kill_and_a_new_sign_in_of_the_same_client() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let waiting = phone.push(&bank).await;
    let page = phone.open(&bank, &waiting.request_uri).await;
    let path = format!("/v1/devices/{}", phone.device_id);
    assert_eq!(phone.delete(&bank, &path).await.status, 204);

    // A page that was open when the device was revoked leads nowhere.
    assert_eq!(crate::phone::sign_in_as(&bank, &page, 0).await.status, 400);
    let restarted = TestBank::start_in(bank.folder_as_it_is()).await;
    phone.get(&restarted, "/v1/devices").await.must_be(403, "device_revoked");
    phone.refresh(&restarted, &phone.refresh_token).await.must_be(400, "invalid_grant");

    // The same phone with new keys is a new device.
    let fresh = Phone::enrolled(&restarted).await;
    fresh.get(&restarted, "/v1/sync").await.must_succeed(200);
}

#[tokio::test]
async fn nobody_revokes_or_sees_another_customers_device() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let mut stranger = Phone::registered(&bank).await;
    stranger.sign_in(&bank, 1).await;
    let path = format!("/v1/devices/{}", phone.device_id);
    stranger.delete(&bank, &path).await.must_be(404, "device_unknown");
    stranger.delete(&bank, "/v1/devices/none").await.must_be(404, "device_unknown");
    let listed = stranger.get(&bank, "/v1/devices").await.json();
    assert_eq!(listed["devices"], json!([]));
    phone.get(&bank, "/v1/sync").await.must_succeed(200);
}

#[tokio::test]
async fn a_device_serves_the_customer_it_was_enrolled_for_only() {
    let bank = TestBank::start().await;
    let mut phone = Phone::enrolled(&bank).await;
    phone.sign_in(&bank, 1).await;
    phone.get(&bank, "/v1/sync").await.must_be(403, "device_not_enrolled");
    phone.enrol(&bank).await.must_be(409, "device_exists");
}

#[tokio::test]
async fn a_device_is_seen_to_the_minute() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let seen = async || {
        let listed = phone.get(&bank, "/v1/devices").await.json();
        listed["devices"][0]["last_seen_at"].as_str().unwrap().to_owned()
    };
    bank.wait_seconds(59);
    assert_eq!(seen().await, "2026-03-02T08:00:00Z");
    bank.wait_seconds(1);
    assert_eq!(seen().await, "2026-03-02T08:01:00Z");
}

#[tokio::test]
async fn signatures_on_the_wire_are_sixty_four_bytes() {
    let bank = TestBank::start().await;
    let pins = bank.get("/v1/trust/pins").await;
    let signature = pins.text().rsplit('.').next().unwrap();
    assert_eq!(signature.len(), b64([0; 64]).len());
    assert_eq!(decoded(pins.text().split('.').next().unwrap())["alg"], "ES256");
}
