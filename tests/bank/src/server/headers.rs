//! Headers that answers carry whatever the handler says: `Date` by the bank's clock, and a nonce.

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::DATE;
use axum::middleware::Next;
use axum::response::Response;

use super::Bank;
use crate::dpop::NONCE_HEADER;

/// `Date` (RFC 9110 section 6.6.1): phones set their idea of the time by it.
pub(super) async fn attach_date(
    State(bank): State<Bank>,
    request: Request,
    next: Next,
) -> Response {
    let mut response = next.run(request).await;
    let date = bank.clock.now().strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    if let Ok(value) = HeaderValue::from_str(&date) {
        response.headers_mut().insert(DATE, value);
    }
    response
}

/// `DPoP-Nonce` on every answer where a proof is demanded, and on trust documents, so that the next
/// request needs no repeat.
pub async fn attach_nonce(State(bank): State<Bank>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&bank.dpop.nonce(bank.clock.seconds())) {
        response.headers_mut().insert(NONCE_HEADER, value);
    }
    response
}
