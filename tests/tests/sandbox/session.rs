//! The session against the bank, without a network: what is about protocol and time.

use std::sync::Arc;

use guichet_foundation::ports::DeviceSigner as _;
use guichet_session::{BankCalls as _, Call, CallFailure, NotSent, Session, Standing};
use serde_json::json;

use super::bank::SandboxBank;
use super::phone::{SandboxPhone, Straight};

const DAY: i64 = 86_400;
const YEAR: u32 = 366 * 86_400;

async fn devices(session: &Session) -> Result<usize, CallFailure> {
    session.devices().await.map(|devices| devices.len())
}

#[tokio::test(start_paused = true)]
async fn sign_in_takes_the_requests_it_needs_and_a_call_takes_one() {
    let bank = SandboxBank::start().await;
    let phone = SandboxPhone::new(&bank);
    let session = phone.open(&bank);
    phone.sign_in(&bank, &session).await;
    for (route, times) in [
        ("GET /v1/trust/pins", 1),
        ("GET /.well-known/oauth-authorization-server", 1),
        ("GET /v1/trust/receipt-keys", 1),
        ("POST /oauth/register", 1),
        ("POST /oauth/par", 1),
        ("POST /oauth/token", 1),
    ] {
        assert_eq!(bank.count(route), times, "{route}");
    }

    let phone = SandboxPhone::new(&bank);
    let session = phone.open(&bank);
    phone.set_up(&bank, &session).await;
    let before = bank.total();
    devices(&session).await.unwrap();
    assert_eq!(bank.total() - before, 1, "a call on a warm session");
    session.check_in().await.unwrap();
    assert_eq!(bank.total() - before, 2, "and a check-in");
}

#[tokio::test(start_paused = true)]
async fn a_call_after_a_change_of_nonce_takes_two_requests() {
    let bank = SandboxBank::start().await;
    let phone = SandboxPhone::new(&bank);
    let transport = Arc::new(Straight::to(&bank));
    let session = phone.open_over(&bank, transport.clone());
    phone.set_up(&bank, &session).await;
    transport.change_nonces(&bank);
    for requests in [2, 1] {
        let before = bank.total();
        devices(&session).await.unwrap();
        assert_eq!(bank.total() - before, requests);
    }
}

/// Token and nonces have ended: one request learns the new nonce, one the new token, one is the call.
#[tokio::test(start_paused = true)]
async fn a_call_after_a_long_pause_takes_three_requests() {
    let bank = SandboxBank::start().await;
    let phone = SandboxPhone::new(&bank);
    let session = phone.open(&bank);
    phone.set_up(&bank, &session).await;
    phone.wait(&bank, 3600);
    let (before, asked) = (bank.total(), bank.count("POST /oauth/token"));
    assert_eq!(session.check_in().await, Ok(()));
    assert_eq!((bank.count("POST /oauth/token") - asked, bank.total() - before), (2, 3));
}

