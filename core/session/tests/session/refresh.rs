use std::time::Duration;

use guichet_foundation::ports::{Slot, TransportFailure};
use guichet_session::{BankCalls as _, Call, CallFailure, NotSent, Session, Standing, WipeReason};

use crate::support::{Fault, TestPhone};

const SYNC: &str = "/v1/sync";

async fn sync(session: &Session) -> Result<u16, CallFailure> {
    session.call(Call::get(SYNC)).await.map(|reply| reply.status)
}

pub(crate) fn refreshes(phone: &TestPhone) -> usize {
    phone.bank.count_forms("/oauth/token", "grant_type=refresh_token")
}

/// Runs until nothing moves any more without time passing.
pub(crate) async fn settle() {
    for _ in 0..2_000 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn invariant_09_one_refresh_for_a_thousand_callers() {
    for rotate in [false, true] {
        let phone = TestPhone::new();
        phone.bank.set(|bank| bank.rotate = rotate);
        let session = phone.ready().await;
        sync(&session).await.unwrap();
        phone.bank.expire_access();
        let before = refreshes(&phone);
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..1000 {
            let session = session.clone();
            calls.spawn(async move { sync(&session).await });
        }
        let all = calls.join_all().await;
        assert!(all.iter().all(|answer| *answer == Ok(200)), "rotate: {rotate}");
        assert_eq!(refreshes(&phone) - before, 1, "rotate: {rotate}");
    }
}

#[tokio::test(start_paused = true)]
async fn a_failed_refresh_answers_everybody_who_waited_for_it() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    sync(&session).await.unwrap();
    phone.bank.expire_access();
    phone.bank.fault("/oauth/token", Fault::Refuse(TransportFailure::NotConnected));
    let before = refreshes(&phone);
    let gate = phone.bank.token_gate.clone();
    gate.forget_permits(1_000_000);
    let mut calls = tokio::task::JoinSet::new();
    for _ in 0..100 {
        let session = session.clone();
        calls.spawn(async move { sync(&session).await });
    }
    settle().await;
    gate.add_permits(1_000_000);
    let all = calls.join_all().await;
    assert!(all.iter().all(|answer| *answer == Err(NotSent::Offline.into())), "{all:?}");
    assert_eq!(refreshes(&phone) - before, 1);
    assert_eq!(sync(&session).await, Ok(200));
}

#[tokio::test(start_paused = true)]
async fn a_token_about_to_end_is_refreshed_before_it_is_used() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    sync(&session).await.unwrap();
    let before = refreshes(&phone);
    phone.wait(Duration::from_secs(295));
    session.touched();
    assert_eq!(sync(&session).await, Ok(200));
    assert_eq!(refreshes(&phone) - before, 1);
    assert_eq!(sync(&session).await, Ok(200));
    assert_eq!(refreshes(&phone) - before, 1);
}

#[tokio::test(start_paused = true)]
async fn a_lost_refresh_answer_is_asked_for_again() {
    for rotate in [false, true] {
        let phone = TestPhone::new();
        phone.bank.set(|bank| bank.rotate = rotate);
        let session = phone.ready().await;
        phone.bank.expire_access();
        phone.bank.fault("/oauth/token", Fault::LoseAnswer);
        assert_eq!(sync(&session).await, Err(NotSent::NotReady.into()));
        assert_eq!(sync(&session).await, Ok(200));
    }
}

#[tokio::test(start_paused = true)]
async fn a_rotated_token_that_cannot_be_kept_is_not_used() {
    let phone = TestPhone::new();
    phone.bank.set(|bank| bank.rotate = true);
    let session = phone.ready().await;
    phone.bank.expire_access();
    phone.store.fail_after(Some(0));
    assert_eq!(sync(&session).await, Err(NotSent::Phone.into()));
    phone.store.fail_after(None);
    assert_eq!(sync(&session).await, Ok(200));
}

#[tokio::test(start_paused = true)]
async fn a_refused_refresh_token_ends_the_session_and_destroys_nothing() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.bank.end_sessions();
    assert_eq!(sync(&session).await, Err(CallFailure::SignedOut));
    assert_eq!(session.standing(), Standing::SignedOutAgain { locked: false });
    assert!(phone.store.holds(Slot::VaultRootByPin) && phone.store.holds(Slot::Registration));
    phone.sign_in(&session).await;
    assert_eq!(session.standing(), Standing::Ready { locked: false });
    assert_eq!(sync(&session).await, Ok(200));
}

