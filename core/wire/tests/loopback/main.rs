//! The pinned transport against a real TLS server that is not always the bank, and does not always behave.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod clock;
mod hang_up;
mod pins;
mod server;

use std::sync::Arc;
use std::time::Duration;

use guichet_foundation::bank::BankProfile;
use guichet_foundation::ports::fakes::{FakeClock, FakeSigner};
use guichet_foundation::ports::{
    DeviceSigner, Method, Request, Response, Transport as _, TransportFailure,
};
use guichet_foundation::time::Timestamp;
use guichet_wire::base64url;
use guichet_wire::client::{BankTime, PinnedTransport, Pins, SetupFailure};
use guichet_wire::jws::Unsigned;
use guichet_wire::trust::PinSet;
use rustls::version::{TLS12, TLS13};
use serde_json::json;
use server::{Authority, Behaviour, Server};

const OK: &[u8] = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok";
const ISSUER: &str = "https://localhost";
const UNUSED: [u8; 32] = [0xEE; 32];
const FOREVER: i64 = 4_000_000_000;

fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

fn pin_set(version: u64, pins: &[[u8; 32]]) -> PinSet {
    let anchor = FakeSigner::seeded(1);
    let key = DeviceSigner::create(&anchor).unwrap();
    PinSet::verified(&signed_pins(&anchor, ISSUER, version, FOREVER, pins), ISSUER, &key).unwrap()
}

/// A pin set as this key signs it, which has to have been made.
fn signed_pins(
    key: &FakeSigner,
    issuer: &str,
    version: u64,
    expires: i64,
    pins: &[[u8; 32]],
) -> String {
    let pins: Vec<String> = pins.iter().map(|pin| base64url::encode(pin)).collect();
    let header = json!({"alg": "ES256", "typ": "guichet-pins+jwt"});
    let claims = json!({"iss": issuer, "version": version, "iat": 0, "exp": expires, "pins": pins});
    Unsigned::new(&header, &claims).sign(key).unwrap()
}

fn profile(ca_pem: Option<&str>) -> BankProfile {
    BankProfile {
        issuer: ISSUER.to_owned(),
        trust_anchor: DeviceSigner::create(&FakeSigner::seeded(1)).unwrap(),
        first_pin_set: String::new(),
        redirect_uri: String::new(),
        registration_token: String::new(),
        private_ca_pem: ca_pem.map(str::to_owned),
    }
}

struct Client {
    transport: PinnedTransport,
    pins: Pins,
    clock: FakeClock,
    time: BankTime,
}

/// A phone that trusts `authority` and pins `pins`.
fn client(authority: &Authority, pins: &[[u8; 32]]) -> Client {
    let pins = Pins::of(&pin_set(1, pins));
    let clock = FakeClock::at(at("2026-03-01T09:30:00Z"));
    let profile = profile(Some(&authority.pem));
    let time = BankTime::new(Arc::new(clock.clone()));
    let transport = PinnedTransport::new(&profile, pins.clone(), time.clone()).unwrap();
    Client { transport, pins, clock, time }
}

fn time() -> BankTime {
    BankTime::new(Arc::new(FakeClock::at(at("2026-03-01T09:30:00Z"))))
}

fn request(server: &Server, method: Method) -> Request {
    Request {
        method,
        url: format!("https://localhost:{}/v1/x", server.address.port()),
        headers: vec![("accept", "*/*".to_owned())],
        body: Vec::new(),
        timeout: Duration::from_secs(20),
        answer_limit: 10_000,
    }
}

impl Client {
    async fn get(&self, server: &Server) -> Result<Response, TransportFailure> {
        self.transport.send(request(server, Method::Get)).await
    }
}

async fn answering(authority: &Authority, behaviour: Behaviour) -> (Server, Client) {
    let identity = authority.identity("localhost");
    let client = client(authority, &[identity.pin, UNUSED]);
    (Server::start(identity, &TLS13, behaviour).await, client)
}

async fn outcome_of(behaviour: Behaviour) -> Result<Response, TransportFailure> {
    let (server, client) = answering(&Authority::new("CA"), behaviour).await;
    client.get(&server).await
}

