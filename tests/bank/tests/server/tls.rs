//! The bank over real TLS: versions, protocols, pins, and connections that are cut.

use std::sync::Arc;

use axum::body::{Body, to_bytes};
use axum::http::{Method, Request};
use base64ct::{Base64UrlUnpadded, Encoding};
use hyper_util::rt::{TokioExecutor, TokioIo};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore, SupportedProtocolVersion};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};
use tokio::io::AsyncReadExt;
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use crate::bank::TestBank;
use crate::phone::{Call, Phone};
use crate::signing::decoded;

async fn connect(
    bank: &TestBank,
    version: &'static SupportedProtocolVersion,
    protocol: &[u8],
) -> std::io::Result<TlsStream<TcpStream>> {
    let announcement = &bank.running.announcement;
    let ca = CertificateDer::from_pem_slice(announcement.ca_pem.as_bytes()).unwrap();
    let mut roots = RootCertStore::empty();
    roots.add(ca).unwrap();
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![protocol.to_vec()];
    let stream = TcpStream::connect(("127.0.0.1", announcement.port)).await?;
    let name = ServerName::try_from("localhost").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, stream).await
}

/// Sends a call over a connection of its own; an error if the connection ends without an answer.
async fn send(
    bank: &TestBank,
    protocol: &[u8],
    call: Call,
) -> Result<(u16, Vec<u8>), hyper::Error> {
    let stream = connect(bank, &rustls::version::TLS13, protocol).await.unwrap();
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(protocol));
    let io = TokioIo::new(stream);
    let uri = format!("{}{}", bank.issuer(), call.target);
    let mut request = Request::builder().method(call.method).uri(&uri);
    for (name, value) in &call.headers {
        request = request.header(*name, value);
    }
    let request = request.body(Body::from(call.body)).unwrap();
    let response = if protocol == b"h2" {
        let (mut sender, connection) =
            hyper::client::conn::http2::handshake(TokioExecutor::new(), io).await?;
        tokio::spawn(connection);
        sender.send_request(request).await?
    } else {
        let (mut sender, connection) = hyper::client::conn::http1::handshake(io).await?;
        tokio::spawn(connection);
        let (mut parts, body) = request.into_parts();
        parts.uri = call.target.parse().unwrap();
        sender.send_request(Request::from_parts(parts, body)).await?
    };
    let status = response.status().as_u16();
    let body = to_bytes(Body::new(response.into_body()), usize::MAX).await.unwrap();
    Ok((status, body.to_vec()))
}

#[tokio::test]
async fn both_http_versions_serve_signed_calls() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    for protocol in [b"h2".as_slice(), b"http/1.1"] {
        let call =
            phone.call(&bank, Method::POST, "/v1/challenges", &json!({ "purpose": "enrol" }));
        let (status, body) = send(&bank, protocol, call).await.unwrap();
        assert_eq!(status, 201, "{}", String::from_utf8_lossy(&body));
    }
}

#[tokio::test]
async fn tls_below_1_3_is_refused() {
    let bank = TestBank::start().await;
    assert!(connect(&bank, &rustls::version::TLS12, b"h2").await.is_err());
    assert!(connect(&bank, &rustls::version::TLS13, b"h2").await.is_ok());
}

#[tokio::test]
async fn the_certificate_served_is_pinned_and_a_restart_keeps_ca_and_pins() {
    let bank = TestBank::start().await;
    let restarted = TestBank::start_in(bank.folder_as_it_is()).await;
    assert_eq!(restarted.running.announcement.ca_pem, bank.running.announcement.ca_pem);
    for bank in [&bank, &restarted] {
        let stream = connect(bank, &rustls::version::TLS13, b"h2").await.unwrap();
        let set = decoded(bank.running.announcement.pin_set.split('.').nth(1).unwrap());
        assert_eq!(served_pin(&stream), set["pins"][0].as_str().unwrap());
    }
}

fn served_pin(stream: &TlsStream<TcpStream>) -> String {
    let leaf = stream.get_ref().1.peer_certificates().unwrap()[0].clone();
    // SubjectPublicKeyInfo of a P-256 key is 91 bytes with this beginning (RFC 5480).
    let begin = [0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01];
    let at = leaf.windows(begin.len()).position(|window| window == begin).unwrap();
    let spki = &leaf[at..at + 91];
    Base64UrlUnpadded::encode_string(&Sha256::digest(spki))
}

#[tokio::test]
async fn a_switch_of_keys_shows_on_new_connections_and_ends_the_old_ones() {
    let bank = TestBank::start().await;
    for protocol in [b"h2".as_slice(), b"http/1.1"] {
        let set = decoded(bank.get("/v1/trust/pins").await.text().split('.').nth(1).unwrap());
        let mut old = connect(&bank, &rustls::version::TLS13, protocol).await.unwrap();
        assert_eq!(served_pin(&old), set["pins"][0].as_str().unwrap());
        bank.control(Method::POST, "/sandbox/pins/switch", Value::Null).await.must_succeed(200);
        // Nothing was asked on it: the bank closes it, with or without a goodbye.
        old.read_to_end(&mut Vec::new()).await.ok();
        let new = connect(&bank, &rustls::version::TLS13, protocol).await.unwrap();
        assert_eq!(served_pin(&new), set["pins"][1].as_str().unwrap());
    }
}

#[tokio::test]
async fn a_lost_response_was_carried_out_and_not_one_byte_of_it_came() {
    let bank = TestBank::start().await;
    for protocol in [b"h2".as_slice(), b"http/1.1"] {
        let phone = Phone::signed_in(&bank).await;
        let challenge = phone.challenge(&bank, "enrol").await;
        let enrolment = phone.enrolment(&phone.possession_claims(&bank, &challenge));
        let post = Method::POST;
        bank.switch(json!({ "lose_response": { "path": "/v1/devices", "times": 1 } })).await;

        // A refusal does not use the switch up: nothing was carried out.
        let mut stale = phone.call(&bank, post.clone(), "/v1/devices", &enrolment);
        stale.body.push(b' ');
        assert_eq!(send(&bank, protocol, stale).await.unwrap().0, 401);

        let call = phone.call(&bank, post.clone(), "/v1/devices", &enrolment);
        assert!(send(&bank, protocol, call).await.is_err());
        let again = phone.call(&bank, post, "/v1/devices", &enrolment);
        assert_eq!(send(&bank, protocol, again).await.unwrap().0, 200, "it was enrolled before");
    }
}

#[tokio::test]
async fn what_is_no_tls_disturbs_nobody() {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let bank = TestBank::start().await;
    let mut stream =
        TcpStream::connect(("127.0.0.1", bank.running.announcement.port)).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\n\r\n").await.unwrap();
    let mut answer = Vec::new();
    // Whether it ends orderly or by a reset is TCP's affair.
    let _ended = stream.read_to_end(&mut answer).await;
    assert!(!answer.starts_with(b"HTTP"));
    assert!(connect(&bank, &rustls::version::TLS13, b"h2").await.is_ok());
}

#[tokio::test]
async fn a_stopped_bank_answers_nobody_and_leaves_no_temporary_folder() {
    let options = guichet_bank::server::Options::default();
    let running = guichet_bank::server::Bank::start(options).await.unwrap();
    let folder = running.announcement.books.parent().unwrap().to_owned();
    let port = running.announcement.port;
    assert!(folder.is_dir());
    running.stop().await.unwrap();
    assert!(!folder.exists());
    assert!(TcpStream::connect(("127.0.0.1", port)).await.is_err());
}