/// Another process of the app refreshed: its token is in the store, ours is retired.
#[tokio::test(start_paused = true)]
async fn a_refused_token_is_fatal_only_if_the_store_still_holds_it() {
    let phone = TestPhone::new();
    let (session, other) = (phone.ready().await, phone.open());
    let url = other.begin_sign_in(guichet_foundation::locale::Locale::En).await.unwrap();
    phone.bank.end_sessions();
    other.finish_sign_in(&phone.bank.redirect_for(&url)).await.unwrap();
    assert_eq!(sync(&session).await, Ok(200));
    assert_eq!(session.standing(), Standing::Ready { locked: false });
}

#[tokio::test(start_paused = true)]
async fn invariant_09_an_answer_after_sign_out_is_never_stored() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.bank.expire_access();
    phone.bank.token_gate.forget_permits(1_000_000);
    let calling = tokio::spawn({
        let session = session.clone();
        async move { sync(&session).await }
    });
    settle().await;
    session.sign_out().await.unwrap();
    phone.bank.token_gate.add_permits(1_000_000);
    let answer = calling.await.unwrap();
    assert_eq!(answer, Err(CallFailure::SignedOut));
    assert!(!phone.store.holds(Slot::Tokens));
    assert_eq!(session.standing(), Standing::Wiped(WipeReason::SignedOut));
    assert_eq!(phone.open().standing(), Standing::New);
}

#[tokio::test(start_paused = true)]
async fn invariant_09_a_refusal_of_an_older_generation_ends_nothing() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.bank.expire_access();
    let refused = r#"{"error": "invalid_grant"}"#.to_owned();
    phone.bank.fault("/oauth/token", Fault::Instead(400, refused));
    phone.bank.token_gate.forget_permits(1_000_000);
    let calling = tokio::spawn({
        let session = session.clone();
        async move { sync(&session).await }
    });
    settle().await;
    // Two sign-ins later the refusal arrives, about tokens long replaced.
    let url = session.begin_sign_in(guichet_foundation::locale::Locale::En).await.unwrap();
    let redirect = phone.bank.redirect_for(&url);
    let finishing = tokio::spawn({
        let session = session.clone();
        async move { session.finish_sign_in(&redirect).await }
    });
    settle().await;
    phone.bank.token_gate.add_permits(1_000_000);
    finishing.await.unwrap().unwrap();
    calling.await.unwrap().ok();
    assert_eq!(session.standing(), Standing::Ready { locked: false });
    assert_eq!(sync(&session).await, Ok(200));
}

#[tokio::test(start_paused = true)]
async fn invariant_09_a_refresh_under_way_from_before_does_not_answer_for_new_tokens() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.bank.expire_access();
    phone.bank.token_gate.forget_permits(1_000_000);
    let old = tokio::spawn({
        let session = session.clone();
        async move { sync(&session).await }
    });
    settle().await;
    let url = session.begin_sign_in(guichet_foundation::locale::Locale::En).await.unwrap();
    let redirect = phone.bank.redirect_for(&url);
    let finishing = tokio::spawn({
        let session = session.clone();
        async move { session.finish_sign_in(&redirect).await }
    });
    settle().await;
    // The semaphore is fair: the old refresh goes first, its answer finds newer tokens or is replaced by them.
    phone.bank.token_gate.add_permits(1_000_000);
    finishing.await.unwrap().unwrap();
    assert_eq!(old.await.unwrap(), Ok(200));
    phone.bank.expire_access();
    assert_eq!(sync(&session).await, Ok(200));
}

#[tokio::test(start_paused = true)]
async fn a_refresh_goes_on_when_its_caller_goes_away() {
    let phone = TestPhone::new();
    phone.bank.set(|bank| bank.rotate = true);
    let session = phone.ready().await;
    phone.bank.expire_access();
    phone.bank.token_gate.forget_permits(1_000_000);
    let calling = tokio::spawn({
        let session = session.clone();
        async move { sync(&session).await }
    });
    settle().await;
    calling.abort();
    settle().await;
    phone.bank.token_gate.add_permits(1_000_000);
    settle().await;
    let before = refreshes(&phone);
    assert_eq!(sync(&session).await, Ok(200));
    assert_eq!(refreshes(&phone), before);
}

#[tokio::test(start_paused = true)]
async fn garbage_at_the_token_endpoint_leaves_the_tokens_as_they_were() {
    for garbage in ["", "{}", "null", "[]", r#"{"access_token": 7}"#, "<html>"] {
        let phone = TestPhone::new();
        let session = phone.ready().await;
        phone.bank.expire_access();
        phone.bank.fault("/oauth/token", Fault::Instead(200, garbage.to_owned()));
        assert_eq!(sync(&session).await, Err(NotSent::NotReady.into()), "{garbage}");
        assert_eq!(sync(&session).await, Ok(200));
    }
}
