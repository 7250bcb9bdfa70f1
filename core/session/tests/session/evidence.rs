//! Enrolling with evidence, whatever is lost or killed on the way.

use guichet_foundation::ports::fakes::FakeMaker;
use guichet_foundation::ports::{ApprovalSigner as _, SignerFailure, TransportFailure};
use guichet_session::{CallFailure, EnrolRefusal, NotSent, Platform, Session, Standing};
use guichet_wire::{attestation, base64url, jwk};
use serde_json::{Value, json};

use crate::support::{Fault, TestPhone};

async fn signed_in(maker: FakeMaker) -> (TestPhone, Session) {
    let phone = TestPhone::new();
    phone.approval_signer.made_by(maker);
    let session = phone.open();
    phone.sign_in(&session).await;
    (phone, session)
}

fn bodies(phone: &TestPhone) -> Vec<Value> {
    let sent = phone.bank.sent();
    let enrolments = sent.iter().filter(|request| {
        request.method.as_str() == "POST" && request.url.ends_with("/v1/devices")
    });
    enrolments.map(|request| serde_json::from_slice(&request.body).unwrap()).collect()
}

#[tokio::test(start_paused = true)]
async fn the_key_is_made_with_the_challenge_it_is_proven_over() {
    let (phone, session) = signed_in(FakeMaker::Android).await;
    phone.try_to_enrol(&session).await.unwrap();
    let [(challenge, evidence)] = &phone.bank.evidence()[..] else { panic!("one device") };
    let key = phone.approval_signer.public_key().unwrap().unwrap();
    let chain = [attestation::key_challenge(challenge).to_vec(), key.to_uncompressed().to_vec()]
        .map(|certificate| base64url::encode(&certificate));
    assert_eq!(evidence, &json!({"format": "android-key", "chain": chain}));
}

#[tokio::test(start_paused = true)]
async fn a_key_of_apples_vouches_for_the_approval_key() {
    let (phone, session) = signed_in(FakeMaker::Apple).await;
    phone.try_to_enrol(&session).await.unwrap();
    let [(challenge, evidence)] = &phone.bank.evidence()[..] else { panic!("one device") };
    let key = phone.approval_signer.public_key().unwrap().unwrap();
    let hash = attestation::client_data_hash(challenge, &key);
    assert_eq!(
        evidence,
        &json!({"format": "apple-appattest", "key_id": base64url::encode(&[7; 32]),
                "object": base64url::encode(&hash)})
    );
}

#[tokio::test(start_paused = true)]
async fn a_phone_whose_makers_say_nothing_is_enrolled_without_evidence() {
    let (phone, session) = signed_in(FakeMaker::Silent).await;
    phone.try_to_enrol(&session).await.unwrap();
    assert_eq!(phone.bank.evidence()[0].1, Value::Null);
    assert!(bodies(&phone)[0].get("attestation").is_none());
}

