//! Intents: parse, decide, execute once, sign the receipt (section 9).

use axum::Router;
use jiff::Timestamp;
use rusqlite::Connection;
use serde::Serialize;

use crate::server::Bank;

/// The tables of this room.
pub const SCHEMA: &str = "";

/// The routes of this room.
pub fn routes() -> Router<Bank> {
    Router::new()
}

/// What a customer may pay now; goes out with an `intent` challenge.
#[derive(Clone, Debug, Serialize)]
pub struct Limits {}

/// The limits in force for a customer at `now`.
pub fn limits(_conn: &Connection, _customer_id: &str, _now: Timestamp) -> rusqlite::Result<Limits> {
    Ok(Limits {})
}
