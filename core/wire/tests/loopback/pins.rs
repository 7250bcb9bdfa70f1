//! Which keys a server may have, and what a phone does with one that is valid and not pinned.

use std::sync::{Arc, Mutex};

use guichet_foundation::ports::fakes::{FakeClock, FakeSigner};
use guichet_foundation::ports::{DeviceSigner, Method, Request, Transport as _, TransportFailure};
use guichet_wire::client::{BankTime, PinnedTransport, Pins};
use guichet_wire::trust::PinSet;
use rustls::version::TLS13;

use crate::server::{Authority, Behaviour, Identity, Server};
use crate::{Client, FOREVER, OK, UNUSED, answering, at, client, pin_set, profile, signed_pins};

const NOW: &str = "2026-03-01T09:30:00Z";
const SECRET: &str = "DPoP a-token";

#[tokio::test]
async fn new_pins_count_from_the_next_request_on() {
    let authority = Authority::new("CA");
    let (server, client) = answering(&authority, Behaviour::Answer(OK.to_vec())).await;
    assert!(client.get(&server).await.is_ok());
    client.pins.take(&pin_set(2, &[[1; 32], UNUSED])).unwrap();
    assert_eq!(client.get(&server).await.err(), Some(TransportFailure::NotTheBank));
    client.pins.take(&pin_set(3, &[authority.pin(), UNUSED])).unwrap();
    assert!(client.get(&server).await.is_ok());
    assert_eq!(client.transport.traffic().handshakes, 3);
}

#[tokio::test]
async fn a_trusted_certificate_without_a_pin_is_not_the_bank() {
    let authority = Authority::new("CA");
    let client = client(&authority, &[[1; 32], UNUSED]);
    let identity = authority.identity("localhost");
    let server = Server::start(identity, &TLS13, Behaviour::Answer(OK.to_vec())).await;
    assert_eq!(client.get(&server).await.err(), Some(TransportFailure::NotTheBank));
    assert_eq!(server.requests(), 0);
}

/// A server that answers every request with a pin set that is put in later, and its issuer.
async fn serving(identity: Identity) -> (Server, Arc<Mutex<Vec<u8>>>, String) {
    let answer = Arc::new(Mutex::new(Vec::new()));
    let server = Server::start(identity, &TLS13, Behaviour::AnswerLater(Arc::clone(&answer))).await;
    let issuer = format!("https://localhost:{}", server.address.port());
    (server, answer, issuer)
}

/// A phone for the bank at `issuer`, which has slept since version 3 of its pins.
fn sleeper(authority: &Authority, issuer: &str) -> Client {
    let anchor = anchor();
    let first = signed_pins(&anchor, issuer, 3, FOREVER, &[[1; 32], [2; 32]]);
    let mut profile = profile(Some(&authority.pem));
    issuer.clone_into(&mut profile.issuer);
    let first = PinSet::verified(&first, issuer, &profile.trust_anchor).unwrap();
    let (pins, clock) = (Pins::of(&first), FakeClock::at(at(NOW)));
    let time = BankTime::new(Arc::new(clock.clone()));
    let transport = PinnedTransport::new(&profile, pins.clone(), time.clone()).unwrap();
    Client { transport, pins, clock, time }
}

fn anchor() -> FakeSigner {
    let anchor = FakeSigner::seeded(1);
    DeviceSigner::create(&anchor).unwrap();
    anchor
}

fn http(body: &str) -> Vec<u8> {
    format!("HTTP/1.1 200 OK\r\ndate: Sun, 01 Mar 2026 20:00:00 GMT\r\ncontent-length: {}\r\n\r\n{body}", body.len())
        .into_bytes()
}

fn secret_request(server: &Server) -> Request {
    let mut request = crate::request(server, Method::Get);
    request.headers.push(("authorization", SECRET.to_owned()));
    request
}

