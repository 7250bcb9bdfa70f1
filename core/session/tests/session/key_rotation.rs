use std::time::Duration;

use guichet_foundation::locale::Locale;
use guichet_foundation::ports::{DeviceSigner as _, Method, TransportFailure};
use guichet_session::{CallFailure, NotSent, Session, SignInRefusal, Standing};

use crate::support::{Fault, TestPhone};

const YEAR: Duration = Duration::from_hours(24 * 365);

/// A phone that is set up, whose session has ended, and whose key is a year old.
async fn a_year_later() -> (TestPhone, Session) {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.wait(YEAR);
    phone.bank.end_sessions();
    assert_eq!(session.check_in().await, Err(CallFailure::SignedOut));
    (phone, session)
}

fn replacements(phone: &TestPhone) -> usize {
    phone.bank.sent().iter().filter(|request| request.method == Method::Put).count()
}

/// One key is left, and it works: the phone's, the bank's and the record's are the same, for the same device.
async fn assert_whole(phone: &TestPhone, session: &Session, device: &str) {
    phone.sign_in(session).await;
    assert_eq!(session.check_in().await, Ok(()));
    assert_eq!(phone.bank.client_count(), 1);
    assert_eq!(phone.bank.device_count(), 1);
    assert_eq!(phone.device_signer.successor(), Ok(None));
    let key = phone.device_signer.public_key().unwrap();
    assert_eq!(phone.bank.key_of(&phone.bank.a_client()), key);
    let identity = guichet_session::BankCalls::identity(session).unwrap();
    assert_eq!(identity.device_id.as_str(), device);
}

fn device_of(session: &Session) -> String {
    guichet_session::BankCalls::identity(session).unwrap().device_id.as_str().to_owned()
}

#[tokio::test(start_paused = true)]
async fn a_key_that_has_served_for_a_year_is_replaced_at_the_next_sign_in() {
    let (phone, session) = a_year_later().await;
    let (old, device) = (phone.device_signer.public_key().unwrap(), device_of(&session));
    phone.sign_in(&session).await;
    assert_eq!(replacements(&phone), 1);
    assert_ne!(phone.device_signer.public_key().unwrap(), old);
    assert_whole(&phone, &session, &device).await;
    assert_eq!(replacements(&phone), 1, "and then it serves again");
    assert!(matches!(session.standing(), Standing::Ready { .. }));
}

#[tokio::test(start_paused = true)]
async fn a_younger_key_is_kept() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.wait(YEAR.saturating_sub(Duration::from_secs(10)));
    phone.bank.end_sessions();
    session.check_in().await.unwrap_err();
    phone.sign_in(&session).await;
    assert_eq!(replacements(&phone), 0);
}

/// Replacing the key ends every token: a customer who signs in again beside a session keeps it until the new one is there.
#[tokio::test(start_paused = true)]
async fn a_session_that_lives_is_not_ended_for_a_new_key() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.wait(YEAR);
    session.begin_sign_in(Locale::En).await.unwrap();
    assert_eq!(replacements(&phone), 0);
    assert_eq!(session.check_in().await, Ok(()));
}

#[tokio::test(start_paused = true)]
async fn a_clock_that_is_set_ahead_replaces_no_key() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.bank.end_sessions();
    session.check_in().await.unwrap_err();
    phone.clock.set(phone.clock_in(YEAR));
    phone.sign_in(&session).await;
    assert_eq!(replacements(&phone), 0);
}

/// Killed at each write to the secure store and at each change of a key, with the bank's answer there or lost: the next start ends
/// in one key.
#[tokio::test(start_paused = true)]
async fn a_replacement_that_is_killed_anywhere_ends_in_one_working_key() {
    let mut killed = 0;
    for answer_lost in [false, true] {
        for (writes, changes) in
            (0..4).map(|at| (Some(at), None)).chain((0..3).map(|at| (None, Some(at))))
        {
            let (phone, session) = a_year_later().await;
            let device = device_of(&session);
            if answer_lost {
                let path = phone.bank.registration_path();
                phone.bank.fault(&path, Fault::LoseAnswer);
                phone.bank.fault(&path, Fault::Refuse(TransportFailure::NotConnected));
            }
            phone.store.fail_after(writes);
            phone.device_signer.fail_after(changes);
            let outcome = session.begin_sign_in(Locale::En).await;
            killed += usize::from(outcome.is_err());
            drop(session);
            phone.store.fail_after(None);
            phone.device_signer.fail_after(None);
            phone.bank.heal();

            let session = phone.open();
            assert_eq!(session.standing(), Standing::SignedOutAgain { locked: true });
            assert_whole(&phone, &session, &device).await;
        }
    }
    assert!(killed >= 9, "{killed}: the test kills nothing");
}