#[tokio::test]
async fn the_bank_is_reached_and_its_connection_reused() {
    let (server, client) = answering(&Authority::new("CA"), Behaviour::Answer(OK.to_vec())).await;
    for _ in 0..3 {
        let response = client.get(&server).await.unwrap();
        assert_eq!((response.status, response.body.as_slice()), (200, b"ok".as_slice()));
    }
    assert_eq!((server.requests(), server.connections()), (3, 1));
    let traffic = client.transport.traffic();
    assert_eq!((traffic.requests, traffic.handshakes), (3, 1));
    assert_eq!(traffic.bytes_received, 3 * OK.len() as u64);
    assert!(traffic.bytes_sent > 3 * 50, "{traffic:?}");
}

#[tokio::test]
async fn a_pin_of_the_authority_is_as_good_as_one_of_the_server() {
    let authority = Authority::new("CA");
    let client = client(&authority, &[authority.pin(), UNUSED]);
    let identity = authority.identity("localhost");
    let server = Server::start(identity, &TLS13, Behaviour::Answer(OK.to_vec())).await;
    assert_eq!(client.get(&server).await.unwrap().status, 200);
}

/// The pinned key has to be on the validated path; sending its certificate along proves nothing.
#[tokio::test]
async fn a_pinned_certificate_beside_the_chain_does_not_count() {
    let (authority, pinned) = (Authority::new("CA"), Authority::new("Pinned"));
    let client = client(&authority, &[pinned.pin(), UNUSED]);
    let identity = authority.identity("localhost").sending(&pinned);
    let server = Server::start(identity, &TLS13, Behaviour::Answer(OK.to_vec())).await;
    assert_eq!(client.get(&server).await.err(), Some(TransportFailure::NotTheBank));
}

#[tokio::test]
async fn a_pinned_key_under_another_authority_is_not_the_bank() {
    let (trusted, other) = (Authority::new("CA"), Authority::new("Other"));
    let identity = other.identity("localhost");
    let client = client(&trusted, &[identity.pin, UNUSED]);
    let server = Server::start(identity, &TLS13, Behaviour::Answer(OK.to_vec())).await;
    assert_eq!(client.get(&server).await.err(), Some(TransportFailure::NotTheBank));
}

#[tokio::test]
async fn a_certificate_for_another_name_is_not_the_bank() {
    let authority = Authority::new("CA");
    let identity = authority.identity("bank.example");
    let client = client(&authority, &[identity.pin, UNUSED]);
    let server = Server::start(identity, &TLS13, Behaviour::Answer(OK.to_vec())).await;
    assert_eq!(client.get(&server).await.err(), Some(TransportFailure::NotTheBank));
}

#[tokio::test]
async fn an_old_tls_is_not_the_bank() {
    let authority = Authority::new("CA");
    let identity = authority.identity("localhost");
    let client = client(&authority, &[identity.pin, UNUSED]);
    let server = Server::start(identity, &TLS12, Behaviour::Answer(OK.to_vec())).await;
    assert_eq!(client.get(&server).await.err(), Some(TransportFailure::NotTheBank));
}

#[tokio::test]
async fn without_pins_nobody_is_the_bank() {
    let authority = Authority::new("CA");
    let identity = authority.identity("localhost");
    let profile = profile(Some(&authority.pem));
    let transport = PinnedTransport::new(&profile, Pins::default(), time()).unwrap();
    let server = Server::start(identity, &TLS13, Behaviour::Answer(OK.to_vec())).await;
    let answer = transport.send(request(&server, Method::Get)).await;
    assert_eq!(answer.err(), Some(TransportFailure::NotTheBank));
}

/// The twin: with the system's roots the private authority is a stranger.
#[tokio::test]
async fn without_the_private_authority_its_server_is_not_the_bank() {
    let authority = Authority::new("CA");
    let identity = authority.identity("localhost");
    let pins = Pins::of(&pin_set(1, &[identity.pin, UNUSED]));
    let transport = PinnedTransport::new(&profile(None), pins, time()).unwrap();
    let server = Server::start(identity, &TLS13, Behaviour::Answer(OK.to_vec())).await;
    let answer = transport.send(request(&server, Method::Get)).await;
    assert_eq!(answer.err(), Some(TransportFailure::NotTheBank));
}

#[test]
fn a_private_authority_has_to_be_a_certificate() {
    for pem in ["", "garbage", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"] {
        let made = PinnedTransport::new(&profile(Some(pem)), Pins::default(), time());
        assert_eq!(made.err(), Some(SetupFailure::PrivateCa), "{pem}");
    }
}

