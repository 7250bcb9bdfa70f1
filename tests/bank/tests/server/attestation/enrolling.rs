//! Evidence on its way into the bank: enrolling with it, and what the device may approve afterwards.

use guichet_attestor::{AppAttest, AppAttestKey, KeyDescription};
use guichet_bank::attestation::{
    self, Binary, Evidence, Expected, JudgeError, Policy, Refusal, TrustLevel,
};
use guichet_bank::jws::VerifyingKey;
use serde_json::{Value, json};

use super::{APPLE_APP, Makers, PACKAGE, SIGNER};
use crate::bank::{Answer, TestBank};
use crate::phone::Phone;
use crate::signing::{Key, b64};

async fn bank_believing(makers: &Makers) -> TestBank {
    let mut bank = TestBank::start().await;
    bank.believe(makers.policy.clone());
    bank
}

/// A bank that believes the makers, a customer's phone, and the challenge it was given.
async fn about_to_enrol() -> (Makers, TestBank, Phone, String) {
    let makers = Makers::new();
    let bank = bank_believing(&makers).await;
    let phone = Phone::signed_in(&bank).await;
    let challenge = phone.challenge(&bank, "enrol").await;
    (makers, bank, phone, challenge)
}

fn bank_key(phone: &Phone) -> VerifyingKey {
    VerifyingKey::from_jwk_text(&phone.approval_key.jwk().to_string()).unwrap()
}

/// Android's evidence for a phone's approval key over a challenge, after `change`.
fn android(
    makers: &Makers,
    phone: &Phone,
    challenge: &str,
    change: impl FnOnce(&mut KeyDescription),
) -> Value {
    let key = bank_key(phone);
    let expected = Expected::of(&key, challenge, 0);
    let mut description = KeyDescription::of_approval_key(&expected.challenge, PACKAGE, &SIGNER);
    change(&mut description);
    let form = Makers::described(&description);
    let chain = makers.android.chain(&form, &key.to_uncompressed()).unwrap();
    json!({ "format": "android-key", "chain": chain.iter().map(b64).collect::<Vec<_>>() })
}

fn apple(makers: &Makers, phone: &Phone, challenge: &str, key: &AppAttestKey) -> Value {
    let hash = Expected::of(&bank_key(phone), challenge, 0).client_data_hash;
    let object = AppAttest::of(APPLE_APP, &hash).object(&makers.apple, key).unwrap();
    json!({ "format": "apple-appattest", "key_id": b64(key.key_id()), "object": b64(object) })
}

async fn enrol(bank: &TestBank, phone: &Phone, challenge: &str, evidence: &Value) -> Answer {
    let mut enrolment = phone.enrolment(&phone.possession_claims(bank, challenge));
    enrolment["attestation"] = evidence.clone();
    phone.post(bank, "/v1/devices", &enrolment).await
}

async fn level(bank: &TestBank, phone: &Phone) -> String {
    let listed = phone.get(bank, "/v1/devices").await.json();
    let own = listed["devices"].as_array().unwrap().iter().find(|device| device["current"] == true);
    own.unwrap()["trust_level"].as_str().unwrap().to_owned()
}

/// What one payment and one day may come to, in fen.
async fn limits(bank: &TestBank, phone: &Phone) -> (String, String) {
    let answer = phone.post(bank, "/v1/challenges", &json!({ "purpose": "intent" })).await.json();
    let fen = |limit: &str| answer["limits"][limit]["minor"].as_str().unwrap().to_owned();
    (fen("per_payment"), fen("remaining_today"))
}

#[tokio::test]
async fn evidence_raises_the_trust_level_and_with_it_the_limits() {
    let makers = Makers::new();
    let bank = bank_believing(&makers).await;

    let phone = Phone::enrolled(&bank).await;
    assert_eq!(level(&bank, &phone).await, "software");
    assert_eq!(limits(&bank, &phone).await, ("2000000".to_owned(), "5000000".to_owned()));

    for (keeper, word, per_payment, per_day) in
        [(1, "tee", "5000000", "20000000"), (2, "strongbox", "10000000", "50000000")]
    {
        let phone = Phone::signed_in(&bank).await;
        let challenge = phone.challenge(&bank, "enrol").await;
        let evidence = android(&makers, &phone, &challenge, |it| it.kept_by = keeper);
        enrol(&bank, &phone, &challenge, &evidence).await.must_succeed(201);
        assert_eq!(level(&bank, &phone).await, word);
        assert_eq!(limits(&bank, &phone).await, (per_payment.to_owned(), per_day.to_owned()));
    }

    let phone = Phone::signed_in(&bank).await;
    let challenge = phone.challenge(&bank, "enrol").await;
    let key = AppAttestKey::generate().unwrap();
    let evidence = apple(&makers, &phone, &challenge, &key);
    enrol(&bank, &phone, &challenge, &evidence).await.must_succeed(201);
    assert_eq!(level(&bank, &phone).await, "secure_enclave");
    assert_eq!(limits(&bank, &phone).await, ("10000000".to_owned(), "50000000".to_owned()));
}

