//! What is sent again by itself, and that nothing else is: over every status, every error of the protocol and every failure of the
//! transport.

use std::time::Duration;

use guichet_foundation::locale::Locale;
use guichet_foundation::ports::TransportFailure;
use guichet_session::{BankCalls as _, Call, CallFailure, Session};

use crate::support::{Fault, TestPhone};

const INTENTS: &str = "/v1/intents";
const PAR: &str = "/oauth/par";
const TOKEN: &str = "/oauth/token";

/// Every code of docs/protocol.md section 11 and of the OAuth endpoints, one that is unknown, and none.
const ERRORS: [&str; 35] = [
    "invalid_request",
    "intent_malformed",
    "challenge_invalid",
    "invalid_approval_proof",
    "use_dpop_nonce",
    "invalid_dpop_proof",
    "invalid_token",
    "invalid_signature",
    "device_not_enrolled",
    "device_revoked",
    "device_unknown",
    "intent_unknown",
    "not_found",
    "device_exists",
    "intent_conflict",
    "cursor_expired",
    "too_large",
    "slow_down",
    "unavailable",
    "invalid_client",
    "invalid_grant",
    "unauthorized_client",
    "unsupported_grant_type",
    "unsupported_response_type",
    "invalid_scope",
    "invalid_redirect_uri",
    "invalid_client_metadata",
    "access_denied",
    "server_error",
    "temporarily_unavailable",
    "insufficient_scope",
    "invalid_target",
    "something_new",
    "<html>",
    "",
];
const STATUSES: [u16; 30] = [
    100, 101, 200, 201, 202, 204, 206, 300, 301, 302, 303, 304, 307, 308, 400, 401, 402, 403, 404,
    405, 408, 409, 410, 413, 421, 422, 425, 429, 500, 503,
];
const FAILURES: [TransportFailure; 6] = [
    TransportFailure::NotConnected,
    TransportFailure::NotTheBank,
    TransportFailure::ClockWrong,
    TransportFailure::TimedOut,
    TransportFailure::Broken,
    TransportFailure::Unreadable,
];

fn error(code: &str) -> String {
    format!(r#"{{"error": "{code}"}}"#)
}

async fn post(session: &Session) -> Result<u16, CallFailure> {
    session.call(Call::post(INTENTS, b"{}".to_vec())).await.map(|reply| reply.status)
}

/// How often a call is sent whose first answer is `fault`.
async fn times_called(phone: &TestPhone, session: &Session, fault: Fault) -> usize {
    let before = phone.bank.count(INTENTS);
    phone.bank.fault(INTENTS, fault);
    post(session).await.ok();
    phone.bank.count(INTENTS) - before
}

#[tokio::test(start_paused = true)]
async fn a_call_is_repeated_only_where_the_bank_says_that_nothing_has_happened() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    post(&session).await.unwrap();
    for status in STATUSES {
        for code in ERRORS {
            let times = times_called(&phone, &session, Fault::Instead(status, error(code))).await;
            let again = status == 401 && matches!(code, "use_dpop_nonce" | "invalid_token" | "");
            assert_eq!(times, 1 + usize::from(again), "{status} {code}");
        }
    }
}

#[tokio::test(start_paused = true)]
async fn a_call_is_never_repeated_after_a_failure_of_the_transport() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    for failure in FAILURES {
        let times = times_called(&phone, &session, Fault::Refuse(failure)).await;
        assert_eq!(times, 1, "{failure}");
    }
    assert_eq!(times_called(&phone, &session, Fault::LoseAnswer).await, 1);
}

/// The phone slept through something that its uptime did not count, or the bank's clock was set: what was refused for its time is
/// signed anew, once.
#[tokio::test(start_paused = true)]
async fn a_call_refused_for_its_time_is_repeated_once_the_clock_has_moved() {
    for code in ERRORS {
        let phone = TestPhone::new();
        let session = phone.ready().await;
        for _ in 0..5 {
            phone.bank.fault(INTENTS, Fault::Instead(401, error(code)));
        }
        phone.bank.clock.advance(Duration::from_secs(30));
        let before = phone.bank.count(INTENTS);
        post(&session).await.unwrap_err();
        let times = phone.bank.count(INTENTS) - before;
        let expected = match code {
            "use_dpop_nonce" => 3,
            "invalid_token" | "" | "invalid_dpop_proof" | "invalid_signature" => 2,
            _ => 1,
        };
        assert_eq!(times, expected, "{code}");
    }
}

/// How often a pushed request is sent whose first answer is `fault`.
async fn times_pushed(phone: &TestPhone, session: &Session, fault: Fault) -> usize {
    let before = phone.bank.count(PAR);
    phone.bank.fault(PAR, fault);
    session.begin_sign_in(Locale::En).await.ok();
    phone.bank.count(PAR) - before
}

#[tokio::test(start_paused = true)]
async fn a_form_is_repeated_only_for_its_nonce() {
    let phone = TestPhone::new();
    let session = phone.open();
    session.begin_sign_in(Locale::En).await.unwrap();
    for status in STATUSES {
        for code in ERRORS {
            let times = times_pushed(&phone, &session, Fault::Instead(status, error(code))).await;
            let again = matches!(status, 400 | 401) && code == "use_dpop_nonce";
            assert_eq!(times, 1 + usize::from(again), "{status} {code}");
        }
    }
    for failure in FAILURES {
        let times = times_pushed(&phone, &session, Fault::Refuse(failure)).await;
        assert_eq!(times, 1, "{failure}");
    }
    assert_eq!(times_pushed(&phone, &session, Fault::LoseAnswer).await, 1);
}

#[tokio::test(start_paused = true)]
async fn a_form_refused_for_its_time_is_repeated_once_the_clock_has_moved() {
    for code in ERRORS {
        let phone = TestPhone::new();
        let session = phone.open();
        let url = session.begin_sign_in(Locale::En).await.unwrap();
        for _ in 0..5 {
            phone.bank.fault(TOKEN, Fault::Instead(400, error(code)));
        }
        phone.bank.clock.advance(Duration::from_secs(30));
        session.finish_sign_in(&phone.bank.redirect_for(&url)).await.unwrap_err();
        let expected = match code {
            "use_dpop_nonce" => 3,
            "invalid_client" | "invalid_dpop_proof" => 2,
            _ => 1,
        };
        assert_eq!(phone.bank.count(TOKEN), expected, "{code}");
    }
}
