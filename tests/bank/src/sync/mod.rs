//! Accounts and transactions by cursor (section 8).

use axum::Router;

use crate::server::Bank;

/// The tables of this room.
pub const SCHEMA: &str = "";

/// The routes of this room.
pub fn routes() -> Router<Bank> {
    Router::new()
}