#[tokio::test]
async fn the_sandbox_lists_the_level_too() {
    let (makers, bank, phone, challenge) = about_to_enrol().await;
    let evidence = android(&makers, &phone, &challenge, |_| ());
    enrol(&bank, &phone, &challenge, &evidence).await.must_succeed(201);
    let username = bank.running.announcement.customers[0].username;
    let path = format!("/sandbox/devices?username={username}");
    let listed = bank.control(axum::http::Method::GET, &path, Value::Null).await.json();
    assert_eq!(listed["devices"][0]["trust_level"], "strongbox");
}

#[tokio::test]
async fn evidence_that_does_not_hold_enrols_nothing_and_uses_nothing_up() {
    let (makers, bank, phone, challenge) = about_to_enrol().await;

    let unlocked = |it: &mut KeyDescription| {
        it.hardware.insert(704, KeyDescription::root_of_trust(false, 0));
    };
    let other = phone.challenge(&bank, "enrol").await;
    let strangers = Makers::new();
    let nothing = json!({ "format": "android-key", "chain": [] });
    for evidence in [
        android(&makers, &phone, &challenge, unlocked),
        android(&makers, &phone, &challenge, |it| it.kept_by = 0),
        android(&makers, &phone, &other, |_| ()),
        android(&strangers, &phone, &challenge, |_| ()),
        apple(&strangers, &phone, &challenge, &AppAttestKey::generate().unwrap()),
        nothing,
    ] {
        let answer = enrol(&bank, &phone, &challenge, &evidence).await;
        answer.must_be(400, "attestation_invalid");
        assert!(answer.json().get("device_id").is_none());
    }
    phone.get(&bank, "/v1/sync").await.must_be(403, "device_not_enrolled");
    let evidence = android(&makers, &phone, &challenge, |_| ());
    enrol(&bank, &phone, &challenge, &evidence).await.must_succeed(201);
}

/// Another phone's evidence, also for a challenge of one's own, is about another key.
#[tokio::test]
async fn evidence_of_another_phone_is_refused() {
    let makers = Makers::new();
    let bank = bank_believing(&makers).await;
    let (phone, other) = (Phone::signed_in(&bank).await, Phone::signed_in(&bank).await);
    let challenge = phone.challenge(&bank, "enrol").await;
    let borrowed = android(&makers, &other, &challenge, |_| ());
    enrol(&bank, &phone, &challenge, &borrowed).await.must_be(400, "attestation_invalid");
    let borrowed = apple(&makers, &other, &challenge, &AppAttestKey::generate().unwrap());
    enrol(&bank, &phone, &challenge, &borrowed).await.must_be(400, "attestation_invalid");
}

#[tokio::test]
async fn evidence_of_another_shape_is_an_invalid_request() {
    let (_makers, bank, phone, challenge) = about_to_enrol().await;
    for evidence in [
        json!("android-key"),
        json!({ "format": "tpm", "chain": [] }),
        json!({ "format": "android-key" }),
        json!({ "format": "android-key", "chain": ["AA=="] }),
        json!({ "format": "apple-appattest", "key_id": "AAAA" }),
    ] {
        let answer = enrol(&bank, &phone, &challenge, &evidence).await;
        answer.must_be(400, "invalid_request");
    }
    enrol(&bank, &phone, &challenge, &Value::Null).await.must_succeed(201);
    assert_eq!(level(&bank, &phone).await, "software");
}

