//! Closing connections whose buffers hold what went through them.

use super::*;

#[tokio::test]
async fn hanging_up_closes_the_connection_that_was_kept() {
    let (server, client) = answering(&Authority::new("CA"), Behaviour::Answer(OK.to_vec())).await;
    client.get(&server).await.unwrap();
    server.until_open(1).await;
    client.transport.hang_up();
    server.until_open(0).await;
    client.get(&server).await.unwrap();
    assert_eq!(server.connections(), 2, "the next request makes a connection of its own");
}

/// A request that the server has and does not answer.
async fn under_way(
    server: &Server,
    client: &Client,
) -> tokio::task::JoinHandle<Result<Response, TransportFailure>> {
    let (transport, request) = (client.transport.clone(), request(server, Method::Post));
    let sending = tokio::spawn(async move { transport.send(request).await });
    while server.requests() == 0 {
        tokio::task::yield_now().await;
    }
    sending
}

#[tokio::test]
async fn cutting_off_ends_a_request_under_way_and_hanging_up_does_not() {
    let (server, client) = answering(&Authority::new("CA"), Behaviour::Stall(Vec::new())).await;
    let sending = under_way(&server, &client).await;
    client.transport.hang_up();
    for _ in 0..1_000 {
        tokio::task::yield_now().await;
    }
    assert!(!sending.is_finished());
    client.transport.cut_off();
    assert_eq!(sending.await.unwrap().err(), Some(TransportFailure::Broken));
}