/// Being asked for a finger first, in vain, would be worse.
#[tokio::test(start_paused = true)]
async fn evidence_that_cannot_be_had_now_is_asked_for_again_and_nobody_is_prompted() {
    let (phone, session) = signed_in(FakeMaker::Unreachable).await;
    let refused = session.enrol("Phone", Platform::Ios, "why".to_owned()).await;
    assert_eq!(refused.err(), Some(EnrolRefusal::ApprovalKey(SignerFailure::Platform)));
    assert!(phone.approval_signer.take_approval().is_none());
    phone.approval_signer.made_by(FakeMaker::Apple);
    phone.try_to_enrol(&session).await.unwrap();
    assert_eq!(phone.bank.device_count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_sends_the_same_words_again_without_a_prompt() {
    for maker in [FakeMaker::Silent, FakeMaker::Android, FakeMaker::Apple] {
        let (phone, session) = signed_in(maker).await;
        phone.bank.fault("/v1/devices", Fault::LoseAnswer);
        let lost = phone.try_to_enrol(&session).await;
        assert_eq!(lost, Err(EnrolRefusal::Bank(CallFailure::Unanswered)));
        // Long after the challenge has ended, in another process.
        phone.bank.forget_challenges();
        let session = phone.open();
        let again = session.enrol("Another name", Platform::Android, "why".to_owned()).await;
        assert!(again.is_ok(), "{maker:?}: {again:?}");
        assert!(phone.approval_signer.take_approval().is_none());
        assert_eq!(phone.bank.device_count(), 1);
        let bodies = bodies(&phone);
        assert_eq!(bodies.first(), bodies.last());
        assert_eq!(session.standing(), Standing::Enrolled);
    }
}

/// The request never arrived, and its challenge has ended meanwhile: a new key over a new challenge, in the same try.
#[tokio::test(start_paused = true)]
async fn words_that_never_arrived_and_are_too_old_now_are_made_anew() {
    let (phone, session) = signed_in(FakeMaker::Android).await;
    phone.bank.fault("/v1/devices", Fault::Refuse(TransportFailure::Broken));
    phone.try_to_enrol(&session).await.unwrap_err();
    let first = phone.approval_signer.public_key().unwrap();
    phone.bank.forget_challenges();
    phone.try_to_enrol(&session).await.unwrap();
    assert_eq!(phone.bank.device_count(), 1);
    assert_ne!(phone.approval_signer.public_key().unwrap(), first);
    let [(challenge, evidence)] = &phone.bank.evidence()[..] else { panic!("one device") };
    let made_with = base64url::encode(&attestation::key_challenge(challenge));
    assert_eq!(evidence["chain"][0], made_with);
}

/// The bank may have it; the phone has not: only beginning anew helps.
#[tokio::test(start_paused = true)]
async fn words_of_a_key_the_phone_no_longer_has_are_not_sent_again() {
    let (phone, session) = signed_in(FakeMaker::Android).await;
    phone.bank.fault("/v1/devices", Fault::Refuse(TransportFailure::Broken));
    phone.try_to_enrol(&session).await.unwrap_err();
    phone.approval_signer.destroy().unwrap();
    phone.try_to_enrol(&session).await.unwrap();
    let [first, second] = &bodies(&phone)[..] else { panic!("two requests") };
    assert_ne!(first["approval_key"], second["approval_key"]);
    let key = phone.approval_signer.public_key().unwrap().unwrap();
    assert_eq!(second["approval_key"], json!(jwk::Jwk::of(&key)));
}

#[tokio::test(start_paused = true)]
async fn evidence_the_bank_refuses_leads_to_a_new_key_and_new_evidence() {
    let (phone, session) = signed_in(FakeMaker::Android).await;
    let refused = r#"{"error": "attestation_invalid"}"#.to_owned();
    phone.bank.fault("/v1/devices", Fault::Instead(400, refused));
    assert_eq!(phone.try_to_enrol(&session).await, Err(EnrolRefusal::AttestationRefused));
    assert_eq!(phone.approval_signer.public_key(), Ok(None));
    assert_eq!(session.standing(), Standing::SignedIn);
    phone.try_to_enrol(&session).await.unwrap();
    assert_eq!(phone.bank.device_count(), 1);
}

/// Where an app can be killed on its way through an enrolment.
#[derive(Clone, Copy, Debug)]
enum Kill {
    /// After so many writes to the secure store.
    AfterWrites(usize),
    /// Before a request to this path arrives.
    Before(&'static str),
    /// After a request to this path has been carried out.
    After(&'static str),
}

impl Kill {
    fn set_up(self, phone: &TestPhone) {
        match self {
            Self::AfterWrites(count) => phone.store.fail_after(Some(count)),
            Self::Before(path) => phone.bank.fault(path, Fault::Refuse(TransportFailure::Broken)),
            Self::After(path) => phone.bank.fault(path, Fault::LoseAnswer),
        }
    }
}

/// Each time, starting again and trying once more ends in one device with the key that the phone holds.
#[tokio::test(start_paused = true)]
async fn killed_anywhere_enrolling_ends_in_one_device() {
    let kills = [
        Kill::Before("/v1/challenges"),
        Kill::After("/v1/challenges"),
        Kill::AfterWrites(0),
        Kill::Before("/v1/devices"),
        Kill::After("/v1/devices"),
        Kill::AfterWrites(1),
        Kill::AfterWrites(2),
    ];
    for maker in [FakeMaker::Silent, FakeMaker::Android, FakeMaker::Apple] {
        for kill in kills {
            let (phone, session) = signed_in(maker).await;
            kill.set_up(&phone);
            let first = phone.try_to_enrol(&session).await;
            phone.store.fail_after(None);
            let session = phone.open();
            if session.standing() == Standing::SignedIn {
                first.unwrap_err();
                phone.try_to_enrol(&session).await.unwrap();
            }
            assert_eq!(phone.bank.device_count(), 1, "{maker:?}, {kill:?}");
            assert_eq!(session.standing(), Standing::Enrolled);
            let key = phone.approval_signer.public_key().unwrap().unwrap();
            let enrolled = bodies(&phone).pop().unwrap();
            assert_eq!(enrolled["approval_key"], json!(jwk::Jwk::of(&key)));
        }
    }
}

/// The twin: a phone that did not keep its words has a second key, which the bank does not take.
#[tokio::test(start_paused = true)]
async fn without_the_kept_words_a_lost_answer_leads_to_a_second_key() {
    let (phone, session) = signed_in(FakeMaker::Android).await;
    phone.bank.fault("/v1/devices", Fault::LoseAnswer);
    phone.try_to_enrol(&session).await.unwrap_err();
    phone.forget_enrolling();
    let session = phone.open();
    assert_eq!(phone.try_to_enrol(&session).await, Err(EnrolRefusal::OtherKeyEnrolled));
}

#[tokio::test(start_paused = true)]
async fn a_store_that_cannot_keep_the_words_sends_none() {
    let (phone, session) = signed_in(FakeMaker::Android).await;
    phone.store.fail_after(Some(0));
    let refused = phone.try_to_enrol(&session).await;
    assert_eq!(refused, Err(EnrolRefusal::Bank(CallFailure::NotSent(NotSent::Phone))));
    assert_eq!(bodies(&phone), Vec::<Value>::new());
}
