//! `POST /v1/devices/revoke-others` (section 7.3): this device stays, nothing else does.

use axum::Json;
use axum::extract::State;
use rusqlite::Transaction;
use serde::Serialize;

use super::revoke::{Revocation, require_step_up, revoke};
use crate::calls::{ApiError, EnrolledCaller};
use crate::oauth;
use crate::server::Bank;

#[derive(Serialize)]
pub(super) struct Answer {
    revoked: usize,
}

pub(super) async fn revoke_others(
    State(bank): State<Bank>,
    caller: EnrolledCaller,
) -> Result<Json<Answer>, ApiError> {
    require_step_up(caller.caller())?;
    let now = bank.clock.seconds();
    let revoked = bank.store.write(|tx| revoke_all_but(tx, &caller, now))?;
    Ok(Json(Answer { revoked }))
}

/// Also ends what a phone holds that signed in and has not enrolled: it is on no list to pick it from.
fn revoke_all_but(
    tx: &Transaction<'_>,
    caller: &EnrolledCaller,
    now: i64,
) -> rusqlite::Result<usize> {
    let others: Vec<String> = tx
        .prepare_cached(
            "SELECT device_id FROM device
             WHERE customer_id = ?1 AND device_id <> ?2 AND revoked_at IS NULL",
        )?
        .query_map([&caller.customer_id, &caller.device_id], |row| row.get(0))?
        .collect::<rusqlite::Result<_>>()?;
    for device_id in &others {
        let revocation = Revocation {
            device_id,
            customer_id: Some(&caller.customer_id),
            by_device_id: Some(&caller.device_id),
        };
        revoke(tx, revocation, now)?;
    }
    oauth::end_others_of_customer(tx, &caller.customer_id, &caller.client_id, now)?;
    Ok(others.len())
}
