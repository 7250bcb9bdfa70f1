//! Headers that answers carry whatever the handler says: `Date` by the bank's clock, and a nonce.

use axum::extract::{Request, State};
use axum::http::HeaderValue;
use axum::http::header::{CACHE_CONTROL, DATE, STRICT_TRANSPORT_SECURITY};
use axum::middleware::Next;
use axum::response::Response;

use super::Bank;
use crate::dpop::NONCE_HEADER;

/// Two years, for this host and below, and meant for the browsers' own lists.
const ALWAYS_TLS: &str = "max-age=63072000; includeSubDomains; preload";

/// `Date` (RFC 9110 section 6.6.1): phones set their idea of the time by it. And to browsers that this
/// bank speaks TLS only (RFC 6797), except of `localhost`, which is everybody's.
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
    if !bank.issuer.starts_with("https://localhost") {
        let value = HeaderValue::from_static(ALWAYS_TLS);
        response.headers_mut().insert(STRICT_TRANSPORT_SECURITY, value);
    }
    response
}

/// `DPoP-Nonce` on every answer where a proof is demanded, and on trust documents, so that the next
/// request needs no repeat. No cache keeps it (RFC 9449 section 8.2).
pub async fn attach_nonce(State(bank): State<Bank>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    if let Ok(value) = HeaderValue::from_str(&bank.dpop.nonce(bank.clock.seconds())) {
        response.headers_mut().insert(NONCE_HEADER, value);
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    response
}