#[tokio::test(start_paused = true)]
async fn a_lost_answer_is_asked_for_again_at_once() {
    let (phone, session) = a_year_later().await;
    let device = device_of(&session);
    phone.bank.fault(&phone.bank.registration_path(), Fault::LoseAnswer);
    assert_whole(&phone, &session, &device).await;
    assert_eq!(replacements(&phone), 2);
}

#[tokio::test(start_paused = true)]
async fn a_bank_that_cannot_be_reached_is_asked_again_and_gets_the_same_key() {
    for fault in [
        Fault::Refuse(TransportFailure::NotConnected),
        Fault::Instead(503, String::new()),
        Fault::Instead(200, "garbage".to_owned()),
        Fault::Instead(200, r#"{"client_id": "another"}"#.to_owned()),
    ] {
        let (phone, session) = a_year_later().await;
        let device = device_of(&session);
        phone.bank.fault(&phone.bank.registration_path(), fault.clone());
        assert!(session.begin_sign_in(Locale::En).await.is_err(), "{fault:?}");
        let waiting = phone.device_signer.successor().unwrap();
        assert!(waiting.is_some());
        assert_whole(&phone, &session, &device).await;
        assert_eq!(phone.device_signer.public_key().unwrap(), waiting, "{fault:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_bank_that_refuses_goes_on_with_the_old_key() {
    for refusal in [
        Fault::Instead(400, r#"{"error": "invalid_client_metadata"}"#.to_owned()),
        Fault::Instead(401, r#"{"error": "invalid_token"}"#.to_owned()),
        Fault::Instead(404, "<html>".to_owned()),
        Fault::Instead(405, String::new()),
    ] {
        let (phone, session) = a_year_later().await;
        let old = phone.device_signer.public_key().unwrap();
        phone.bank.fault(&phone.bank.registration_path(), refusal.clone());
        phone.sign_in(&session).await;
        assert_eq!(session.check_in().await, Ok(()), "{refusal:?}");
        assert_eq!(phone.device_signer.public_key().unwrap(), old);
    }
}

#[tokio::test(start_paused = true)]
async fn a_bank_without_rfc_7592_is_never_asked() {
    let phone = TestPhone::new();
    phone.bank.set(|bank| bank.lets_clients_manage = false);
    let session = phone.ready().await;
    phone.wait(YEAR);
    phone.bank.end_sessions();
    session.check_in().await.unwrap_err();
    phone.sign_in(&session).await;
    assert_eq!(replacements(&phone), 0);
}

#[tokio::test(start_paused = true)]
async fn a_revocation_met_while_replacing_the_key_wipes() {
    let (phone, session) = a_year_later().await;
    phone.bank.revoke_all();
    let refused = session.begin_sign_in(Locale::En).await;
    assert_eq!(refused.err(), Some(SignInRefusal::Bank(CallFailure::Revoked)));
    assert!(matches!(session.standing(), Standing::Wiped(_)));
    assert_eq!(phone.device_signer.public_key(), Ok(None));
    assert_eq!(phone.device_signer.successor(), Ok(None));
}

#[tokio::test(start_paused = true)]
async fn an_installation_that_never_enrolled_is_forgotten_by_the_bank_when_it_signs_out() {
    let phone = TestPhone::new();
    let session = phone.open();
    phone.sign_in(&session).await;
    assert_eq!(phone.bank.client_count(), 1);
    session.sign_out().await.unwrap();
    assert_eq!(phone.bank.client_count(), 0);
    // Also before anybody has signed in.
    let _left = session.begin_sign_in(Locale::En).await.unwrap();
    assert_eq!(phone.bank.client_count(), 1);
    session.sign_out().await.unwrap();
    assert_eq!(phone.bank.client_count(), 0);
}

#[tokio::test(start_paused = true)]
async fn without_the_banks_time_no_key_is_replaced() {
    let (phone, session) = a_year_later().await;
    drop(session);
    phone.bank.set(|bank| bank.hides_its_time = true);
    let session = phone.open();
    let refused = session.begin_sign_in(Locale::En).await;
    assert_eq!(refused.err(), Some(SignInRefusal::Bank(NotSent::NotReady.into())));
    assert_eq!(phone.device_signer.successor(), Ok(None));
}
