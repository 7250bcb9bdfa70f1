use std::time::Duration;

use guichet_foundation::locale::Locale;
use guichet_foundation::ports::{DeviceSigner as _, Slot, TransportFailure};
use guichet_session::{BankCalls as _, CallFailure, NotSent, SignInRefusal, Standing, WipeReason};

use crate::support::{Fault, TestPhone};

#[tokio::test(start_paused = true)]
async fn a_first_day_leads_from_new_to_ready() {
    let phone = TestPhone::new();
    let session = phone.open();
    let mut watch = session.watch();
    assert_eq!(*watch.borrow_and_update(), Standing::New);
    let url = session.begin_sign_in(Locale::ZhCn).await.unwrap();
    assert_eq!(session.standing(), Standing::Registered);
    session.finish_sign_in(&phone.bank.redirect_for(&url)).await.unwrap();
    assert_eq!(session.standing(), Standing::SignedIn);
    phone.enrol(&session).await;
    assert_eq!(session.standing(), Standing::Enrolled);
    session.set_pin(crate::support::pin(crate::support::PIN)).await.unwrap();
    assert_eq!(session.standing(), Standing::Ready { locked: false });
    assert!(watch.has_changed().unwrap());
    assert_eq!(session.customer().unwrap().name.expose(), "李明");
    assert_eq!(session.identity().unwrap().issuer, crate::support::ISSUER);
    assert_eq!(phone.open().standing(), Standing::Ready { locked: true });
}

#[tokio::test(start_paused = true)]
async fn the_address_for_the_browser_names_the_pushed_request_only() {
    let phone = TestPhone::new();
    let url = phone.open().begin_sign_in(Locale::En).await.unwrap();
    let names: Vec<String> = url.query_pairs().map(|(name, _)| name.into_owned()).collect();
    assert_eq!(names, ["client_id", "request_uri"]);
    let form = phone.bank.sent().into_iter().rfind(|sent| sent.url.ends_with("/par")).unwrap();
    let form = String::from_utf8(form.body).unwrap();
    assert!(form.contains("code_challenge_method=S256") && form.contains("ui_locales=en"));
}

#[tokio::test(start_paused = true)]
async fn a_redirect_that_is_not_ours_changes_nothing() {
    let phone = TestPhone::new();
    let session = phone.open();
    let none = session.finish_sign_in("https://app.example/callback?code=x").await;
    assert_eq!(none, Err(SignInRefusal::NothingPending));
    let url = session.begin_sign_in(Locale::En).await.unwrap();
    let good = phone.bank.redirect_for(&url);
    let state = url::Url::parse(&good).unwrap();
    let state = state.query_pairs().find(|(name, _)| name == "state").unwrap().1.into_owned();
    for forged in [
        good.replace(&state, "AAAA"),
        good.replace("bank.example", "thief.example"),
        good.replace("app.example", "app.thief"),
        good.replace("/callback", "/callback2"),
    ] {
        assert_eq!(session.finish_sign_in(&forged).await, Err(SignInRefusal::NotOurs), "{forged}");
    }
    assert_eq!(phone.bank.count("/oauth/token"), 0);
    assert_eq!(session.finish_sign_in(&good).await, Ok(()));
    assert_eq!(session.finish_sign_in(&good).await, Err(SignInRefusal::NothingPending));
}

#[tokio::test(start_paused = true)]
async fn a_redirect_finds_its_sign_in_after_the_app_was_ended() {
    let phone = TestPhone::new();
    let url = phone.open().begin_sign_in(Locale::En).await.unwrap();
    let session = phone.open();
    session.finish_sign_in(&phone.bank.redirect_for(&url)).await.unwrap();
    assert_eq!(session.standing(), Standing::SignedIn);
}

