//! Section 7.5: notices, the answer headers, freezing, signing out all others.

use axum::http::Method;
use guichet_bank::security::{Kind, News, tell};
use serde_json::{Value, json};

use crate::bank::{Answer, TestBank};
use crate::phone::Phone;
use crate::step_up::{BIOMETRIC, PIN};

const NOTICES: &str = "guichet-security-notices";
const PAYMENTS: &str = "guichet-payments";

/// What the headers of an answer say.
fn news(answer: &Answer) -> (&str, &str) {
    (answer.header(NOTICES), answer.header(PAYMENTS))
}

async fn security(bank: &TestBank, phone: &Phone) -> Value {
    let answer = phone.get(bank, "/v1/security").await;
    answer.must_succeed(200);
    answer.json()
}

async fn post(bank: &TestBank, phone: &Phone, path: &str) -> Answer {
    phone.post(bank, path, &json!({})).await
}

async fn acknowledge(bank: &TestBank, phone: &Phone, notice_id: &str) -> Answer {
    let body = json!({ "notice_id": notice_id });
    phone.post(bank, "/v1/security/acknowledge", &body).await
}

async fn revoke_others(bank: &TestBank, phone: &Phone) -> Answer {
    phone.step_up(bank, PIN).await.must_succeed(200);
    post(bank, phone, "/v1/devices/revoke-others").await
}

async fn revoke(bank: &TestBank, phone: &Phone, device_id: &str) {
    let path = format!("/v1/devices/{device_id}");
    assert_eq!(phone.delete(bank, &path).await.status, 204);
}

fn kinds(security: &Value) -> Vec<&str> {
    let notices = security["notices"].as_array().unwrap();
    notices.iter().map(|notice| notice["kind"].as_str().unwrap()).collect()
}

#[tokio::test]
async fn a_new_phone_is_told_to_the_others_and_not_to_itself() {
    let bank = TestBank::start().await;
    let first = Phone::enrolled(&bank).await;
    assert_eq!(news(&first.get(&bank, "/v1/sync").await), ("0", "open"));
    bank.wait_seconds(5);
    let second = Phone::enrolled(&bank).await;

    assert_eq!(news(&first.get(&bank, "/v1/sync").await), ("1", "open"));
    assert_eq!(news(&second.get(&bank, "/v1/sync").await), ("0", "open"));
    let told = security(&bank, &first).await;
    assert_eq!(told["payments"], "open");
    assert!(told.get("frozen_at").is_none());
    let [notice] = told["notices"].as_array().unwrap().as_slice() else { panic!("{told}") };
    assert_eq!(notice["kind"], "device_enrolled");
    assert_eq!(notice["at"], "2026-03-02T08:00:05Z");
    assert_eq!(
        notice["device"],
        json!({ "device_id": second.device_id, "name": "Li Ming's phone", "platform": "android",
                "trust_level": "software" })
    );
    assert_eq!(security(&bank, &second).await["notices"], json!([]));
}

#[tokio::test]
async fn a_sign_in_is_told_before_it_becomes_a_phone_and_as_the_phone_afterwards() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let mut stranger = Phone::signed_in(&bank).await;
    let told = security(&bank, &phone).await;
    assert_eq!(kinds(&told), ["signed_in"]);
    assert!(told["notices"][0].get("device").is_none());

    let answer = stranger.enrol(&bank).await.json();
    answer["device_id"].as_str().unwrap().clone_into(&mut stranger.device_id);
    assert_eq!(kinds(&security(&bank, &phone).await), ["device_enrolled"]);

    // A phone that is signed in and shows its customer once more is no news.
    stranger.sign_in(&bank, 0).await;
    stranger.get(&bank, "/v1/sync").await.must_succeed(200);
    assert_eq!(kinds(&security(&bank, &phone).await), ["device_enrolled"]);
    // One whose session had ended is told with its name.
    let token = [("token", stranger.refresh_token.as_str())];
    assert_eq!(stranger.form(&bank, "/oauth/revoke", &token).send(&bank).await.status, 200);
    stranger.sign_in(&bank, 0).await;
    let told = security(&bank, &phone).await;
    assert_eq!(kinds(&told), ["device_enrolled", "signed_in"]);
    assert_eq!(told["notices"][1]["device"]["device_id"], stranger.device_id);
    assert_eq!(security(&bank, &stranger).await["notices"], json!([]));
}

