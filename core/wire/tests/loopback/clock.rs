//! Certificates and the time. Those of these servers are good from 2026-01-01 to 2027-01-01.

use guichet_foundation::ports::TransportFailure;

use crate::server::{Authority, Behaviour, Server};
use crate::{Client, OK, UNUSED, answering, at, client};
use rustls::version::TLS13;

async fn phone() -> (Server, Client) {
    answering(&Authority::new("CA"), Behaviour::Answer(OK.to_vec())).await
}

#[tokio::test]
async fn a_clock_less_than_a_day_off_reaches_the_bank() {
    for believed in ["2025-12-31T00:00:00Z", "2027-01-02T00:00:00Z", "2026-07-01T00:00:00Z"] {
        let (server, phone) = phone().await;
        phone.clock.set(at(believed));
        assert!(phone.get(&server).await.is_ok(), "{believed}");
    }
}

#[tokio::test]
async fn a_clock_further_off_is_said_to_be_wrong() {
    for believed in ["2025-12-30T23:59:59Z", "2027-01-02T00:00:01Z", "1970-01-01T00:00:00Z"] {
        let (server, phone) = phone().await;
        phone.clock.set(at(believed));
        let failure = phone.get(&server).await.err();
        assert_eq!(failure, Some(TransportFailure::ClockWrong), "{believed}");
        assert_eq!(server.requests(), 0);
    }
    assert!(!TransportFailure::ClockWrong.may_have_reached_bank());
}

/// Only the bank's own chain says anything about the clock.
#[tokio::test]
async fn a_stranger_is_a_stranger_whatever_the_clock_says() {
    let (trusted, other) = (Authority::new("CA"), Authority::new("Other"));
    for (authority, pin, name) in [
        (&trusted, UNUSED, "localhost"),
        (&other, [0; 32], "localhost"),
        (&trusted, [0; 32], "bank.example"),
    ] {
        let identity = authority.identity(name);
        let pin = if pin == UNUSED { [1; 32] } else { identity.pin };
        let phone = client(&trusted, &[pin, UNUSED]);
        let server = Server::start(identity, &TLS13, Behaviour::Answer(OK.to_vec())).await;
        for believed in ["2025-06-01T00:00:00Z", "2025-12-31T12:00:00Z", "2027-06-01T00:00:00Z"] {
            phone.clock.set(at(believed));
            let failure = phone.get(&server).await.err();
            assert_eq!(failure, Some(TransportFailure::NotTheBank), "{name} {believed}");
        }
    }
}

#[tokio::test]
async fn once_the_time_is_known_it_dates_certificates_to_the_second() {
    for (known, good) in [
        ("2026-12-31T23:59:59Z", true),
        ("2027-01-01T00:00:01Z", false),
        ("2025-12-31T23:59:59Z", false),
    ] {
        let (server, phone) = phone().await;
        phone.clock.set(at(known));
        phone.time.learn(at(known));
        // Setting the clock changes nothing any more.
        phone.clock.set(at("2026-03-01T00:00:00Z"));
        let failure = phone.get(&server).await.err();
        assert_eq!(failure, (!good).then_some(TransportFailure::NotTheBank), "{known}");
    }
}

#[tokio::test]
async fn a_connection_let_in_leniently_is_not_used_again_once_the_time_is_known() {
    let (server, phone) = phone().await;
    phone.clock.set(at("2027-01-01T12:00:00Z"));
    for _ in 0..2 {
        assert!(phone.get(&server).await.is_ok());
    }
    assert_eq!(phone.transport.traffic().handshakes, 1);
    phone.time.learn(at("2027-01-01T00:00:01Z"));
    assert_eq!(phone.get(&server).await.err(), Some(TransportFailure::NotTheBank));

    phone.time.learn(at("2026-12-31T23:00:00Z"));
    for _ in 0..2 {
        assert!(phone.get(&server).await.is_ok());
    }
    assert_eq!(phone.transport.traffic().handshakes, 3);
}

/// The twin: a connection whose certificate was good at the time the phone believed is kept.
#[tokio::test]
async fn a_connection_that_was_good_in_any_case_is_kept() {
    let (server, phone) = phone().await;
    assert!(phone.get(&server).await.is_ok());
    phone.time.learn(at("2026-03-01T21:00:00Z"));
    assert!(phone.get(&server).await.is_ok());
    assert_eq!(phone.transport.traffic().handshakes, 1);
}
