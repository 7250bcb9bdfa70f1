//! Step-up (RFC 9470, section 5.1): calls that want the customer to have shown, just now, to be there.
//!
//! A handler calls [`require`] before it does anything; a refusal names the ways that will do. Two of
//! them are shown with `POST /v1/step-up`, the third on the bank's sign-in page.

mod prove;

use axum::Router;
use axum::routing::post;
use rusqlite::Transaction;

pub use crate::oauth::Acr;
use crate::oauth::{self, Authentication};
use crate::server::Bank;

use super::{ApiError, Caller};

/// The routes of this room.
pub fn routes() -> Router<Bank> {
    Router::new().route("/v1/step-up", post(prove::prove))
}

/// Refuses (401 `insufficient_user_authentication`) unless the caller's customer has shown to be there
/// in one of the ways `acrs`, given in the order the bank likes them, within the last `max_age_s`
/// seconds. Nothing may have happened before.
pub fn require(caller: &Caller, acrs: &[Acr], max_age_s: i64) -> Result<(), ApiError> {
    if is_met(caller.authentications(), acrs, max_age_s, caller.at) {
        return Ok(());
    }
    Err(ApiError::step_up(acrs, max_age_s))
}

/// [`require`] as things stand in the transaction that acts: what has been outdated since the call came
/// (a freeze) counts no more, however close the race.
pub fn require_in(
    tx: &Transaction<'_>,
    caller: &Caller,
    acrs: &[Acr],
    max_age_s: i64,
) -> Result<(), ApiError> {
    if is_met(&oauth::authentications(tx, caller.grant_id())?, acrs, max_age_s, caller.at) {
        return Ok(());
    }
    Err(ApiError::step_up(acrs, max_age_s))
}

/// A time that is still to come (the bank's clock was set back) counts for nothing.
pub(super) fn is_met(shown: &[Authentication], acrs: &[Acr], max_age_s: i64, now: i64) -> bool {
    let fresh = |shown: &&Authentication| (0..=max_age_s).contains(&now.saturating_sub(shown.at));
    shown.iter().filter(fresh).any(|shown| acrs.iter().any(|asked| asked.is_met_by(shown.acr)))
}
