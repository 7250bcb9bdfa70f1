use guichet_foundation::locale::Locale;
use guichet_foundation::ports::{SecureStore as _, Slot};
use guichet_session::{BankCalls as _, Call, CallFailure, SignInRefusal, Standing};

use crate::support::{PIN, TestPhone, pin};

async fn settle() {
    for _ in 0..50 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test(start_paused = true)]
async fn invariant_11_locked_the_tokens_are_in_the_store_and_nowhere_else() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    session.lock();
    session.check_in().await.unwrap();
    phone.store.remove(Slot::Tokens).unwrap();
    assert_eq!(session.check_in().await, Err(CallFailure::SignedOut));
    assert_eq!(session.standing(), Standing::SignedOutAgain { locked: true });
}

/// The twin: an open session has them in memory.
#[tokio::test(start_paused = true)]
async fn an_open_session_does_not_ask_the_store_for_its_tokens() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.store.remove(Slot::Tokens).unwrap();
    session.check_in().await.unwrap();
}

#[tokio::test(start_paused = true)]
async fn invariant_11_a_locked_app_does_not_know_its_customers_name() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    assert_eq!(session.customer().unwrap().name.expose(), "李明");
    session.lock();
    assert_eq!(session.customer(), None);
    session.unlock_by_pin(pin(PIN)).await.unwrap();
    assert_eq!(session.customer().unwrap().name.expose(), "李明");
}

/// The refresh goes on: a rotated token that is dropped is a session that is lost.
#[tokio::test(start_paused = true)]
async fn a_call_under_way_ends_when_the_app_locks_and_its_refresh_does_not() {
    let phone = TestPhone::new();
    phone.bank.set(|bank| bank.rotate = true);
    let session = phone.ready().await;
    phone.bank.expire_access();
    phone.bank.token_gate.forget_permits(1_000_000);
    let calling = tokio::spawn({
        let session = session.clone();
        async move { session.call(Call::get("/v1/sync")).await.map(|reply| reply.status) }
    });
    settle().await;
    assert!(!calling.is_finished());
    session.lock();
    assert_eq!(calling.await.unwrap(), Err(CallFailure::Unanswered));
    phone.bank.token_gate.add_permits(1_000_000);
    settle().await;
    let refreshes = phone.bank.count_forms("/oauth/token", "grant_type=refresh_token");
    session.unlock_by_pin(pin(PIN)).await.unwrap();
    let reply = session.call(Call::get("/v1/sync")).await;
    assert_eq!(reply.map(|reply| reply.status), Ok(200));
    let again = phone.bank.count_forms("/oauth/token", "grant_type=refresh_token");
    assert_eq!(refreshes, again, "the answer of the refresh was kept");
}

#[tokio::test(start_paused = true)]
async fn no_connection_is_kept_by_an_app_that_is_not_open() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    let before = phone.bank.hang_ups();
    session.check_in().await.unwrap();
    assert_eq!(phone.bank.hang_ups(), before, "the twin: an open app keeps its connection");
    session.lock();
    assert_eq!(phone.bank.hang_ups(), before + 1);
    session.check_in().await.unwrap();
    assert_eq!(phone.bank.hang_ups(), before + 2, "what a locked app asks leaves nothing open");
    session.sign_out().await.unwrap();
    assert!(phone.bank.hang_ups() > before + 2);
}

#[tokio::test(start_paused = true)]
async fn an_abandoned_sign_in_is_forgotten() {
    let phone = TestPhone::new();
    let session = phone.open();
    let url = session.begin_sign_in(Locale::En).await.unwrap();
    assert!(phone.store.holds(Slot::SignIn));
    session.abandon_sign_in().await;
    assert!(!phone.store.holds(Slot::SignIn));
    let late = session.finish_sign_in(&phone.bank.redirect_for(&url)).await;
    assert_eq!(late, Err(SignInRefusal::NothingPending));
    phone.sign_in(&session).await;
    assert!(!phone.store.holds(Slot::SignIn), "used once");
}
