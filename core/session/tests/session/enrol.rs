use guichet_foundation::ports::{ApprovalSigner as _, PromptFailure};
use guichet_session::{BankCalls as _, CallFailure, EnrolRefusal, Platform, Standing, WipeReason};

use crate::support::{Fault, TestPhone};

#[tokio::test(start_paused = true)]
async fn enrolling_again_after_a_lost_answer_ends_in_the_same_device() {
    let phone = TestPhone::new();
    let session = phone.open();
    phone.sign_in(&session).await;
    phone.bank.fault("/v1/devices", Fault::LoseAnswer);
    let lost = phone.try_to_enrol(&session).await;
    assert_eq!(lost, Err(EnrolRefusal::Bank(CallFailure::Unanswered)));
    assert_eq!(session.standing(), Standing::SignedIn);

    let session = phone.open();
    phone.try_to_enrol(&session).await.unwrap();
    assert_eq!(phone.bank.device_count(), 1);
    assert_eq!(session.standing(), Standing::Enrolled);
    let again = session.enrol("Phone", Platform::Android, String::new()).await;
    assert_eq!(again.err(), Some(EnrolRefusal::AlreadyEnrolled));
}

#[tokio::test(start_paused = true)]
async fn enrolling_goes_on_when_its_caller_goes_away() {
    let phone = TestPhone::new();
    let session = phone.open();
    phone.sign_in(&session).await;
    let enrolling = tokio::spawn({
        let session = session.clone();
        async move { session.enrol("Phone", Platform::Ios, "why".to_owned()).await }
    });
    let mut watch = session.watch();
    phone.approve(&session).await;
    enrolling.abort();
    watch.wait_for(|standing| *standing == Standing::Enrolled).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_person_who_declines_is_not_enrolled() {
    let phone = TestPhone::new();
    let session = phone.open();
    phone.sign_in(&session).await;
    let (declined, ()) =
        tokio::join!(session.enrol("Phone", Platform::Other, "why".to_owned()), async {
            let (request, _) = loop {
                match phone.approval_signer.take_approval() {
                    Some(asked) => break asked,
                    None => tokio::task::yield_now().await,
                }
            };
            session.prompts().answer_approval(request.id, Err(PromptFailure::Cancelled));
        });
    assert_eq!(declined.err(), Some(EnrolRefusal::Prompt(PromptFailure::Cancelled)));
    assert_eq!(phone.bank.count("/v1/devices"), 0);
    phone.try_to_enrol(&session).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn a_refused_proof_leads_to_a_new_key() {
    let phone = TestPhone::new();
    let session = phone.open();
    phone.sign_in(&session).await;
    let refused = r#"{"error": "invalid_approval_proof"}"#.to_owned();
    phone.bank.fault("/v1/devices", Fault::Instead(400, refused));
    assert_eq!(phone.try_to_enrol(&session).await, Err(EnrolRefusal::ProofRefused));
    assert_eq!(phone.approval_signer.public_key(), Ok(None));
    phone.try_to_enrol(&session).await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn another_key_under_the_same_client_is_said_so() {
    let phone = TestPhone::new();
    let session = phone.open();
    phone.sign_in(&session).await;
    phone.bank.fault("/v1/devices", Fault::LoseAnswer);
    phone.try_to_enrol(&session).await.unwrap_err();
    phone.approval_signer.create(&[0; 32]).unwrap();
    assert_eq!(phone.try_to_enrol(&session).await, Err(EnrolRefusal::OtherKeyEnrolled));
}

/// A new device key means a new client and a new enrolment; the vault stays the first customer's.
#[tokio::test(start_paused = true)]
async fn a_vault_is_never_handed_to_another_customer() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    guichet_foundation::ports::DeviceSigner::create(&phone.device_signer).unwrap();
    phone.sign_in(&session).await;
    let stranger = serde_json::json!({"device_id": "device-9",
        "customer": {"id": "customer-2", "name": "n", "locale": "en"}});
    phone.bank.fault("/v1/devices", Fault::Instead(201, stranger.to_string()));
    assert_eq!(phone.try_to_enrol(&session).await, Err(EnrolRefusal::OtherCustomer));
    assert_eq!(session.standing(), Standing::SignedIn);

    // The twin: its owner gets it back, with the same PIN.
    phone.try_to_enrol(&session).await.unwrap();
    assert_eq!(session.standing(), Standing::Ready { locked: false });
}

#[tokio::test(start_paused = true)]
async fn a_vault_of_nobody_knows_whom_is_handed_to_nobody() {
    use guichet_foundation::ports::SecureStore as _;
    let phone = TestPhone::new();
    phone.ready().await;
    phone.store.remove(guichet_foundation::ports::Slot::Registration).unwrap();
    let session = phone.open();
    assert_eq!(session.standing(), Standing::New);
    phone.sign_in(&session).await;
    assert_eq!(phone.try_to_enrol(&session).await, Err(EnrolRefusal::OtherKeyEnrolled));
    phone.bank.forget_devices();
    assert_eq!(phone.try_to_enrol(&session).await, Err(EnrolRefusal::OtherCustomer));
    session.sign_out().await.unwrap();
    phone.sign_in(&session).await;
    phone.try_to_enrol(&session).await.unwrap();
    assert_eq!(session.standing(), Standing::Enrolled);
}

#[tokio::test(start_paused = true)]
async fn names_have_bounds() {
    let phone = TestPhone::new();
    let session = phone.open();
    phone.sign_in(&session).await;
    for name in ["", "   ", &"x".repeat(65)] {
        let refused = session.enrol(name, Platform::Other, String::new()).await;
        assert_eq!(refused.err(), Some(EnrolRefusal::Name), "{name}");
    }
}

#[tokio::test(start_paused = true)]
async fn signing_out_during_an_enrolment_wins() {
    let phone = TestPhone::new();
    let session = phone.open();
    phone.sign_in(&session).await;
    let enrolling = tokio::spawn({
        let session = session.clone();
        async move { session.enrol("Phone", Platform::Other, "why".to_owned()).await }
    });
    let asked = loop {
        match phone.approval_signer.take_approval() {
            Some(asked) => break asked,
            None => tokio::task::yield_now().await,
        }
    };
    session.sign_out().await.unwrap();
    session.prompts().answer_approval(asked.0.id, asked.1);
    assert!(enrolling.await.unwrap().is_err());
    assert_eq!(session.standing(), Standing::Wiped(WipeReason::SignedOut));
    assert_eq!(session.identity(), None);
}

/// The bank has enrolled the device, and its answer comes after the customer has signed out.
#[tokio::test(start_paused = true)]
async fn an_enrolment_answered_after_signing_out_is_not_kept() {
    let phone = TestPhone::new();
    let session = phone.open();
    phone.sign_in(&session).await;
    phone.bank.enrol_gate.forget_permits(1_000_000);
    let enrolling = tokio::spawn({
        let session = session.clone();
        async move { session.enrol("Phone", Platform::Other, "why".to_owned()).await }
    });
    phone.approve(&session).await;
    while phone.bank.device_count() == 0 {
        tokio::task::yield_now().await;
    }
    session.sign_out().await.unwrap();
    phone.bank.enrol_gate.add_permits(1);
    assert_eq!(enrolling.await.unwrap().err(), Some(EnrolRefusal::Superseded));
    assert_eq!(session.identity(), None);
    assert_eq!(phone.open().standing(), Standing::New);
}

#[tokio::test(start_paused = true)]
async fn garbage_answers_leave_the_device_as_it_was() {
    for (path, garbage) in [
        ("/v1/challenges", "{}"),
        ("/v1/challenges", r#"{"challenge": "AAAA"}"#),
        ("/v1/devices", "{}"),
        ("/v1/devices", r#"{"device_id": "a/b", "customer": {"id": "c", "name": "n"}}"#),
    ] {
        let phone = TestPhone::new();
        let session = phone.open();
        phone.sign_in(&session).await;
        phone.bank.fault(path, Fault::Instead(201, garbage.to_owned()));
        let enrolling = session.enrol("Phone", Platform::Other, "why".to_owned());
        let refused = if path == "/v1/devices" {
            tokio::join!(enrolling, phone.approve(&session)).0
        } else {
            enrolling.await
        };
        assert_eq!(refused.err(), Some(EnrolRefusal::Bank(CallFailure::Unreadable)), "{garbage}");
        assert_eq!(session.standing(), Standing::SignedIn);
    }
}

/// The bank wants the customer to sign in once more before it enrols the phone.
#[tokio::test(start_paused = true)]
async fn a_bank_that_wants_to_be_sure_is_shown_it_in_the_middle_of_enrolling() {
    let phone = TestPhone::new();
    let session = phone.open();
    phone.sign_in(&session).await;
    phone.bank.demand("/v1/devices", "urn:guichet:acr:bank", false);
    let enrolling = tokio::spawn({
        let session = session.clone();
        async move { session.enrol("Phone", Platform::Other, "why".to_owned()).await }
    });
    phone.approve(&session).await;
    let request = session.step_ups().wait_for(Option::is_some).await.unwrap().clone().unwrap();
    let locale = guichet_foundation::locale::Locale::En;
    let url = session.begin_step_up_at_bank(&request, locale).await.unwrap();
    let redirect = phone.bank.redirect_for(&url);
    session.finish_step_up_at_bank(&request, &redirect).await.unwrap();
    assert!(enrolling.await.unwrap().is_ok());
    assert_eq!(session.standing(), Standing::Enrolled);
}
