//! The bank's keys change while the phone is awake, asleep, and gone: over real TLS.

use guichet_session::{CallFailure, NotSent};

use super::bank::SandboxBank;
use super::phone::{SandboxPhone, requests_of};

#[tokio::test(flavor = "multi_thread")]
async fn the_phone_follows_a_switch_of_keys_and_nobody_notices() {
    let bank = SandboxBank::start().await;
    let phone = SandboxPhone::new(&bank);
    let (session, transport) = phone.open_over_tls(&bank);
    phone.set_up(&bank, &session).await;
    for _ in 0..3 {
        bank.switch_pins().await;
        // The backup key was in the set that the phone has.
        let (requests, outcome) = requests_of(&transport, session.check_in()).await;
        assert_eq!((requests, outcome), (1, Ok(())));
        // And within a day it has the next set.
        phone.wait(&bank, 86_400);
        assert_eq!(session.check_in().await, Ok(()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_phone_that_slept_through_several_switches_finds_its_bank_again() {
    let bank = SandboxBank::start().await;
    let phone = SandboxPhone::new(&bank);
    let (session, transport) = phone.open_over_tls(&bank);
    phone.set_up(&bank, &session).await;
    for _ in 0..3 {
        bank.switch_pins().await;
    }
    // Still running: the set, asked for without a pin, and the call.
    let (requests, outcome) = requests_of(&transport, session.check_in()).await;
    assert_eq!((requests, outcome), (2, Ok(())));
    drop(session);

    // Started anew: what it found was kept with the first look at the set over a pinned connection.
    for _ in 0..3 {
        bank.switch_pins().await;
    }
    let (session, _) = phone.open_over_tls(&bank);
    assert_eq!(session.check_in().await, Ok(()));
    let (session, transport) = phone.open_over_tls(&bank);
    let (requests, outcome) = requests_of(&transport, session.check_in()).await;
    assert_eq!((requests, outcome), (2, Ok(())), "the kept set is the newest");
}

/// Found, but over before it is used: nothing is built on it.
#[tokio::test(flavor = "multi_thread")]
async fn an_expired_set_does_not_lead_a_lost_phone_back() {
    let bank = SandboxBank::start().await;
    let phone = SandboxPhone::new(&bank);
    let (session, _) = phone.open_over_tls(&bank);
    phone.set_up(&bank, &session).await;
    for _ in 0..2 {
        bank.switch_pins().await;
    }
    let expired = serde_json::json!({ "expired_pins": true });
    bank.control(axum::http::Method::PUT, "/sandbox/switches", expired).await;
    assert_eq!(session.check_in().await, Err(CallFailure::NotSent(NotSent::NotTheBank)));
    let good = serde_json::json!({ "expired_pins": false });
    bank.control(axum::http::Method::PUT, "/sandbox/switches", good).await;
    assert_eq!(session.check_in().await, Ok(()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_a_day_off_reaches_the_bank_over_tls_and_one_further_off_is_told_so() {
    let bank = SandboxBank::start().await;
    for (days, expected) in [
        (1, Ok(())),
        (-1, Ok(())),
        (30, Err(NotSent::ClockWrong)),
        (365, Err(NotSent::ClockWrong)),
        (-30, Err(NotSent::ClockWrong)),
    ] {
        let phone = SandboxPhone::new(&bank);
        let right = guichet_foundation::ports::Clock::now(&phone.clock);
        phone.clock.set(right.shifted(days * 86_400));
        let (session, _) = phone.open_over_tls(&bank);
        let begun = session.begin_sign_in(guichet_foundation::locale::Locale::En).await;
        let expected =
            expected.map_err(|not_sent| guichet_session::SignInRefusal::Bank(not_sent.into()));
        assert_eq!(begun.map(drop), expected, "{days} days");
        assert_eq!(phone.device_signer.signatures() == 0, days.abs() > 1, "{days} days");
    }
}
