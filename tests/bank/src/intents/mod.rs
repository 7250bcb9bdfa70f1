//! Intents: read strictly, judged in the protocol's order, executed once, answered with a signed
//! receipt (section 9).

mod display;
mod execute;
mod form;
mod handlers;
mod judge;
mod limits;
mod memory;
mod object;
mod reason;
mod receipt;
mod submit;
mod terms;
mod text;

use axum::Router;
use axum::routing::{get, post};

pub use display::{digest as display_digest, text as display_text};
pub use judge::signing_input;
pub use limits::{LevelLimits, LimitTable, Limits, limits};
pub use object::{Display, Intent, LIFE_SECONDS_MAX, Locale, Malformed, Suite, Version};
pub use reason::Reason;
pub use receipt::{Outcome, RECEIPT_TYPE, Receipt, Subject};
pub use submit::{Answer, Desk, SubmitError, Submitter, status, submit};

pub use terms::*;
pub use text::is_valid_terms;

use crate::server::Bank;

/// The tables of this room.
pub const SCHEMA: &str = include_str!("schema.sql");

/// The routes of this room.
pub fn routes() -> Router<Bank> {
    Router::new()
        .route("/v1/intents", post(handlers::post_intent))
        .route("/v1/intents/{id}", get(handlers::get_intent))
}
