//! Section 5.1: calls that want the customer to show to be there, and the three ways to do it.

use axum::http::Method;
use serde_json::{Value, json};

use crate::bank::{Answer, TestBank};
use crate::phone::{Phone, Pushed, decide, hidden_page, redirect_parameter, sign_in_as};
use crate::signing::{Key, random_b64, sha256_b64};

pub(crate) const BIOMETRIC: &str = "urn:guichet:acr:biometric";
pub(crate) const PIN: &str = "urn:guichet:acr:pin";
pub(crate) const BANK: &str = "urn:guichet:acr:bank";

impl Phone {
    pub(crate) fn step_up_claims(&self, bank: &TestBank, acr: &str, challenge: &str) -> Value {
        json!({ "iss": self.client_id, "aud": bank.issuer(), "challenge": challenge, "acr": acr })
    }

    pub(crate) fn step_up_proof(&self, acr: &str, claims: &Value) -> String {
        let key = if acr == BIOMETRIC { &self.approval_key } else { &self.device_key };
        key.jws(&json!({ "alg": "ES256", "typ": "guichet-step-up+jwt" }), claims)
    }

    /// Shows that the customer is there, by finger or PIN.
    pub(crate) async fn step_up(&self, bank: &TestBank, acr: &str) -> Answer {
        let challenge = self.challenge(bank, "step_up").await;
        let claims = self.step_up_claims(bank, acr, &challenge);
        self.prove(bank, acr, &self.step_up_proof(acr, &claims)).await
    }

    async fn prove(&self, bank: &TestBank, acr: &str, proof: &str) -> Answer {
        self.post(bank, "/v1/step-up", &json!({ "acr": acr, "proof": proof })).await
    }

    /// Pushes a request for showing it on the bank's page.
    async fn push_step_up(&self, bank: &TestBank) -> Pushed {
        let (verifier, state) = (random_b64(), random_b64());
        let challenge = sha256_b64(&verifier);
        let mut fields = self.pushed_fields(&challenge, &state);
        fields.extend([("acr_values", BANK), ("max_age", "300")]);
        let answer = self.form(bank, "/oauth/par", &fields).send(bank).await;
        answer.must_succeed(201);
        let request_uri = answer.json()["request_uri"].as_str().unwrap().to_owned();
        Pushed { request_uri, verifier, state }
    }

    /// Shows that the customer is there, on the bank's page.
    pub(crate) async fn step_up_at_bank(&mut self, bank: &TestBank) {
        let pushed = self.push_step_up(bank).await;
        let code = self.allow(bank, &pushed, 0).await;
        let answer = self.exchange(bank, &code, &pushed.verifier).await;
        answer.must_succeed(200);
        self.keep_tokens(&answer);
    }
}

/// Calls a harmless resource that wants one of `acrs`, no older than `max_age` seconds.
async fn demanding(bank: &TestBank, phone: &Phone, acrs: &str, max_age: u32) -> Answer {
    let demand =
        json!({ "path": "/v1/devices", "times": 1, "acr_values": acrs, "max_age": max_age });
    bank.switch(json!({ "step_up": demand })).await;
    let answer = phone.get(bank, "/v1/devices").await;
    bank.switch(json!({ "step_up": null })).await;
    answer
}

#[track_caller]
fn must_demand(answer: &Answer, acrs: &str, max_age: u32) {
    answer.must_be(401, "insufficient_user_authentication");
    let challenge = format!(
        "DPoP error=\"insufficient_user_authentication\", algs=\"ES256\", acr_values=\"{acrs}\", \
         max_age=\"{max_age}\""
    );
    assert_eq!(answer.header("www-authenticate"), challenge);
}

