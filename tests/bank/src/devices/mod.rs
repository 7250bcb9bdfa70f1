//! Devices: enrolled installations with their approval keys (section 7).
//!
//! A device belongs to one client for ever. A revoked one stays as a mark, so that its client learns
//! of it, with a signed notice, whenever it proves its key.

mod enrol;
mod list;
mod renew;
mod revoke;
mod revoke_others;

use axum::Router;
use axum::routing::{delete, post, put};
use rusqlite::{Connection, OptionalExtension, params};

use crate::calls::ApiError;
use crate::jws::VerifyingKey;
use crate::oauth::Session;
use crate::server::Bank;

pub use list::{Device, of_customer};
pub use renew::require_step_up as require_step_up_for_a_new_key;
pub use revoke::{NoticeError, Revocation, Revoked, notice_for_client, require_step_up, revoke};

/// The tables of this room.
pub const SCHEMA: &str = "
CREATE TABLE device (
    device_id           TEXT PRIMARY KEY,
    client_id           TEXT NOT NULL UNIQUE REFERENCES client (client_id),
    customer_id         TEXT NOT NULL REFERENCES customer (customer_id),
    name                TEXT NOT NULL,
    platform            TEXT NOT NULL,
    approval_key        TEXT NOT NULL,
    approval_thumbprint TEXT NOT NULL,
    enrolled_at         INTEGER NOT NULL,
    last_seen_at        INTEGER NOT NULL,
    revoked_at          INTEGER
) STRICT;
CREATE INDEX device_customer ON device (customer_id);
CREATE INDEX device_approval_key ON device (approval_thumbprint);
";

/// Seconds between two notes of a device having been seen.
const SEEN_EVERY_S: i64 = 60;

/// The routes of this room.
pub fn routes() -> Router<Bank> {
    Router::new()
        .route("/v1/devices", post(enrol::enrol).get(list::list))
        .route("/v1/devices/revoke-others", post(revoke_others::revoke_others))
        .route("/v1/devices/{device_id}", delete(revoke::revoke_own))
        .route("/v1/devices/current/approval-key", put(renew::renew))
}

/// The device that a client is for a customer, revoked or not.
pub fn of_client(
    conn: &Connection,
    client_id: &str,
    customer_id: &str,
) -> rusqlite::Result<Option<String>> {
    conn.query_row(
        "SELECT device_id FROM device WHERE client_id = ?1 AND customer_id = ?2",
        [client_id, customer_id],
        |row| row.get(0),
    )
    .optional()
}

/// The approval key enrolled for a device that is not revoked.
pub fn approval_key(conn: &Connection, device_id: &str) -> rusqlite::Result<Option<VerifyingKey>> {
    let jwk: Option<String> = conn
        .query_row(
            "SELECT approval_key FROM device WHERE device_id = ?1 AND revoked_at IS NULL",
            [device_id],
            |row| row.get(0),
        )
        .optional()?;
    Ok(jwk.and_then(|text| VerifyingKey::from_jwk_text(&text)))
}

/// The enrolled device of a session, if it has one; notes that it was seen. A revoked device is told
/// so instead.
pub fn current(bank: &Bank, session: &Session, now: i64) -> Result<Option<String>, ApiError> {
    let found = bank.store.read(|conn| {
        if let Some(notice) = notice_for_client(conn, bank, &session.client_id)? {
            return Err(ApiError::device_revoked(notice));
        }
        let found: Option<(String, i64)> = conn
            .query_row(
                "SELECT device_id, last_seen_at FROM device
                 WHERE client_id = ?1 AND customer_id = ?2",
                params![session.client_id, session.customer_id],
                |row| Ok((row.get(0)?, row.get(1)?)),
            )
            .optional()?;
        Ok(found)
    })?;
    let Some((device_id, last_seen_at)) = found else { return Ok(None) };
    if now.abs_diff(last_seen_at) >= SEEN_EVERY_S.unsigned_abs() {
        bank.store.write(|tx| {
            tx.execute(
                "UPDATE device SET last_seen_at = ?2 WHERE device_id = ?1",
                params![device_id, now],
            )
        })?;
    }
    Ok(Some(device_id))
}