#[tokio::test]
async fn nobody_listening_is_no_connection() {
    let authority = Authority::new("CA");
    let (server, client) = answering(&authority, Behaviour::Reset).await;
    let mut request = request(&server, Method::Post);
    // Port 1 of the loopback: reserved, and nobody listens there.
    request.url = "https://localhost:1/v1/x".to_owned();
    let failure = client.transport.send(request).await.err();
    assert_eq!(failure, Some(TransportFailure::NotConnected));
    assert!(!TransportFailure::NotConnected.may_have_reached_bank());
}

#[tokio::test]
async fn plain_http_is_never_spoken() {
    let (server, client) = answering(&Authority::new("CA"), Behaviour::Answer(OK.to_vec())).await;
    let mut request = request(&server, Method::Get);
    request.url = request.url.replace("https://", "http://");
    let failure = client.transport.send(request).await.err();
    assert_eq!(failure, Some(TransportFailure::NotConnected));
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_not_followed() {
    let moved = b"HTTP/1.1 307 X\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n";
    let (server, client) =
        answering(&Authority::new("CA"), Behaviour::Answer(moved.to_vec())).await;
    assert_eq!(client.get(&server).await.unwrap().status, 307);
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn a_body_over_the_limit_is_not_read_to_its_end() {
    let declared = b"HTTP/1.1 200 OK\r\ncontent-length: 100000000\r\n\r\n".to_vec();
    let declared = outcome_of(Behaviour::Stall(declared)).await;
    assert_eq!(declared.err(), Some(TransportFailure::Unreadable));
    let endless = outcome_of(Behaviour::Endless).await;
    assert_eq!(endless.err(), Some(TransportFailure::Unreadable));
}

#[tokio::test]
async fn a_body_of_just_the_limit_is_read() {
    let mut answer = b"HTTP/1.1 200 OK\r\ncontent-length: 10000\r\n\r\n".to_vec();
    answer.extend_from_slice(&[b'x'; 10_000]);
    assert_eq!(outcome_of(Behaviour::Answer(answer)).await.unwrap().body.len(), 10_000);
}

#[tokio::test]
async fn an_answer_cut_short_is_broken() {
    for cut in [
        b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf".to_vec(),
        b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab".to_vec(),
        b"HTTP/1.1 200 O".to_vec(),
        Vec::new(),
    ] {
        let shown = String::from_utf8_lossy(&cut).into_owned();
        let failure = outcome_of(Behaviour::Close(cut)).await.err();
        assert_eq!(failure, Some(TransportFailure::Broken), "{shown}");
    }
}

#[tokio::test]
async fn a_reset_is_broken_and_sent_once() {
    let (server, client) = answering(&Authority::new("CA"), Behaviour::Reset).await;
    let failure = client.transport.send(request(&server, Method::Post)).await.err();
    assert_eq!(failure, Some(TransportFailure::Broken));
    assert_eq!(server.requests(), 1);
}

#[tokio::test]
async fn silence_times_out_wherever_it_begins() {
    for said in [
        Vec::new(),
        b"HTTP/1.1 200 OK\r\ncontent-le".to_vec(),
        b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf".to_vec(),
    ] {
        let (server, client) = answering(&Authority::new("CA"), Behaviour::Stall(said)).await;
        let mut request = request(&server, Method::Get);
        request.timeout = Duration::from_millis(300);
        let failure = client.transport.send(request).await.err();
        assert_eq!(failure, Some(TransportFailure::TimedOut));
    }
}

#[tokio::test]
async fn what_is_not_http_is_unreadable() {
    for garbage in [b"\x00\x01\x02 garbage\r\n\r\n".to_vec(), b"SSH-2.0-OpenSSH\r\n\r\n".to_vec()] {
        let failure = outcome_of(Behaviour::Answer(garbage)).await.err();
        assert_eq!(failure, Some(TransportFailure::Unreadable));
    }
}

#[tokio::test]
async fn a_request_with_a_line_feed_in_a_header_is_not_sent() {
    let (server, client) = answering(&Authority::new("CA"), Behaviour::Answer(OK.to_vec())).await;
    let mut request = request(&server, Method::Get);
    request.headers.push(("dpop", "a\r\nx: y".to_owned()));
    let failure = client.transport.send(request).await.err();
    assert_eq!(failure, Some(TransportFailure::NotConnected));
    assert_eq!(server.requests(), 0);
}