#[tokio::test(start_paused = true)]
async fn a_newer_sign_in_replaces_the_older() {
    let phone = TestPhone::new();
    let session = phone.open();
    let first = session.begin_sign_in(Locale::En).await.unwrap();
    let second = session.begin_sign_in(Locale::En).await.unwrap();
    let old = session.finish_sign_in(&phone.bank.redirect_for(&first)).await;
    assert_eq!(old, Err(SignInRefusal::NotOurs));
    assert_eq!(session.finish_sign_in(&phone.bank.redirect_for(&second)).await, Ok(()));
    assert_eq!(phone.bank.client_count(), 1);
}

#[tokio::test(start_paused = true)]
async fn a_no_ends_the_sign_in() {
    let phone = TestPhone::new();
    let session = phone.open();
    let url = session.begin_sign_in(Locale::En).await.unwrap();
    let no = phone.bank.redirect_for(&url);
    let no = no.replace("code=", "error=access_denied&x=");
    assert_eq!(session.finish_sign_in(&no).await, Err(SignInRefusal::Denied));
    assert_eq!(session.standing(), Standing::Registered);
    assert_eq!(session.finish_sign_in(&no).await, Err(SignInRefusal::NothingPending));
}

#[tokio::test(start_paused = true)]
async fn a_redirect_after_hours_is_too_late() {
    let phone = TestPhone::new();
    let session = phone.open();
    let url = session.begin_sign_in(Locale::En).await.unwrap();
    phone.wait(Duration::from_hours(2));
    let late = session.finish_sign_in(&phone.bank.redirect_for(&url)).await;
    assert_eq!(late, Err(SignInRefusal::NothingPending));
}

#[tokio::test(start_paused = true)]
async fn a_lost_registration_gets_the_same_client() {
    let phone = TestPhone::new();
    let session = phone.open();
    phone.bank.fault("/oauth/register", Fault::LoseAnswer);
    let lost = session.begin_sign_in(Locale::En).await;
    assert_eq!(lost.err(), Some(SignInRefusal::Bank(CallFailure::Unanswered)));
    let session = phone.open();
    session.begin_sign_in(Locale::En).await.unwrap();
    assert_eq!(phone.bank.client_count(), 1);
}

#[tokio::test(start_paused = true)]
async fn offline_and_strangers_are_told_apart() {
    let phone = TestPhone::new();
    let session = phone.open();
    for (failure, expected) in [
        (TransportFailure::NotConnected, CallFailure::NotSent(NotSent::Offline)),
        (TransportFailure::NotTheBank, CallFailure::NotSent(NotSent::NotTheBank)),
        (TransportFailure::TimedOut, CallFailure::Unanswered),
        (TransportFailure::Unreadable, CallFailure::Unreadable),
    ] {
        let path = "/.well-known/oauth-authorization-server";
        phone.bank.fault(path, Fault::Refuse(failure));
        let refused = session.begin_sign_in(Locale::En).await;
        assert_eq!(refused.err(), Some(SignInRefusal::Bank(expected)));
    }
    assert_eq!(session.standing(), Standing::New);
}

#[tokio::test(start_paused = true)]
async fn metadata_of_another_issuer_is_refused_before_anything_is_registered() {
    let phone = TestPhone::new();
    phone.bank.set(|bank| bank.metadata_issuer = "https://bank.example:8444");
    let refused = phone.open().begin_sign_in(Locale::En).await;
    assert_eq!(refused.err(), Some(SignInRefusal::OtherIssuer));
    assert_eq!(phone.bank.count("/oauth/register"), 0);
}

