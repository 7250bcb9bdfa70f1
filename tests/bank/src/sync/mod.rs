//! Accounts and transactions by cursor (section 8).

mod cursor;
mod handler;
mod page;
mod secret;

use axum::Router;
use axum::routing::get;

pub use cursor::{CursorKey, Position};
pub use page::{Page, page};
pub use secret::{cursor_key, keep_cursor_key};

use crate::server::Bank;

/// The tables of this room.
pub const SCHEMA: &str =
    "CREATE TABLE cursor_key (id INTEGER PRIMARY KEY CHECK (id = 1), key BLOB NOT NULL) STRICT;";

/// The routes of this room.
pub fn routes() -> Router<Bank> {
    Router::new().route("/v1/sync", get(handler::get_sync))
}