/// The first answer was lost. Whatever is sent now, the key and its level are what they were.
#[tokio::test]
async fn enrolling_the_same_key_again_neither_raises_nor_lowers_its_level() {
    let (makers, bank, phone, challenge) = about_to_enrol().await;
    let evidence = android(&makers, &phone, &challenge, |it| it.kept_by = 1);
    let first = enrol(&bank, &phone, &challenge, &evidence).await;
    first.must_succeed(201);
    let better = android(&makers, &phone, &challenge, |_| ());
    for evidence in [evidence, Value::Null, better] {
        let again = enrol(&bank, &phone, &challenge, &evidence).await;
        again.must_succeed(200);
        assert_eq!(again.body, first.body);
        assert_eq!(level(&bank, &phone).await, "tee");
    }
}

#[tokio::test]
async fn a_level_outlives_the_process() {
    let (makers, bank, phone, challenge) = about_to_enrol().await;
    let evidence = android(&makers, &phone, &challenge, |_| ());
    enrol(&bank, &phone, &challenge, &evidence).await.must_succeed(201);
    let restarted = TestBank::start_in(bank.folder_as_it_is()).await;
    assert_eq!(level(&restarted, &phone).await, "strongbox");
}

/// What renewing an approval key asks of this room: the App Attest key of the enrolment vouches again.
#[tokio::test]
async fn an_app_attest_key_vouches_again_with_a_growing_counter() {
    let (makers, bank, mut phone, challenge) = about_to_enrol().await;
    let key = AppAttestKey::generate().unwrap();
    let answer = enrol(&bank, &phone, &challenge, &apple(&makers, &phone, &challenge, &key)).await;
    answer.must_succeed(201);
    let device_id = answer.json()["device_id"].as_str().unwrap().to_owned();

    phone.approval_key = Key::draw();
    let renewed = bank_key(&phone);
    let store = &bank.running.bank.store;
    let judged = |counter: u32, device_id: Option<&str>, policy: &Policy| {
        let expected = Expected::of(&renewed, "another challenge", bank.now());
        let assertion = key.assert(APPLE_APP, counter, &expected.client_data_hash).unwrap();
        let evidence = Evidence::AppleAppAttestAssertion {
            key_id: Binary(key.key_id()),
            assertion: Binary(assertion),
        };
        store.write(|tx| {
            let attested = attestation::judge(tx, policy, Some(&evidence), &expected, device_id)?;
            if let Some(device_id) = device_id {
                attestation::remember(tx, device_id, &attested)?;
            }
            Ok::<_, JudgeError>(attested.level())
        })
    };
    let refusal = |outcome: Result<TrustLevel, JudgeError>| match outcome {
        Err(JudgeError::Refused(refusal)) => refusal,
        other => panic!("{other:?}"),
    };
    let device = Some(device_id.as_str());
    assert_eq!(judged(1, device, &makers.policy).unwrap(), TrustLevel::SecureEnclave);
    assert_eq!(refusal(judged(1, device, &makers.policy)), Refusal::Replayed);
    assert_eq!(judged(2, device, &makers.policy).unwrap(), TrustLevel::SecureEnclave);
    // Another device has no such key, and one that is being enrolled has none at all.
    let other = Phone::enrolled(&bank).await;
    let elsewhere = judged(3, Some(&other.device_id), &makers.policy);
    assert_eq!(refusal(elsewhere), Refusal::UnknownKey);
    assert_eq!(refusal(judged(3, None, &makers.policy)), Refusal::UnknownKey);
    let apps_gone = Policy { apple_apps: Vec::new(), ..makers.policy.clone() };
    assert_eq!(refusal(judged(3, device, &apps_gone)), Refusal::OtherApp);
}

/// Books that were kept before anybody asked for evidence.
#[tokio::test]
async fn devices_of_an_older_bank_count_as_software() {
    let bank = TestBank::start().await;
    let phone = Phone::enrolled(&bank).await;
    bank.running.bank.store.checkpoint().unwrap();
    let folder = bank.folder_as_it_is();
    let books = rusqlite::Connection::open(folder.path().join("bank.sqlite")).unwrap();
    books
        .execute_batch(
            "DROP TABLE app_attest_key;
             ALTER TABLE device DROP COLUMN trust_level;
             PRAGMA user_version = 3;",
        )
        .unwrap();
    drop(books);
    let newer = TestBank::start_in(folder).await;
    assert_eq!(level(&newer, &phone).await, "software");
    let version: i64 = newer
        .running
        .bank
        .store
        .read(|conn| conn.pragma_query_value(None, "user_version", |row| row.get(0)))
        .unwrap();
    assert!(version >= 4);
}
