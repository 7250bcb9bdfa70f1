//! Revoking a device, and the notice that makes it wipe itself (section 7.3).

use axum::extract::{Path, State};
use axum::http::StatusCode;
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::Serialize;

use crate::calls::step_up::{self, Acr};
use crate::calls::{ApiError, Caller, ErrorCode};
use crate::oauth::{self, OAuthError};
use crate::security::{self, Kind, News};
use crate::server::Bank;

/// Seconds for which a customer who has shown to be there may sign other devices out.
const STEP_UP_AGE_S: i64 = 300;

/// What a revoked device believes, and nothing else.
#[derive(Serialize)]
struct Notice<'a> {
    iss: &'a str,
    client_id: &'a str,
    device_id: &'a str,
    iat: i64,
}

/// Why there is no notice.
#[derive(Debug, thiserror::Error)]
pub enum NoticeError {
    /// The books.
    #[error(transparent)]
    Store(#[from] rusqlite::Error),
    /// The notice could not be written down.
    #[error(transparent)]
    Document(#[from] serde_json::Error),
}

impl From<NoticeError> for ApiError {
    fn from(error: NoticeError) -> Self {
        match error {
            NoticeError::Store(error) => error.into(),
            NoticeError::Document(error) => error.into(),
        }
    }
}

impl From<NoticeError> for OAuthError {
    fn from(error: NoticeError) -> Self {
        match error {
            NoticeError::Store(error) => error.into(),
            NoticeError::Document(error) => error.into(),
        }
    }
}

/// What came of revoking.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Revoked {
    /// The device is revoked, now or before.
    Done,
    /// There is no such device.
    Unknown,
}

pub(super) async fn revoke_own(
    State(bank): State<Bank>,
    Path(device_id): Path<String>,
    caller: Caller,
) -> Result<StatusCode, ApiError> {
    let now = bank.clock.seconds();
    bank.store.write(|tx| {
        if !is_of_customer(tx, &device_id, &caller.customer_id)? {
            return Err(ApiError::new(ErrorCode::DeviceUnknown, "no such device of this customer"));
        }
        if caller.device_id.as_ref() != Some(&device_id) {
            require_step_up(&caller)?;
        }
        let revocation = Revocation {
            device_id: &device_id,
            customer_id: Some(&caller.customer_id),
            by_device_id: caller.device_id.as_deref(),
        };
        revoke(tx, revocation, now)?;
        Ok(StatusCode::NO_CONTENT)
    })
}

/// What signing another device out takes: an enrolled device, and its customer's finger or PIN. A
/// password alone, in a stranger's app, signs nobody out.
pub fn require_step_up(caller: &Caller) -> Result<(), ApiError> {
    if caller.device_id.is_none() {
        return Err(ApiError::not_enrolled());
    }
    step_up::require(caller, &[Acr::Biometric, Acr::Pin], STEP_UP_AGE_S)
}

fn is_of_customer(
    tx: &Transaction<'_>,
    device_id: &str,
    customer_id: &str,
) -> rusqlite::Result<bool> {
    tx.query_row(
        "SELECT EXISTS (SELECT 1 FROM device WHERE device_id = ?1 AND customer_id = ?2)",
        [device_id, customer_id],
        |row| row.get(0),
    )
}

/// Which device is revoked, and for whom.
#[derive(Clone, Copy, Debug)]
pub struct Revocation<'a> {
    /// The device.
    pub device_id: &'a str,
    /// Whose it must be; `None` for the bank's staff.
    pub customer_id: Option<&'a str>,
    /// The device that asks for it; `None` at the bank's page or by its staff.
    pub by_device_id: Option<&'a str>,
}

/// Revokes a device, ends everything its client holds, and tells the customer's other devices.
pub fn revoke(
    tx: &Transaction<'_>,
    revocation: Revocation<'_>,
    now: i64,
) -> rusqlite::Result<Revoked> {
    let Revocation { device_id, customer_id, by_device_id } = revocation;
    let found: Option<(String, String)> = tx
        .query_row(
            "SELECT client_id, customer_id FROM device
             WHERE device_id = ?1 AND customer_id = coalesce(?2, customer_id)",
            params![device_id, customer_id],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((client_id, customer_id)) = found else { return Ok(Revoked::Unknown) };
    let revoked = tx.execute(
        "UPDATE device SET revoked_at = ?2 WHERE device_id = ?1 AND revoked_at IS NULL",
        params![device_id, now],
    )?;
    if revoked > 0 {
        let news = News {
            by_device_id,
            ..News::of_device(&customer_id, Kind::DeviceRevoked, Some(device_id))
        };
        security::tell(tx, &news, now)?;
    }
    oauth::end_all_of_client(tx, &client_id, now)?;
    Ok(Revoked::Done)
}

/// The signed notice for a client whose device was revoked; `None` if it was not.
pub fn notice_for_client(
    conn: &Connection,
    bank: &Bank,
    client_id: &str,
) -> Result<Option<String>, NoticeError> {
    let revoked: Option<(String, i64)> = conn
        .query_row(
            "SELECT device_id, revoked_at FROM device
             WHERE client_id = ?1 AND revoked_at IS NOT NULL",
            [client_id],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((device_id, revoked_at)) = revoked else { return Ok(None) };
    let notice = Notice { iss: &bank.issuer, client_id, device_id: &device_id, iat: revoked_at };
    let signed = bank.keys.sign_receipt("guichet-revocation+jwt", &notice)?;
    Ok(Some(bank.switches.outgoing(signed)))
}