#[tokio::test]
async fn signing_another_device_out_takes_a_finger_or_the_pin_just_now() {
    let bank = TestBank::start().await;
    for acr in [BIOMETRIC, PIN] {
        let (mut phone, other) = (Phone::enrolled(&bank).await, Phone::enrolled(&bank).await);
        let path = format!("/v1/devices/{}", other.device_id);
        let refused = phone.delete(&bank, &path).await;
        must_demand(&refused, &format!("{BIOMETRIC} {PIN}"), 300);
        other.get(&bank, "/v1/sync").await.must_succeed(200);

        let shown = phone.step_up(&bank, acr).await;
        shown.must_succeed(200);
        assert_eq!(shown.json(), json!({ "acr": acr, "auth_time": shown.json()["auth_time"] }));
        bank.wait_seconds(300);
        assert_eq!(phone.delete(&bank, &path).await.status, 204, "{acr}");

        let third = Phone::enrolled(&bank).await;
        bank.wait_seconds(1);
        phone.keep_tokens(&phone.refresh(&bank, &phone.refresh_token).await);
        let path = format!("/v1/devices/{}", third.device_id);
        phone.delete(&bank, &path).await.must_be(401, "insufficient_user_authentication");
    }
}

#[tokio::test]
async fn signing_out_oneself_takes_nothing_more() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let path = format!("/v1/devices/{}", phone.device_id);
    assert_eq!(phone.delete(&bank, &path).await.status, 204);
}

#[tokio::test]
async fn a_password_in_a_strangers_app_signs_nobody_out() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let thief = Phone::signed_in(&bank).await;
    let path = format!("/v1/devices/{}", phone.device_id);
    thief.delete(&bank, &path).await.must_be(403, "device_not_enrolled");
    let challenge = thief.post(&bank, "/v1/challenges", &json!({ "purpose": "step_up" })).await;
    challenge.must_be(403, "device_not_enrolled");
    phone.get(&bank, "/v1/sync").await.must_succeed(200);
}

#[tokio::test]
async fn a_finger_is_worth_a_pin_and_everything_else_only_itself() {
    let bank = TestBank::start().await;
    for (shown, met) in [(BIOMETRIC, [true, true, false]), (PIN, [false, true, false])] {
        let phone = Phone::enrolled(&bank).await;
        // The sign-in itself has shown the bank's way; that is over.
        bank.wait_seconds(60);
        phone.step_up(&bank, shown).await.must_succeed(200);
        for (asked, met) in [BIOMETRIC, PIN, BANK].into_iter().zip(met) {
            let answer = demanding(&bank, &phone, asked, 30).await;
            assert_eq!(answer.status == 200, met, "{shown} for {asked}");
        }
    }
    let phone = Phone::enrolled(&bank).await;
    for (asked, met) in [(BIOMETRIC, false), (PIN, false), (BANK, true)] {
        let answer = demanding(&bank, &phone, asked, 30).await;
        assert_eq!(answer.status == 200, met, "bank for {asked}");
    }
    demanding(&bank, &phone, &format!("{BIOMETRIC} {PIN} {BANK}"), 30).await.must_succeed(200);
}

#[tokio::test]
async fn what_was_shown_one_way_does_not_undo_another() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    bank.wait_seconds(10);
    phone.step_up(&bank, PIN).await.must_succeed(200);
    demanding(&bank, &phone, BANK, 10).await.must_succeed(200);
    demanding(&bank, &phone, PIN, 0).await.must_succeed(200);
    bank.wait_seconds(1);
    must_demand(&demanding(&bank, &phone, BANK, 10).await, BANK, 10);
    demanding(&bank, &phone, PIN, 1).await.must_succeed(200);
}

#[tokio::test]
async fn a_time_to_come_counts_for_nothing() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    phone.step_up(&bank, PIN).await.must_succeed(200);
    bank.switch(json!({ "clock_offset_s": -10 })).await;
    demanding(&bank, &phone, PIN, 300).await.must_be(401, "insufficient_user_authentication");
}

#[tokio::test]
async fn what_was_shown_outlives_a_refresh_and_a_restart() {
    let bank = TestBank::start().await;
    let mut phone = Phone::enrolled(&bank).await;
    phone.step_up(&bank, PIN).await.must_succeed(200);
    phone.keep_tokens(&phone.refresh(&bank, &phone.refresh_token).await);
    demanding(&bank, &phone, PIN, 300).await.must_succeed(200);
    let restarted = TestBank::start_in(bank.folder_as_it_is()).await;
    demanding(&restarted, &phone, PIN, 300).await.must_succeed(200);
}

