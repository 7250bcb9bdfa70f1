//! The switches at work around every public route.
//!
//! Losing and spoiling count answers of success only: a request that was sent back for a nonce was
//! not carried out, and its answer is not the one a test wants to lose.

use core::time::Duration;

use axum::Json;
use axum::extract::{MatchedPath, Request, State};
use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde_json::json;

use super::{Bank, ConnectionHandle, garble};
use crate::calls::ErrorCode;
use crate::switches::Failure;

pub(super) async fn around(State(bank): State<Bank>, request: Request, next: Next) -> Response {
    let method = request.method().clone();
    let path = request.uri().path().to_owned();
    let route = request.extensions().get::<MatchedPath>().cloned();
    let route = route.as_ref().map_or("unknown", MatchedPath::as_str);
    bank.counters.count(&method, route);

    let delay_ms = bank.switches.delay_ms();
    if delay_ms > 0 {
        tokio::time::sleep(Duration::from_millis(delay_ms)).await;
    }
    if let Some(failure) = bank.switches.failure(&method, &path) {
        return fail(&failure);
    }
    let connection = request.extensions().get::<ConnectionHandle>().cloned();
    let response = next.run(request).await;
    // The route, never the path: a path may name an intent or a device.
    tracing::info!("{method} {route} {}", response.status().as_u16());
    if !response.status().is_success() {
        return response;
    }
    if let Some(connection) = connection
        && bank.switches.loses_response(&method, &path)
    {
        connection.cut().await;
    }
    match bank.switches.garbling(&method, &path) {
        Some(how) => garble::spoil(response, how).await,
        None => response,
    }
}

fn fail(failure: &Failure) -> Response {
    let status = StatusCode::from_u16(failure.status).unwrap_or(StatusCode::SERVICE_UNAVAILABLE);
    let error = match status {
        StatusCode::TOO_MANY_REQUESTS => ErrorCode::SlowDown.as_str(),
        status if status.is_client_error() => ErrorCode::InvalidRequest.as_str(),
        _ => ErrorCode::Unavailable.as_str(),
    };
    let body = Json(json!({ "error": error, "error_description": "a switch of the sandbox" }));
    let mut response = (status, body).into_response();
    if let Some(seconds) = failure.retry_after_s {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    response
}
