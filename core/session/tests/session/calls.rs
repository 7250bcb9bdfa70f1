use std::time::Duration;

use guichet_foundation::ports::{DeviceSigner as _, PromptFailure, TransportFailure};
use guichet_session::{
    BankCalls as _, Call, CallFailure, NotSent, Platform, RevokeRefusal, Session, Standing,
};

use crate::support::{Fault, TestPhone};

async fn post(session: &Session) -> Result<u16, CallFailure> {
    session.call(Call::post("/v1/intents", b"{}".to_vec())).await.map(|reply| reply.status)
}

#[tokio::test(start_paused = true)]
async fn a_nonce_that_is_not_accepted_is_replaced_and_the_call_repeated() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.bank.forget_nonces();
    assert_eq!(post(&session).await, Ok(200));
    assert_eq!(phone.bank.count("/v1/intents"), 2);
    assert_eq!(post(&session).await, Ok(200));
    assert_eq!(phone.bank.count("/v1/intents"), 3);
}

#[tokio::test(start_paused = true)]
async fn a_bank_that_never_accepts_a_nonce_is_not_asked_for_ever() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    for _ in 0..10 {
        let refused = r#"{"error": "use_dpop_nonce"}"#.to_owned();
        phone.bank.fault("/v1/intents", Fault::Instead(401, refused));
    }
    assert_eq!(post(&session).await, Err(NotSent::Refused.into()));
    assert_eq!(phone.bank.count("/v1/intents"), 3);
}

#[tokio::test(start_paused = true)]
async fn an_ended_token_is_refreshed_once_and_the_call_repeated() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.bank.expire_access();
    assert_eq!(post(&session).await, Ok(200));
    let refused = r#"{"error": "invalid_token"}"#.to_owned();
    for _ in 0..5 {
        phone.bank.fault("/v1/intents", Fault::Instead(401, refused.clone()));
    }
    let before = phone.bank.count("/v1/intents");
    assert_eq!(post(&session).await, Err(NotSent::Refused.into()));
    assert_eq!(phone.bank.count("/v1/intents") - before, 2);
}

#[tokio::test(start_paused = true)]
async fn what_may_have_been_carried_out_is_never_repeated() {
    for (fault, expected) in [
        (Fault::LoseAnswer, CallFailure::Unanswered),
        (Fault::Refuse(TransportFailure::TimedOut), CallFailure::Unanswered),
        (Fault::Refuse(TransportFailure::Unreadable), CallFailure::Unreadable),
        (Fault::Instead(500, String::new()), CallFailure::Unanswered),
        (Fault::Instead(502, "<html>".to_owned()), CallFailure::Unanswered),
        (Fault::Instead(503, String::new()), CallFailure::Busy { retry_after: None }),
        (Fault::Instead(429, String::new()), CallFailure::Busy { retry_after: None }),
        (Fault::Instead(302, String::new()), CallFailure::Unreadable),
    ] {
        let phone = TestPhone::new();
        let session = phone.ready().await;
        let before = phone.bank.count("/v1/intents");
        phone.bank.fault("/v1/intents", fault.clone());
        assert_eq!(post(&session).await, Err(expected), "{fault:?}");
        assert!(expected.may_have_been_carried_out());
        assert_eq!(phone.bank.count("/v1/intents") - before, 1, "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn what_never_left_the_phone_is_known_not_to_have_been_carried_out() {
    for (failure, expected) in [
        (TransportFailure::NotConnected, NotSent::Offline),
        (TransportFailure::NotTheBank, NotSent::NotTheBank),
    ] {
        let phone = TestPhone::new();
        let session = phone.ready().await;
        phone.bank.fault("/v1/intents", Fault::Refuse(failure));
        assert_eq!(post(&session).await, Err(expected.into()));
        assert!(!CallFailure::NotSent(expected).may_have_been_carried_out());
    }
}

#[tokio::test(start_paused = true)]
async fn answers_about_the_call_are_replies_whatever_they_say() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    for status in [200, 201, 204, 400, 404, 409, 410, 413, 422] {
        phone.bank.fault("/v1/intents", Fault::Instead(status, "<garbage>".to_owned()));
        assert_eq!(post(&session).await, Ok(status));
    }
}

/// Each question to the phone's hardware costs as much as a signature.
#[tokio::test(start_paused = true)]
async fn a_call_asks_the_hardware_for_its_signatures_and_nothing_else() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    session.devices().await.unwrap();
    let asked = || (phone.device_signer.signatures(), phone.device_signer.lookups());
    let (signatures, lookups) = asked();
    session.devices().await.unwrap();
    assert_eq!(asked(), (signatures + 1, lookups));
    post(&session).await.unwrap();
    assert_eq!(asked(), (signatures + 3, lookups));
}