#[tokio::test(start_paused = true)]
async fn garbage_from_the_bank_is_a_refusal_and_leaves_everything_as_it_was() {
    for path in ["/.well-known/oauth-authorization-server", "/oauth/register", "/oauth/par"] {
        for garbage in ["", "{", "[1,2]", "null", "{\"client_id\": \"a/b\"}", "\u{0}\u{1}"] {
            let phone = TestPhone::new();
            let session = phone.open();
            phone.bank.fault(path, Fault::Instead(200, garbage.to_owned()));
            assert!(session.begin_sign_in(Locale::En).await.is_err(), "{path} {garbage}");
            session.begin_sign_in(Locale::En).await.unwrap();
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_lost_token_answer_ends_the_sign_in_not_the_app() {
    let phone = TestPhone::new();
    let session = phone.open();
    let url = session.begin_sign_in(Locale::En).await.unwrap();
    phone.bank.fault("/oauth/token", Fault::LoseAnswer);
    let lost = session.finish_sign_in(&phone.bank.redirect_for(&url)).await;
    assert_eq!(lost, Err(SignInRefusal::Bank(CallFailure::Unanswered)));
    phone.sign_in(&session).await;
    assert_eq!(session.standing(), Standing::SignedIn);
}

#[tokio::test(start_paused = true)]
async fn a_token_that_is_not_bound_or_not_a_token_is_refused() {
    let token = |member: &str, value: &str| {
        let mut answer = serde_json::json!({"access_token": "a", "token_type": "DPoP",
            "expires_in": 300, "refresh_token": "r"});
        answer[member] = value.into();
        answer.to_string()
    };
    for bad in [
        token("token_type", "Bearer"),
        token("access_token", "a\r\nx: y"),
        token("access_token", ""),
        token("access_token", &"a".repeat(5000)),
        token("refresh_token", "ä"),
        token("expires_in", "300"),
        token("scope", "openid bank"),
    ] {
        let phone = TestPhone::new();
        let session = phone.open();
        let url = session.begin_sign_in(Locale::En).await.unwrap();
        phone.bank.fault("/oauth/token", Fault::Instead(200, bad.clone()));
        let refused = session.finish_sign_in(&phone.bank.redirect_for(&url)).await;
        assert_eq!(refused, Err(SignInRefusal::Bank(CallFailure::Unreadable)), "{bad}");
        assert!(!phone.store.holds(Slot::Tokens));
    }
}

#[tokio::test(start_paused = true)]
async fn a_client_the_bank_has_forgotten_is_registered_anew() {
    let phone = TestPhone::new();
    let session = phone.open();
    let forgotten = r#"{"error": "invalid_client"}"#.to_owned();
    phone.bank.fault("/oauth/par", Fault::Instead(401, forgotten));
    let refused = session.begin_sign_in(Locale::En).await;
    assert_eq!(refused.err(), Some(SignInRefusal::RefusedByBank));
    assert_eq!(phone.bank.count("/oauth/register"), 1);
    session.begin_sign_in(Locale::En).await.unwrap();
    assert_eq!(phone.bank.count("/oauth/register"), 2);
}

#[tokio::test(start_paused = true)]
async fn a_new_device_key_means_a_new_client_and_a_new_enrolment() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.device_signer.create().unwrap();
    session.begin_sign_in(Locale::En).await.unwrap();
    assert_eq!(phone.bank.client_count(), 2);
    assert_eq!(session.identity(), None);
}

#[tokio::test(start_paused = true)]
async fn another_customer_on_an_enrolled_device_is_signed_out_again() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.bank.forget_devices();
    let url = session.begin_sign_in(Locale::En).await.unwrap();
    let stranger = session.finish_sign_in(&phone.bank.redirect_for(&url)).await;
    assert_eq!(stranger, Err(SignInRefusal::OtherCustomer));
    assert_eq!(session.standing(), Standing::SignedOutAgain { locked: false });
}

#[tokio::test(start_paused = true)]
async fn signing_out_between_browser_and_redirect_wins() {
    let phone = TestPhone::new();
    let session = phone.open();
    let url = session.begin_sign_in(Locale::En).await.unwrap();
    session.sign_out().await.unwrap();
    let late = session.finish_sign_in(&phone.bank.redirect_for(&url)).await;
    assert_eq!(late, Err(SignInRefusal::NothingPending));
    assert_eq!(session.standing(), Standing::Wiped(WipeReason::SignedOut));
}