#[tokio::test]
async fn a_proof_is_good_once_and_for_its_challenge_only() {
    let bank = TestBank::start().await;
    let mut phone = Phone::enrolled(&bank).await;
    let challenge = phone.challenge(&bank, "step_up").await;
    let claims = phone.step_up_claims(&bank, PIN, &challenge);
    let proof = phone.step_up_proof(PIN, &claims);
    phone.prove(&bank, PIN, &proof).await.must_succeed(200);
    phone.prove(&bank, PIN, &proof).await.must_be(400, "challenge_invalid");

    let old = phone.challenge(&bank, "step_up").await;
    bank.wait_seconds(301);
    phone.keep_tokens(&phone.refresh(&bank, &phone.refresh_token).await);
    let for_enrolling = phone.challenge(&bank, "enrol").await;
    let for_paying = phone.challenge(&bank, "intent").await;
    let anothers = Phone::enrolled(&bank).await.challenge(&bank, "step_up").await;
    for challenge in [old, for_enrolling, for_paying, anothers, "nonsense".to_owned()] {
        let claims = phone.step_up_claims(&bank, PIN, &challenge);
        let answer = phone.prove(&bank, PIN, &phone.step_up_proof(PIN, &claims)).await;
        answer.must_be(400, "challenge_invalid");
    }
    demanding(&bank, &phone, PIN, 300).await.must_be(401, "insufficient_user_authentication");
}

#[tokio::test]
async fn a_proof_of_another_client_key_or_way_is_refused_and_uses_nothing_up() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let challenge = phone.challenge(&bank, "step_up").await;
    let honest = phone.step_up_claims(&bank, BIOMETRIC, &challenge);
    for (claim, value) in
        [("iss", "somebody"), ("aud", "https://evil.example"), ("acr", PIN), ("acr", BANK)]
    {
        let mut claims = honest.clone();
        claims[claim] = value.into();
        let answer = phone.prove(&bank, BIOMETRIC, &phone.step_up_proof(BIOMETRIC, &claims)).await;
        answer.must_be(400, "invalid_step_up_proof");
    }
    let typ = |typ: &str| json!({ "alg": "ES256", "typ": typ });
    for proof in [
        // The device key signs without asking anybody: it shows no finger.
        phone.step_up_proof(PIN, &honest),
        Key::draw().jws(&typ("guichet-step-up+jwt"), &honest),
        phone.approval_key.jws(&typ("guichet-approval-key+jwt"), &honest),
        "nonsense".to_owned(),
    ] {
        phone.prove(&bank, BIOMETRIC, &proof).await.must_be(400, "invalid_step_up_proof");
    }
    // A finger's proof shown as a PIN's.
    let proof = phone.step_up_proof(BIOMETRIC, &honest);
    phone.prove(&bank, PIN, &proof).await.must_be(400, "invalid_step_up_proof");
    for acr in [BANK, "urn:guichet:acr:other", ""] {
        phone.prove(&bank, acr, &proof).await.must_be(400, "invalid_request");
    }
    demanding(&bank, &phone, PIN, 300).await.must_be(401, "insufficient_user_authentication");
    phone.prove(&bank, BIOMETRIC, &proof).await.must_succeed(200);
}

#[tokio::test]
async fn the_banks_page_asks_again_and_its_tokens_replace_the_old_ones() {
    let bank = TestBank::start().await;
    let mut phone = Phone::enrolled(&bank).await;
    bank.wait_seconds(60);
    must_demand(&demanding(&bank, &phone, BANK, 30).await, BANK, 30);
    let (access, refresh) = (phone.access_token.clone(), phone.refresh_token.clone());
    phone.step_up_at_bank(&bank).await;

    // Their answer may have been lost: the old ones end when the new ones are used.
    let new = std::mem::replace(&mut phone.access_token, access.clone());
    phone.get(&bank, "/v1/sync").await.must_succeed(200);
    phone.access_token = new;
    demanding(&bank, &phone, BANK, 30).await.must_succeed(200);
    phone.refresh(&bank, &refresh).await.must_be(400, "invalid_grant");
    phone.access_token = access;
    phone.get(&bank, "/v1/sync").await.must_be(401, "invalid_token");
}

