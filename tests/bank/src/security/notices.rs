//! Notices: written once, never changed, told to each device until it acknowledges them.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql, Transaction, params};
use serde::Serialize;

/// The most notices a device is told of at once: the oldest, so that none is buried under those after it.
pub(super) const TOLD_MAX: u32 = 50;

/// What a notice is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A device was enrolled.
    DeviceEnrolled,
    /// A device was revoked.
    DeviceRevoked,
    /// A device has another approval key.
    ApprovalKeyRenewed,
    /// Payments were frozen.
    PaymentsFrozen,
    /// Payments go again.
    PaymentsUnfrozen,
    /// Somebody signed in with the customer's user name and password.
    SignedIn,
}

impl Kind {
    const ALL: [Self; 6] = [
        Self::DeviceEnrolled,
        Self::DeviceRevoked,
        Self::ApprovalKeyRenewed,
        Self::PaymentsFrozen,
        Self::PaymentsUnfrozen,
        Self::SignedIn,
    ];

    /// The word on the wire and in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::DeviceEnrolled => "device_enrolled",
            Self::DeviceRevoked => "device_revoked",
            Self::ApprovalKeyRenewed => "approval_key_renewed",
            Self::PaymentsFrozen => "payments_frozen",
            Self::PaymentsUnfrozen => "payments_unfrozen",
            Self::SignedIn => "signed_in",
        }
    }
}

impl ToSql for Kind {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.as_str().into())
    }
}

impl FromSql for Kind {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let word = value.as_str()?;
        Self::ALL.into_iter().find(|kind| kind.as_str() == word).ok_or(FromSqlError::InvalidType)
    }
}

/// Something the customer's devices are told of.
#[derive(Clone, Copy, Debug)]
pub struct News<'a> {
    /// Whose devices.
    pub customer_id: &'a str,
    /// What happened.
    pub kind: Kind,
    /// The device it is about.
    pub device_id: Option<&'a str>,
    /// The device that did it, which is not told; `None` at the bank's page or by its staff.
    pub by_device_id: Option<&'a str>,
    /// The client that signed in.
    pub client_id: Option<&'a str>,
}

impl<'a> News<'a> {
    /// News of what a device did to itself, or of what no device did.
    pub const fn of_device(customer_id: &'a str, kind: Kind, device_id: Option<&'a str>) -> Self {
        Self { customer_id, kind, device_id, by_device_id: device_id, client_id: None }
    }
}

/// Writes a notice. The caller's transaction is that of what it tells of.
pub fn tell(tx: &Transaction<'_>, news: &News<'_>, now: i64) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO security_notice
             (customer_id, number, kind, at, device_id, by_device_id, client_id)
         SELECT ?1, coalesce(max(number), 0) + 1, ?2, ?3, ?4, ?5, ?6
         FROM security_notice WHERE customer_id = ?1",
    )?
    .execute(params![
        news.customer_id,
        news.kind,
        now,
        news.device_id,
        news.by_device_id,
        news.client_id
    ])
    .map(drop)
}

/// A new device is told of what comes after it, not of the past.
pub fn begin_for_device(
    tx: &Transaction<'_>,
    customer_id: &str,
    device_id: &str,
) -> rusqlite::Result<()> {
    let newest = newest(tx, customer_id)?;
    acknowledge_up_to(tx, device_id, newest)
}

/// A notice as it is kept.
#[derive(Clone, Debug)]
pub(super) struct Notice {
    pub(super) number: i64,
    pub(super) kind: Kind,
    pub(super) at: i64,
    pub(super) device_id: Option<String>,
}

/// What a device is to be told: nothing it did itself, nothing it acknowledged. A sign-in that led to
/// a device is told as that device.
const UNACKNOWLEDGED: &str = "
    FROM security_notice AS notice
    WHERE customer_id = ?1
      AND number > coalesce((SELECT number FROM security_acknowledged WHERE device_id = ?2), 0)
      AND by_device_id IS NOT ?2
      AND NOT (kind = 'signed_in' AND notice.device_id IS NULL AND EXISTS (
          SELECT 1 FROM device
          WHERE device.client_id = notice.client_id AND device.customer_id = notice.customer_id))
    ORDER BY number LIMIT ?3";

/// How many notices a device has not acknowledged, as far as they are told at once.
pub(super) fn count(
    conn: &Connection,
    customer_id: &str,
    device_id: &str,
) -> rusqlite::Result<u32> {
    conn.prepare_cached(&format!("SELECT count(*) FROM (SELECT 1 {UNACKNOWLEDGED})"))?
        .query_row(params![customer_id, device_id, TOLD_MAX], |row| row.get(0))
}

/// The notices a device has not acknowledged, oldest first.
pub(super) fn unacknowledged(
    conn: &Connection,
    customer_id: &str,
    device_id: &str,
) -> rusqlite::Result<Vec<Notice>> {
    conn.prepare_cached(&format!("SELECT number, kind, at, notice.device_id {UNACKNOWLEDGED}"))?
        .query_map(params![customer_id, device_id, TOLD_MAX], from_row)?
        .collect()
}

/// The newest notices of a customer, whoever was told of them.
pub(super) fn latest(
    conn: &Connection,
    customer_id: &str,
    at_most: u32,
) -> rusqlite::Result<Vec<Notice>> {
    conn.prepare_cached(
        "SELECT number, kind, at, device_id FROM security_notice
         WHERE customer_id = ?1 ORDER BY number DESC LIMIT ?2",
    )?
    .query_map(params![customer_id, at_most], from_row)?
    .collect()
}

/// Acknowledges a notice and all before it. `false` if the customer has no such notice.
pub(super) fn acknowledge(
    tx: &Transaction<'_>,
    customer_id: &str,
    device_id: &str,
    number: i64,
) -> rusqlite::Result<bool> {
    if !(1..=newest(tx, customer_id)?).contains(&number) {
        return Ok(false);
    }
    acknowledge_up_to(tx, device_id, number)?;
    Ok(true)
}

/// What was acknowledged stays so: an older answer that comes late takes nothing back.
fn acknowledge_up_to(tx: &Transaction<'_>, device_id: &str, number: i64) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT INTO security_acknowledged (device_id, number) VALUES (?1, ?2)
         ON CONFLICT (device_id) DO UPDATE SET number = max(number, excluded.number)",
        params![device_id, number],
    )
    .map(drop)
}

fn newest(conn: &Connection, customer_id: &str) -> rusqlite::Result<i64> {
    conn.query_row(
        "SELECT coalesce(max(number), 0) FROM security_notice WHERE customer_id = ?1",
        [customer_id],
        |row| row.get(0),
    )
}

fn from_row(row: &rusqlite::Row<'_>) -> rusqlite::Result<Notice> {
    Ok(Notice { number: row.get(0)?, kind: row.get(1)?, at: row.get(2)?, device_id: row.get(3)? })
}