#[tokio::test]
async fn a_phone_that_slept_through_every_key_it_knew_finds_the_bank_again() {
    let authority = Authority::new("CA");
    let identity = authority.identity("localhost");
    let pin = identity.pin;
    let (server, answer, issuer) = serving(identity).await;
    let newer = signed_pins(&anchor(), &issuer, 7, FOREVER, &[pin, UNUSED]);
    *answer.lock().unwrap() = http(&newer);
    let phone = sleeper(&authority, &issuer);

    assert!(phone.transport.send(secret_request(&server)).await.is_ok());
    let heads = server.heads();
    assert_eq!(heads.len(), 2, "{heads:?}");
    assert!(heads[0].starts_with("GET /v1/trust/pins HTTP/1.1\r\n"));
    assert!(!heads[0].contains("authorization"), "no secret before a pinned key is seen");
    assert!(heads[1].contains(SECRET));
    assert_eq!(phone.time.known(), None, "a server without a pin teaches no time");

    // From here on it is a bank like any other.
    assert!(phone.transport.send(secret_request(&server)).await.is_ok());
    assert_eq!(server.requests(), 3);
}

/// Makes a set for an issuer, with these pins if it is an honest one.
type Make<'a> = &'a dyn Fn(&str, &[[u8; 32]]) -> String;

#[tokio::test]
async fn a_forged_rolled_back_or_expired_set_opens_nothing() {
    let authority = Authority::new("CA");
    let (thief, anchor) = (FakeSigner::seeded(66), anchor());
    DeviceSigner::create(&thief).unwrap();
    let expired = at(NOW).unix_seconds();
    let sets: [(&str, Make<'_>); 8] = [
        ("by another key", &|issuer, pins| signed_pins(&thief, issuer, 9, FOREVER, pins)),
        ("for another bank", &|_, pins| {
            signed_pins(&anchor, "https://other.example", 9, FOREVER, pins)
        }),
        ("rolled back", &|issuer, pins| signed_pins(&anchor, issuer, 2, FOREVER, pins)),
        ("the same version", &|issuer, pins| signed_pins(&anchor, issuer, 3, FOREVER, pins)),
        ("expired", &|issuer, pins| signed_pins(&anchor, issuer, 9, expired, pins)),
        ("without this server", &|issuer, _| {
            signed_pins(&anchor, issuer, 9, FOREVER, &[[8; 32], UNUSED])
        }),
        ("with one pin", &|issuer, pins| signed_pins(&anchor, issuer, 9, FOREVER, &pins[..1])),
        ("not a set", &|_, _| "ok".to_owned()),
    ];
    for (what, make) in sets {
        let identity = authority.identity("localhost");
        let pins = [identity.pin, UNUSED];
        let (server, answer, issuer) = serving(identity).await;
        *answer.lock().unwrap() = http(&make(&issuer, &pins));
        let phone = sleeper(&authority, &issuer);
        let failure = phone.transport.send(secret_request(&server)).await.err();
        assert_eq!(failure, Some(TransportFailure::NotTheBank), "{what}");
        let heads = server.heads();
        assert_eq!(heads.len(), 1, "{what}: {heads:?}");
        assert!(heads[0].starts_with("GET /v1/trust/pins "), "{what}");
        assert!(!heads[0].contains(SECRET), "{what}");
        let known = phone.pins.take(&pin_set_of(&issuer, 4));
        assert_eq!(known.is_ok(), what != "without this server", "{what}: the set stays as it was");
    }
}

fn pin_set_of(issuer: &str, version: u64) -> PinSet {
    let key = DeviceSigner::public_key(&anchor()).unwrap().unwrap();
    let jws = signed_pins(&anchor(), issuer, version, FOREVER, &[[4; 32], UNUSED]);
    PinSet::verified(&jws, issuer, &key).unwrap()
}

/// Only a chain that is valid in everything else is asked for a set.
#[tokio::test]
async fn a_stranger_is_not_even_asked() {
    let (trusted, other) = (Authority::new("CA"), Authority::new("Other"));
    for (authority, name) in [(&other, "localhost"), (&trusted, "bank.example")] {
        let identity = authority.identity(name);
        let pins = [identity.pin, UNUSED];
        let (server, answer, issuer) = serving(identity).await;
        *answer.lock().unwrap() = http(&signed_pins(&anchor(), &issuer, 9, FOREVER, &pins));
        let phone = sleeper(&trusted, &issuer);
        let failure = phone.transport.send(secret_request(&server)).await.err();
        assert_eq!(failure, Some(TransportFailure::NotTheBank), "{name}");
        assert_eq!(server.requests(), 0, "{name}");
    }
}