#[tokio::test]
async fn what_the_page_shows_is_as_old_as_the_password() {
    let bank = TestBank::start().await;
    let mut phone = Phone::enrolled(&bank).await;
    let pushed = phone.push_step_up(&bank).await;
    let page = phone.open(&bank, &pushed.request_uri).await;
    let consent = sign_in_as(&bank, &page, 0).await;
    bank.wait_seconds(100);
    let answer = decide(&bank, &hidden_page(&consent), "allow").await;
    let code = redirect_parameter(&answer, "code").unwrap();
    bank.wait_seconds(50);
    phone.keep_tokens(&phone.exchange(&bank, &code, &pushed.verifier).await);
    must_demand(&demanding(&bank, &phone, BANK, 149).await, BANK, 149);
    demanding(&bank, &phone, BANK, 150).await.must_succeed(200);
}

#[tokio::test]
async fn the_page_takes_nobody_but_the_devices_customer() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let pushed = phone.push_step_up(&bank).await;
    let page = phone.open(&bank, &pushed.request_uri).await;
    assert!(page.text().contains("so that we know it is you"), "{}", page.text());
    let again = sign_in_as(&bank, &page, 1).await;
    assert_eq!(again.status, 403);
    assert!(again.text().contains("another customer"), "{}", again.text());
    sign_in_as(&bank, &again, 0).await.must_succeed(200);

    // The twin: an ordinary sign-in asks for nobody in particular.
    let pushed = phone.push(&bank).await;
    let page = phone.open(&bank, &pushed.request_uri).await;
    sign_in_as(&bank, &page, 1).await.must_succeed(200);
}

#[tokio::test]
async fn what_the_page_cannot_show_is_refused_when_it_is_pushed() {
    let bank = TestBank::start().await;
    let phone = Phone::registered(&bank).await;
    let both = format!("{PIN} {BANK}");
    for (name, value, status, error) in [
        ("acr_values", PIN, 400, "unmet_authentication_requirements"),
        ("acr_values", "urn:other", 400, "unmet_authentication_requirements"),
        ("max_age", "-1", 400, "invalid_request"),
        ("max_age", "soon", 400, "invalid_request"),
        ("max_age", "0", 201, ""),
        ("acr_values", &both, 201, ""),
    ] {
        let (challenge, state) = (sha256_b64(random_b64()), random_b64());
        let mut fields = phone.pushed_fields(&challenge, &state);
        fields.push((name, value));
        let answer = phone.form(&bank, "/oauth/par", &fields).send(&bank).await;
        assert_eq!(answer.refusal(), (status, error.to_owned()), "{name}={value}");
    }
}

#[tokio::test]
async fn a_switch_demands_it_of_any_call_that_is_otherwise_good_and_counts() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let demand = json!({ "path": "/v1/challenges", "method": "POST", "times": 2,
                         "acr_values": BIOMETRIC, "max_age": 60 });
    bank.switch(json!({ "step_up": demand })).await;
    let call = || phone.call(&bank, Method::POST, "/v1/challenges", &json!({"purpose": "step_up"}));
    let mut unsigned = call();
    unsigned.set("signature", "sig1=:AAAA:");
    unsigned.send(&bank).await.must_be(401, "invalid_signature");
    for _ in 0..2 {
        must_demand(&call().send(&bank).await, BIOMETRIC, 60);
    }
    call().send(&bank).await.must_succeed(201);
}

#[tokio::test]
async fn a_switch_is_satisfied_by_what_was_shown_unless_it_never_is() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    phone.step_up(&bank, PIN).await.must_succeed(200);
    let mut demand = json!({ "path": "/v1/sync", "times": 1, "acr_values": PIN, "max_age": 60 });
    bank.switch(json!({ "step_up": demand })).await;
    phone.get(&bank, "/v1/sync").await.must_succeed(200);
    demand["always"] = true.into();
    bank.switch(json!({ "step_up": demand })).await;
    must_demand(&phone.get(&bank, "/v1/sync").await, PIN, 60);
    phone.get(&bank, "/v1/sync").await.must_succeed(200);
}