#[tokio::test]
async fn a_phone_of_another_customer_is_not_named() {
    let bank = TestBank::start().await;
    let theirs = Phone::enrolled(&bank).await;
    let mut shared = Phone::registered(&bank).await;
    shared.sign_in(&bank, 1).await;
    shared.enrol(&bank).await.must_succeed(201);
    // The other customer's phone is used to sign in as the first customer.
    shared.sign_in(&bank, 0).await;
    let told = security(&bank, &theirs).await;
    assert_eq!(kinds(&told), ["signed_in"]);
    assert!(told["notices"][0].get("device").is_none(), "{told}");
}

#[tokio::test]
async fn each_device_acknowledges_for_itself() {
    let bank = TestBank::start().await;
    let phones = [Phone::enrolled(&bank).await, Phone::enrolled(&bank).await];
    let third = Phone::enrolled(&bank).await;
    revoke(&bank, &third, &third.device_id).await;

    let [one, other] = &phones;
    let told = security(&bank, one).await;
    assert_eq!(kinds(&told), ["device_enrolled", "device_enrolled", "device_revoked"]);
    let older = told["notices"][1]["notice_id"].as_str().unwrap();
    assert_eq!(acknowledge(&bank, one, older).await.status, 204);
    let told = security(&bank, one).await;
    assert_eq!(kinds(&told), ["device_revoked"]);

    let newest = told["notices"][0]["notice_id"].as_str().unwrap();
    let answer = acknowledge(&bank, one, newest).await;
    assert_eq!((answer.status.as_u16(), news(&answer)), (204, ("0", "open")));
    // An older acknowledgement that comes late, or again, takes nothing back.
    assert_eq!(acknowledge(&bank, one, older).await.status, 204);
    assert_eq!(security(&bank, one).await["notices"], json!([]));
    assert_eq!(kinds(&security(&bank, other).await), ["device_enrolled", "device_revoked"]);
}

#[tokio::test]
async fn what_has_not_happened_cannot_be_acknowledged_in_advance() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    for notice_id in ["notice-3", "notice-9223372036854775807", "notice-0", "notice--1", "3", ""] {
        acknowledge(&bank, &phone, notice_id).await.must_be(404, "notice_unknown");
    }
    phone.post(&bank, "/v1/security/acknowledge", &json!({})).await.must_be(400, "invalid_request");
    let _second = Phone::enrolled(&bank).await;
    assert_eq!(news(&phone.get(&bank, "/v1/devices").await), ("1", "open"));
}

#[tokio::test]
async fn freezing_is_told_to_the_others_once() {
    let bank = TestBank::start().await;
    let [one, mut other] = [Phone::enrolled(&bank).await, Phone::enrolled(&bank).await];
    acknowledge(&bank, &one, "notice-4").await.must_succeed(204);

    let answer = post(&bank, &one, "/v1/security/freeze").await;
    assert_eq!((answer.status.as_u16(), news(&answer)), (204, ("0", "frozen")));
    bank.wait_seconds(30);
    // The answer was lost, and it is asked for again.
    assert_eq!(post(&bank, &one, "/v1/security/freeze").await.status, 204);
    assert_eq!(news(&other.get(&bank, "/v1/sync").await), ("1", "frozen"));
    let told = security(&bank, &other).await;
    assert_eq!((&told["payments"], kinds(&told)), (&json!("frozen"), vec!["payments_frozen"]));
    assert_eq!(told["frozen_at"], "2026-03-02T08:00:00Z");
    assert_eq!(told["notices"][0]["device"]["device_id"], one.device_id);

    other.step_up_at_bank(&bank).await;
    assert_eq!(post(&bank, &other, "/v1/security/unfreeze").await.status, 204);
    // What goes already needs nothing.
    assert_eq!(post(&bank, &other, "/v1/security/unfreeze").await.status, 204);
    let told = security(&bank, &one).await;
    assert_eq!((&told["payments"], kinds(&told)), (&json!("open"), vec!["payments_unfrozen"]));
    assert!(told.get("frozen_at").is_none());
}

#[tokio::test]
async fn one_customers_freeze_is_not_anothers() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let mut neighbour = Phone::registered(&bank).await;
    neighbour.sign_in(&bank, 1).await;
    neighbour.enrol(&bank).await.must_succeed(201);
    assert_eq!(post(&bank, &neighbour, "/v1/security/freeze").await.status, 204);
    assert_eq!(news(&phone.get(&bank, "/v1/sync").await), ("0", "open"));
}

