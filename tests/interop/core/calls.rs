use guichet_foundation::ports::Request;
use guichet_session::{BankCalls as _, Call, CallFailure, NotSent, Reply, Session};
use guichet_wire::message_signature::content_digest;
use serde_json::{Value, json};

use crate::support::{Server, TestPhone, header, proof_by_a_stranger, set_header};

const PATH: &str = "/v1/transfers";
const ACCOUNTS: &str = "/v1/accounts";

fn change() -> Call {
    Call::post(format!("{PATH}?dry=no&name=%E6%9D%8E"), br#"{"amount": "1"}"#.to_vec())
}

fn answer(reply: &Reply) -> Value {
    serde_json::from_slice(&reply.body).unwrap()
}

async fn ready(server: &Server) -> (TestPhone, Session) {
    let phone = TestPhone::for_bank(server);
    let session = phone.signed_in(server).await;
    session.call(Call::get(ACCOUNTS)).await.unwrap();
    (phone, session)
}

type Alteration = fn(&mut Request);

/// RFC 9421 by npm `http-message-signatures`, RFC 9449 by npm `oauth4webapi`.
#[tokio::test]
async fn a_change_is_signed_as_another_implementation_verifies_it() {
    let server = Server::start().await;
    let (_phone, session) = ready(&server).await;
    for call in [change(), Call::post(PATH, Vec::new()), Call::delete("/v1/devices/d-1")] {
        let reply = session.call(call).await.unwrap();
        let signed = json!({"tag": "guichet-v1", "alg": "ecdsa-p256-sha256"});
        assert_eq!((reply.status, &answer(&reply)["signed"]), (200, &signed));
    }
    assert_eq!(server.count("POST /v1/transfers").await, 2, "no call needed a second try");
}

/// The twin: whatever is changed between phone and server, the other implementation notices.
#[tokio::test]
async fn a_change_altered_on_the_way_is_refused() {
    let server = Server::start().await;
    let (phone, session) = ready(&server).await;
    let alterations: [(&str, Alteration); 6] = [
        ("body", |request| request.body = br#"{"amount": "9"}"#.to_vec()),
        ("body and digest", |request| {
            request.body = br#"{"amount": "9"}"#.to_vec();
            set_header(request, "content-digest", content_digest(&request.body));
        }),
        ("query", |request| request.url = request.url.replace("dry=no", "dry=yes")),
        ("no signature", |request| request.headers.retain(|(name, _)| *name != "signature")),
        ("no input", |request| request.headers.retain(|(name, _)| *name != "signature-input")),
        ("tag", |request| {
            let other = header(request, "signature-input").replace("guichet-v1", "guichet-v2");
            set_header(request, "signature-input", other);
        }),
    ];
    for (what, alter) in alterations {
        phone.taps.alter(PATH, 1, alter);
        assert_eq!(session.call(change()).await.err(), Some(NotSent::Refused.into()), "{what}");
    }
    assert_eq!(session.call(change()).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_proof_of_another_key_or_for_another_address_is_refused() {
    let server = Server::start().await;
    let (phone, session) = ready(&server).await;
    // Once with the token at hand, once with the one that is fetched because of the refusal.
    phone.taps.alter(ACCOUNTS, 2, proof_by_a_stranger);
    let refused = session.call(Call::get(ACCOUNTS)).await;
    assert_eq!(refused.err(), Some(NotSent::Refused.into()), "key");
    phone.taps.alter(ACCOUNTS, 1, |request| {
        request.url = request.url.replace("accounts", "devices");
    });
    let refused = session.call(Call::get(ACCOUNTS)).await;
    assert_eq!(refused.err(), Some(NotSent::Refused.into()), "address");
    assert_eq!(session.call(Call::get(ACCOUNTS)).await.unwrap().status, 200);
}

#[tokio::test]
async fn a_proof_is_good_once() {
    let server = Server::start().await;
    let (phone, session) = ready(&server).await;
    let used = phone.taps.overhear(ACCOUNTS, |request| header(request, "dpop").to_owned());
    assert_eq!(session.call(Call::get(ACCOUNTS)).await.unwrap().status, 200);
    phone.taps.alter(ACCOUNTS, 1, move |request| {
        set_header(request, "dpop", used.lock().unwrap().clone());
    });
    let replayed = session.call(Call::get(ACCOUNTS)).await;
    assert_eq!(replayed.err(), Some(NotSent::Refused.into()));
}

/// A nonce that has ended costs one more request, on the resource and on the authorization server.
#[tokio::test]
async fn a_call_survives_that_its_nonce_has_ended() {
    let server = Server::start().await;
    let (phone, session) = ready(&server).await;
    server.order(json!({"do": "forget_nonces"})).await;
    assert_eq!(session.call(change()).await.unwrap().status, 200);
    assert_eq!(server.count("POST /v1/transfers").await, 2);

    let before = server.count("POST /token").await;
    server.move_clock(900).await;
    phone.clock.advance(900);
    assert_eq!(session.call(change()).await.unwrap().status, 200);
    assert_eq!(server.count("POST /token").await - before, 2);
}

#[tokio::test]
async fn a_call_without_a_session_is_not_sent() {
    let server = Server::start().await;
    let session = TestPhone::for_bank(&server).open();
    assert_eq!(session.call(change()).await.err(), Some(CallFailure::SignedOut));
    assert_eq!(server.count("POST /v1/transfers").await, 0);
}