#[tokio::test(start_paused = true)]
async fn a_phone_a_day_off_is_served_and_one_further_off_signs_nothing() {
    for (off, served) in [(DAY, true), (-DAY, true), (DAY + 1, false), (-400 * DAY, false)] {
        let bank = SandboxBank::start().await;
        let phone = SandboxPhone::new(&bank);
        let right = guichet_foundation::ports::Clock::now(&phone.clock);
        phone.clock.set(right.shifted(off));
        let session = phone.open(&bank);
        if served {
            phone.set_up(&bank, &session).await;
            assert_eq!(devices(&session).await, Ok(1), "{off}");
        } else {
            let refused = session.begin_sign_in(guichet_foundation::locale::Locale::En).await;
            let expected = guichet_session::SignInRefusal::Bank(NotSent::ClockWrong.into());
            assert_eq!(refused.err(), Some(expected), "{off}");
            assert_eq!(phone.device_signer.signatures(), 0, "{off}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn invariant_09_a_thousand_calls_on_an_ended_token_make_one_token_request() {
    let bank = SandboxBank::start().await;
    let phone = SandboxPhone::new(&bank);
    let session = phone.open(&bank);
    phone.set_up(&bank, &session).await;
    for rotate in [false, true] {
        let switches = json!({ "rotate_refresh_tokens": rotate });
        bank.control(axum::http::Method::PUT, "/sandbox/switches", switches).await;
        bank.control(axum::http::Method::POST, "/sandbox/tokens/expire", json!(null)).await;
        let before = bank.count("POST /oauth/token");
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..1000 {
            let session = session.clone();
            calls.spawn(async move { session.call(Call::get("/v1/devices")).await.is_ok() });
        }
        let answered = calls.join_all().await;
        assert!(answered.into_iter().all(|answered| answered), "rotate: {rotate}");
        assert_eq!(bank.count("POST /oauth/token") - before, 1, "rotate: {rotate}");
    }
}

#[tokio::test(start_paused = true)]
async fn two_processes_share_a_session_that_rotates_its_tokens() {
    let bank = SandboxBank::start().await;
    let switches = json!({ "rotate_refresh_tokens": true });
    bank.control(axum::http::Method::PUT, "/sandbox/switches", switches).await;
    let phone = SandboxPhone::new(&bank);
    let app = phone.open(&bank);
    phone.set_up(&bank, &app).await;
    let extension = phone.open(&bank);
    for round in 0..6 {
        phone.wait(&bank, 3600);
        if round % 3 == 2 {
            let both = tokio::join!(app.check_in(), extension.check_in());
            assert_eq!(both, (Ok(()), Ok(())));
        } else {
            assert_eq!(extension.check_in().await, Ok(()));
            let refreshed = bank.count("POST /oauth/token");
            assert_eq!(app.check_in().await, Ok(()));
            assert_eq!(bank.count("POST /oauth/token"), refreshed, "one refresh for both");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_key_of_a_year_is_replaced_at_the_bank_and_the_device_stays() {
    let bank = SandboxBank::start().await;
    let phone = SandboxPhone::new(&bank);
    let session = phone.open(&bank);
    phone.set_up(&bank, &session).await;
    let (old, device) = (phone.device_signer.public_key(), session.identity().unwrap().device_id);
    phone.wait(&bank, YEAR);
    // The pin set has ended with the year.
    bank.control(axum::http::Method::POST, "/sandbox/pins/rotate", json!(null)).await;
    assert_eq!(session.check_in().await, Err(CallFailure::SignedOut));
    let lose = json!({ "lose_response": { "path": path_of_registration(&session), "times": 1 } });
    bank.control(axum::http::Method::PUT, "/sandbox/switches", lose).await;

    phone.sign_in(&bank, &session).await;
    assert_eq!(bank.count("PUT /oauth/register/{client_id}"), 1);
    assert_ne!(phone.device_signer.public_key(), old);
    assert_eq!(phone.device_signer.successor(), Ok(None));
    phone.unlock(&session).await;
    let listed = session.devices().await.unwrap();
    assert!(listed.iter().any(|listed| listed.current && listed.id == device));
    assert_eq!(session.standing(), Standing::Ready { locked: false });
}

fn path_of_registration(session: &Session) -> String {
    format!("/oauth/register/{}", session.identity().unwrap().client_id)
}

#[tokio::test(start_paused = true)]
async fn an_installation_that_never_enrolled_deregisters_when_it_signs_out() {
    let bank = SandboxBank::start().await;
    let phone = SandboxPhone::new(&bank);
    let session = phone.open(&bank);
    phone.sign_in(&bank, &session).await;
    session.sign_out().await.unwrap();
    assert_eq!(bank.count("DELETE /oauth/register/{client_id}"), 1);
    assert_eq!(bank.count("POST /oauth/revoke"), 0, "its tokens ended with it");
}