#[tokio::test]
async fn without_an_enrolled_device_nothing_is_said_and_nothing_done() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let stranger = Phone::signed_in(&bank).await;
    for path in [
        "/v1/security/acknowledge",
        "/v1/security/freeze",
        "/v1/security/unfreeze",
        "/v1/devices/revoke-others",
    ] {
        let answer = post(&bank, &stranger, path).await;
        answer.must_be(403, "device_not_enrolled");
        assert!(answer.headers.get(NOTICES).is_none() && answer.headers.get(PAYMENTS).is_none());
    }
    stranger.get(&bank, "/v1/security").await.must_be(403, "device_not_enrolled");
    assert_eq!(news(&phone.get(&bank, "/v1/sync").await), ("1", "open"));
}

#[tokio::test]
async fn who_has_not_proven_a_device_is_told_nothing() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let mut calls = Vec::new();
    for _ in 0..3 {
        calls.push(phone.call(&bank, Method::POST, "/v1/security/freeze", &json!({})));
    }
    let [unsigned, altered, stolen] = &mut calls[..] else { unreachable!() };
    unsigned.set("signature", "sig1=:AAAA:");
    altered.body = b"{\"x\":1}".to_vec();
    let thief = Phone::enrolled(&bank).await;
    let mut claims = crate::phone::proof_claims(&bank, "POST", "/v1/security/freeze");
    claims["ath"] = crate::signing::sha256_b64(&phone.access_token).into();
    stolen.set("dpop", thief.proof(&claims));
    for call in calls {
        let answer = call.send(&bank).await;
        assert_eq!(answer.status, 401, "{}", answer.text());
        assert!(answer.headers.get(NOTICES).is_none() && answer.headers.get(PAYMENTS).is_none());
    }
    assert_eq!(news(&phone.get(&bank, "/v1/sync").await).1, "open");
}

#[tokio::test]
async fn signing_out_all_others_leaves_this_phone_alone() {
    let bank = TestBank::start().await;
    let keeper = Phone::enrolled(&bank).await;
    let [lost, stolen] = [Phone::enrolled(&bank).await, Phone::enrolled(&bank).await];
    let answer = revoke_others(&bank, &keeper).await;
    answer.must_succeed(200);
    assert_eq!(answer.json(), json!({ "revoked": 2 }));
    for phone in [&lost, &stolen] {
        phone.get(&bank, "/v1/sync").await.must_be(403, "device_revoked");
        phone.refresh(&bank, &phone.refresh_token).await.must_be(400, "invalid_grant");
    }
    keeper.get(&bank, "/v1/sync").await.must_succeed(200);
    let again = revoke_others(&bank, &keeper).await;
    assert_eq!(again.json(), json!({ "revoked": 0 }));
}

#[tokio::test]
async fn signing_out_all_others_ends_whoever_signed_in_and_has_not_enrolled() {
    let bank = TestBank::start().await;
    let keeper = Phone::enrolled(&bank).await;
    let thief = Phone::signed_in(&bank).await;
    let waiting = Phone::registered(&bank).await;
    let pushed = waiting.push(&bank).await;
    let code = waiting.allow(&bank, &pushed, 0).await;
    let neighbour = {
        let mut phone = Phone::registered(&bank).await;
        phone.sign_in(&bank, 1).await;
        phone
    };
    revoke_others(&bank, &keeper).await.must_succeed(200);
    thief.get(&bank, "/v1/devices").await.must_be(401, "invalid_token");
    thief.refresh(&bank, &thief.refresh_token).await.must_be(400, "invalid_grant");
    waiting.exchange(&bank, &code, &pushed.verifier).await.must_be(400, "invalid_grant");
    neighbour.get(&bank, "/v1/devices").await.must_succeed(200);
}

#[tokio::test]
async fn a_notice_stands_and_falls_with_what_it_tells_of() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let mut other = Phone::signed_in(&bank).await;
    // An enrolment that is refused leaves no notice.
    other.approval_key = phone.approval_key.clone();
    other.enrol(&bank).await.must_be(400, "invalid_approval_proof");
    assert_eq!(kinds(&security(&bank, &phone).await), ["signed_in"]);

    let store = &bank.running.bank.store;
    let rolled_back = store.write(|tx| {
        let news = News::of_device("c-1001", Kind::ApprovalKeyRenewed, None);
        tell(tx, &news, bank.now())?;
        Err::<(), _>(rusqlite::Error::InvalidQuery)
    });
    assert!(rolled_back.is_err());
    assert_eq!(kinds(&security(&bank, &phone).await), ["signed_in"]);
    let changed = store.write(|tx| tx.execute("UPDATE security_notice SET at = 0", []));
    let deleted = store.write(|tx| tx.execute("DELETE FROM security_notice", []));
    assert!(changed.is_err() && deleted.is_err());
}