/// Another process of the app has replaced the key: what the bank says of the next proof makes the phone look again.
#[tokio::test(start_paused = true)]
async fn a_key_that_was_replaced_elsewhere_is_seen_after_one_refusal() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    session.devices().await.unwrap();
    phone.bank.take_key_of(&phone.device_signer.create().unwrap());
    assert_eq!(post(&session).await, Err(NotSent::Refused.into()));
    assert_eq!(post(&session).await, Ok(200));
}

#[tokio::test(start_paused = true)]
async fn every_proof_and_signature_is_new() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    for _ in 0..5 {
        post(&session).await.unwrap();
    }
    let mut proofs: Vec<String> = phone
        .bank
        .sent()
        .into_iter()
        .flat_map(|request| request.headers)
        .filter_map(|(name, value)| (name == "dpop").then_some(value))
        .collect();
    let all = proofs.len();
    proofs.sort();
    proofs.dedup();
    assert_eq!(proofs.len(), all);
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_jumps_during_a_session_does_not_matter() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.clock.set("2031-01-01T00:00:00Z".parse().unwrap());
    assert_eq!(post(&session).await, Ok(200));
}

/// The phone slept through something its uptime did not count: the bank's `Date` puts it right.
#[tokio::test(start_paused = true)]
async fn a_proof_refused_for_its_time_is_made_again_with_the_banks() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.bank.clock.advance(Duration::from_secs(200));
    assert_eq!(post(&session).await, Ok(200));
    let refused = r#"{"error": "invalid_dpop_proof"}"#.to_owned();
    phone.bank.fault("/v1/intents", Fault::Instead(401, refused));
    assert_eq!(post(&session).await, Err(NotSent::Refused.into()));
}

#[tokio::test(start_paused = true)]
async fn a_path_that_leads_elsewhere_is_not_called() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    let before = phone.bank.sent().len();
    for path in ["@thief.example/", ".thief.example/", "", "v1/sync", "0/v1/sync"] {
        let refused = session.call(Call::get(path)).await;
        assert_eq!(refused.err(), Some(NotSent::NotReady.into()), "{path}");
    }
    assert_eq!(phone.bank.sent().len(), before);
}

#[tokio::test(start_paused = true)]
async fn without_a_session_nothing_is_sent() {
    let phone = TestPhone::new();
    let session = phone.open();
    assert_eq!(post(&session).await, Err(CallFailure::SignedOut));
    assert!(phone.bank.sent().is_empty());
    phone.sign_in(&session).await;
    assert_eq!(post(&session).await, Err(CallFailure::NotEnrolled));
}

