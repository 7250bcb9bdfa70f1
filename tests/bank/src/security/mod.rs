//! The customer's security centre (section 7.5): what happened that this very device did not do,
//! whether payments are frozen, and the bank's own page for whoever has lost the phone.
//!
//! A notice is written in the transaction of what it tells of: there is never one without the other.

mod calls;
mod freeze;
mod headers;
mod notices;
mod page;

use axum::Router;
use axum::routing::{get, post};

pub use freeze::{freeze, frozen_at, is_frozen, unfreeze};
pub use headers::{ProvenDevice, attach_security};
pub use notices::{Kind, News, begin_for_device, tell};

use crate::server::Bank;

/// The tables of this room.
pub const SCHEMA: &str = include_str!("schema.sql");

/// The calls of this room.
pub fn routes() -> Router<Bank> {
    Router::new()
        .route("/v1/security", get(calls::show))
        .route("/v1/security/acknowledge", post(calls::acknowledge))
        .route("/v1/security/freeze", post(calls::freeze_payments))
        .route("/v1/security/unfreeze", post(calls::unfreeze_payments))
}

/// The page of this room.
pub fn page_routes() -> Router<Bank> {
    page::routes()
}