#[tokio::test]
async fn what_was_told_and_frozen_outlives_a_kill() {
    let bank = TestBank::start().await;
    let [one, other] = [Phone::enrolled(&bank).await, Phone::enrolled(&bank).await];
    assert_eq!(post(&bank, &one, "/v1/security/freeze").await.status, 204);
    let restarted = TestBank::start_in(bank.folder_as_it_is()).await;
    assert_eq!(news(&other.get(&restarted, "/v1/sync").await), ("1", "frozen"));
}

#[tokio::test]
async fn nothing_is_buried_under_a_flood_of_notices() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    let _strange = Phone::enrolled(&bank).await;
    let flooded = bank.running.bank.store.write(|tx| {
        for _ in 0..200 {
            tell(tx, &News::of_device("c-1001", Kind::SignedIn, None), bank.now())?;
        }
        Ok::<_, rusqlite::Error>(())
    });
    flooded.unwrap();
    let mut seen = Vec::new();
    loop {
        let told = security(&bank, &phone).await;
        seen.extend(kinds(&told).into_iter().map(str::to_owned));
        let notices = told["notices"].as_array().unwrap();
        assert!(notices.len() <= 50);
        let Some(last) = notices.last() else { break };
        acknowledge(&bank, &phone, last["notice_id"].as_str().unwrap()).await.must_succeed(204);
    }
    assert_eq!((seen[0].as_str(), seen.len()), ("device_enrolled", 201));
    assert_eq!(news(&phone.get(&bank, "/v1/devices").await), ("0", "open"));
}

#[tokio::test]
async fn stopping_asks_nobody_who_they_are_and_everything_else_does() {
    let bank = TestBank::start().await;
    let mut phone = Phone::enrolled(&bank).await;
    let _other = Phone::enrolled(&bank).await;
    bank.wait_seconds(301);
    phone.keep_tokens(&phone.refresh(&bank, &phone.refresh_token).await);
    assert_eq!(post(&bank, &phone, "/v1/security/freeze").await.status, 204);
    let refused = "insufficient_user_authentication";
    for path in ["/v1/security/unfreeze", "/v1/devices/revoke-others"] {
        let answer = post(&bank, &phone, path).await;
        answer.must_be(401, refused);
        assert_eq!(news(&answer).1, "frozen");
    }
    // A finger is not the bank's password, and that password is no finger.
    phone.step_up(&bank, BIOMETRIC).await.must_succeed(200);
    post(&bank, &phone, "/v1/security/unfreeze").await.must_be(401, refused);
    phone.step_up_at_bank(&bank).await;
    post(&bank, &phone, "/v1/devices/revoke-others").await.must_be(401, refused);
    let listed = phone.get(&bank, "/v1/devices").await.json();
    assert_eq!(listed["devices"].as_array().unwrap().len(), 2);
    assert_eq!(post(&bank, &phone, "/v1/security/unfreeze").await.status, 204);
}

#[tokio::test]
async fn no_sign_in_from_before_a_freeze_lets_payments_go_again() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    // Whoever knows the password has signed in just now, in every way there is.
    let mut thief = Phone::enrolled(&bank).await;
    let pushed = thief.push(&bank).await;
    let code = thief.allow(&bank, &pushed, 0).await;
    let waiting = thief.push(&bank).await;
    let page = thief.open(&bank, &waiting.request_uri).await;
    let consent = crate::phone::sign_in_as(&bank, &page, 0).await;
    assert_eq!(post(&bank, &phone, "/v1/security/freeze").await.status, 204);

    let refused = post(&bank, &thief, "/v1/security/unfreeze").await;
    refused.must_be(401, "insufficient_user_authentication");
    thief.exchange(&bank, &code, &pushed.verifier).await.must_be(400, "invalid_grant");
    let late = crate::phone::decide(&bank, &crate::phone::hidden_page(&consent), "allow").await;
    assert_eq!(late.status, 400);
    // The session itself goes on; the twin: a sign-in after the freeze counts.
    thief.get(&bank, "/v1/sync").await.must_succeed(200);
    thief.step_up_at_bank(&bank).await;
    assert_eq!(post(&bank, &thief, "/v1/security/unfreeze").await.status, 204);
}