#[tokio::test(start_paused = true)]
async fn invariant_11_while_locked_only_the_check_in_calls() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    session.lock();
    let before = phone.bank.sent().len();
    assert_eq!(post(&session).await, Err(NotSent::Locked.into()));
    assert_eq!(session.devices().await.err(), Some(NotSent::Locked.into()));
    let approval = session.approve("why".to_owned(), b"intent".to_vec()).await;
    assert_eq!(approval.err(), Some(PromptFailure::Cancelled));
    assert_eq!(phone.bank.sent().len(), before);
    assert!(phone.approval_signer.take_approval().is_none());
    assert_eq!(session.check_in().await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn an_approval_is_verified_before_it_is_given_out() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    let ask = || session.approve("Approve the payment".to_owned(), b"intent".to_vec());
    let (good, ()) = tokio::join!(ask(), phone.approve(&session));
    assert!(good.is_ok());

    // A signature over something else, by the right key.
    let (other, ()) = tokio::join!(ask(), async {
        let (request, _) = taken(&phone).await;
        let other = phone.approval_signer.sign(b"another intent").unwrap();
        session.prompts().answer_approval(request.id, Ok(other));
    });
    assert_eq!(other, Err(PromptFailure::Platform));
    assert!(!session.has_approval_ended());

    // The right words, by a key made anew under the prompt.
    let (new_key, ()) = tokio::join!(ask(), async {
        let (request, _) = taken(&phone).await;
        guichet_foundation::ports::ApprovalSigner::create(&phone.approval_signer, &[0; 32])
            .unwrap();
        let signature = phone.approval_signer.sign(&request.message).unwrap();
        session.prompts().answer_approval(request.id, Ok(signature));
    });
    assert_eq!(new_key, Err(PromptFailure::KeyInvalidated));
    assert!(session.has_approval_ended());
}

async fn taken(
    phone: &TestPhone,
) -> (
    guichet_foundation::ports::ApprovalRequest,
    Result<guichet_foundation::key::P256Signature, PromptFailure>,
) {
    loop {
        if let Some(asked) = phone.approval_signer.take_approval() {
            return asked;
        }
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn silence_times_out_and_late_answers_change_nothing() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    // The idle lock must not come first: the person is in front of the prompt.
    let silent = session.approve("why".to_owned(), b"intent".to_vec()).await;
    assert_eq!(silent, Err(PromptFailure::TimedOut));
    let (late, signature) = taken(&phone).await;
    let (second, ()) = tokio::join!(session.approve("why".to_owned(), b"intent".to_vec()), async {
        let (request, answer) = taken(&phone).await;
        session.prompts().answer_approval(late.id, signature);
        session.prompts().answer_approval(request.id, Err(PromptFailure::Cancelled));
        session.prompts().answer_approval(request.id, answer);
    });
    assert_eq!(second, Err(PromptFailure::Cancelled));
}

#[tokio::test(start_paused = true)]
async fn locking_closes_an_open_prompt() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    let (cancelled, ()) =
        tokio::join!(session.approve("why".to_owned(), b"intent".to_vec()), async {
            let (request, answer) = taken(&phone).await;
            session.lock();
            session.prompts().answer_approval(request.id, answer);
        });
    assert_eq!(cancelled, Err(PromptFailure::Cancelled));
}

#[tokio::test(start_paused = true)]
async fn devices_are_listed_and_others_revoked() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    let devices = session.devices().await.unwrap();
    let own = session.identity().unwrap().device_id;
    assert_eq!(devices.len(), 1);
    assert!(devices[0].current && devices[0].id == own);
    assert_eq!((devices[0].platform, devices[0].trust_level), (Platform::Other, None));
    assert_eq!(session.revoke_device(&own).await, Err(RevokeRefusal::ThisDevice));
    let unknown = "device-unknown".parse().unwrap();
    assert_eq!(session.revoke_device(&unknown).await, Err(RevokeRefusal::Unknown));
    assert_eq!(session.standing(), Standing::Ready { locked: false });
}

#[tokio::test(start_paused = true)]
async fn invariant_07_silent_nothing_secret_is_printed() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    post(&session).await.unwrap();
    let call = || Call::get("/v1/sync?cursor=secret-cursor");
    let reply = session.call(call()).await;
    let sent = phone.bank.sent();
    let devices = session.devices().await;
    let shown = format!("{:?} {devices:?} {reply:?} {:?} {sent:?}", session.customer(), call());
    for secret in ["李明", "Li Ming", "secret-cursor", "access-", "refresh-", "eyJ"] {
        assert!(!shown.contains(secret), "{secret}: {shown}");
    }
}
