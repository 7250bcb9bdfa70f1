use guichet_foundation::ports::Slot;
use guichet_session::{BankCalls as _, Call, CallFailure, NotSent, Session, Standing};
use serde_json::json;

use crate::support::{Server, TestPhone, sign_in};

const TOKEN: &str = "/token";
/// Longer than an access token lives, and than validators forgive.
const A_WHILE_S: u64 = 400;

async fn call(session: &Session) -> Result<u16, CallFailure> {
    session.call(Call::get("/v1/accounts")).await.map(|reply| reply.status)
}

async fn a_while_passes(server: &Server, phone: &TestPhone) {
    server.move_clock(A_WHILE_S.cast_signed()).await;
    phone.clock.advance(A_WHILE_S);
}

fn refresh_token(phone: &TestPhone) -> String {
    phone.kept(Slot::Tokens)["refresh"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn an_expired_token_is_refreshed_whether_the_server_rotates_or_not() {
    for rotate in [false, true] {
        let server = Server::start().await;
        if rotate {
            server.rotate_refresh_tokens().await;
        }
        let phone = TestPhone::for_bank(&server);
        let session = phone.signed_in(&server).await;
        let mut before = refresh_token(&phone);
        for _ in 0..3 {
            a_while_passes(&server, &phone).await;
            let requests = server.count("POST /token").await;
            assert_eq!(call(&session).await, Ok(200));
            // The nonce has ended as well, which costs the second one.
            assert_eq!(server.count("POST /token").await - requests, 2);
            let after = refresh_token(&phone);
            assert_eq!(after != before, rotate, "rotate: {rotate}");
            before = after;
        }
    }
}

/// The phone's clock stands still, or somebody holds it: the server's word counts.
#[tokio::test]
async fn a_token_the_resource_refuses_is_refreshed_once_and_the_call_repeated() {
    let server = Server::start().await;
    let phone = TestPhone::for_bank(&server);
    let session = phone.signed_in(&server).await;
    assert_eq!(call(&session).await, Ok(200));
    server.order(json!({"do": "end_access_tokens"})).await;
    let before = server.count("POST /token").await;
    assert_eq!(call(&session).await, Ok(200));
    assert_eq!(server.count("POST /token").await - before, 1);
}

#[tokio::test]
async fn invariant_09_one_refresh_for_everybody_who_waits() {
    for rotate in [false, true] {
        let server = Server::start().await;
        if rotate {
            server.rotate_refresh_tokens().await;
        }
        let phone = TestPhone::for_bank(&server);
        let session = phone.signed_in(&server).await;
        server.order(json!({"do": "end_access_tokens"})).await;
        let before = server.count("POST /token").await;
        let mut calls = tokio::task::JoinSet::new();
        for _ in 0..50 {
            let session = session.clone();
            calls.spawn(async move { call(&session).await });
        }
        assert!(calls.join_all().await.iter().all(|answer| *answer == Ok(200)));
        assert_eq!(server.count("POST /token").await - before, 1, "rotate: {rotate}");
    }
}

/// RFC 9700 section 4.14.2: a rotated token used again is a sign of theft, and ends the family for both.
#[tokio::test]
async fn reuse_of_a_rotated_token_ends_the_family_and_the_session() {
    let server = Server::start().await;
    server.rotate_refresh_tokens().await;
    let phone = TestPhone::for_bank(&server);
    let session = phone.signed_in(&server).await;
    let thief = phone.stolen();
    a_while_passes(&server, &phone).await;
    thief.clock.advance(A_WHILE_S);
    assert_eq!(call(&session).await, Ok(200));
    assert_eq!(call(&thief.open()).await, Err(CallFailure::SignedOut), "the thief");
    a_while_passes(&server, &phone).await;
    assert_eq!(call(&session).await, Err(CallFailure::SignedOut), "the customer");
    assert_eq!(session.standing(), Standing::Registered);
    sign_in(&session, &server).await.unwrap();
    assert_eq!(call(&session).await, Ok(200));
}

#[tokio::test]
async fn a_lost_answer_costs_nothing_where_the_server_keeps_the_token() {
    let server = Server::start().await;
    let phone = TestPhone::for_bank(&server);
    let session = phone.signed_in(&server).await;
    server.order(json!({"do": "end_access_tokens"})).await;
    phone.taps.lose_answer(TOKEN);
    assert_eq!(call(&session).await, Err(NotSent::NotReady.into()));
    assert_eq!(call(&session).await, Ok(200));
}

/// This server gives no second chance: to it the phone that asks again is the thief. The customer signs in again, no more.
#[tokio::test]
async fn a_lost_answer_ends_the_session_where_a_rotated_token_is_good_once() {
    let server = Server::start().await;
    server.rotate_refresh_tokens().await;
    let phone = TestPhone::for_bank(&server);
    let session = phone.signed_in(&server).await;
    server.order(json!({"do": "end_access_tokens"})).await;
    phone.taps.lose_answer(TOKEN);
    assert_eq!(call(&session).await, Err(NotSent::NotReady.into()));
    assert_eq!(call(&session).await, Err(CallFailure::SignedOut));
    assert_eq!(session.standing(), Standing::Registered);
    sign_in(&session, &server).await.unwrap();
    assert_eq!(call(&session).await, Ok(200));
}

#[tokio::test]
async fn a_grant_that_the_server_has_ended_ends_the_session() {
    let server = Server::start().await;
    let phone = TestPhone::for_bank(&server);
    let session = phone.signed_in(&server).await;
    server.order(json!({"do": "end_grants_of", "client_id": phone.client_id()})).await;
    phone.clock.advance(A_WHILE_S);
    assert_eq!(call(&session).await, Err(CallFailure::SignedOut));
    assert_eq!(session.standing(), Standing::Registered);
    sign_in(&session, &server).await.unwrap();
}

#[tokio::test]
async fn a_refresh_token_that_has_expired_ends_the_session() {
    let server = Server::start().await;
    let phone = TestPhone::for_bank(&server);
    let session = phone.signed_in(&server).await;
    server.move_clock(2 * 86_400).await;
    phone.clock.advance(2 * 86_400);
    assert_eq!(call(&session).await, Err(CallFailure::SignedOut));
}
