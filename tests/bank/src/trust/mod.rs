//! Trust documents: the pin set and the list of receipt keys (section 4).

mod pins;
mod receipt_keys;

use axum::Router;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::middleware::from_fn_with_state;
use axum::response::{IntoResponse, Response};
use axum::routing::get;

use crate::calls::ApiError;
use crate::server::{Bank, attach_nonce};

pub use pins::{current as current_pins, publish as publish_pins};
pub use receipt_keys::publish as publish_receipt_key;

/// The tables of this room: every version there ever was.
pub const SCHEMA: &str = "
CREATE TABLE pin_set (
    version INTEGER PRIMARY KEY,
    iat     INTEGER NOT NULL,
    exp     INTEGER NOT NULL,
    pins    TEXT NOT NULL
) STRICT;

CREATE TABLE receipt_key (
    version INTEGER PRIMARY KEY,
    kid     TEXT NOT NULL UNIQUE,
    key     TEXT NOT NULL,
    iat     INTEGER NOT NULL,
    nbf     INTEGER NOT NULL,
    exp     INTEGER NOT NULL
) STRICT;
";

/// The routes of this room. A phone's first request of all is one of them: its answer brings a nonce,
/// so that the first request with a proof need not be repeated.
pub fn routes(bank: &Bank) -> Router<Bank> {
    Router::new()
        .route("/v1/trust/pins", get(show_pins))
        .route("/v1/trust/receipt-keys", get(show_receipt_keys))
        .layer(from_fn_with_state(bank.clone(), attach_nonce))
}

async fn show_pins(State(bank): State<Bank>) -> Result<Response, ApiError> {
    bank.store.read(|conn| pins::current(conn, &bank)).map(document)
}

async fn show_receipt_keys(State(bank): State<Bank>) -> Result<Response, ApiError> {
    bank.store.read(|conn| receipt_keys::current(conn, &bank)).map(document)
}

fn document(jws: String) -> Response {
    ([(CONTENT_TYPE, "application/jwt"), (CACHE_CONTROL, "no-store")], jws).into_response()
}
