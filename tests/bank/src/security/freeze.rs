//! Freezing a customer's payments, on every device at once. Freezing what is frozen changes nothing
//! and tells nobody: an answer that was lost costs nothing.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::notices::{Kind, News, tell};
use crate::oauth;

/// Since when payments are frozen, in seconds since 1970; `None` if they are not.
pub fn frozen_at(conn: &Connection, customer_id: &str) -> rusqlite::Result<Option<i64>> {
    conn.prepare_cached("SELECT frozen_at FROM payments_freeze WHERE customer_id = ?1")?
        .query_row([customer_id], |row| row.get(0))
        .optional()
}

/// Whether payments are frozen.
pub fn is_frozen(conn: &Connection, customer_id: &str) -> rusqlite::Result<bool> {
    frozen_at(conn, customer_id).map(|at| at.is_some())
}

/// Freezes, for a device or, without one, at the bank. Whoever signed in before may be what the freeze
/// is about: only a sign-in after it lets payments go again.
pub fn freeze(
    tx: &Transaction<'_>,
    customer_id: &str,
    by_device_id: Option<&str>,
    now: i64,
) -> rusqlite::Result<()> {
    let frozen = tx.execute(
        "INSERT INTO payments_freeze (customer_id, frozen_at) VALUES (?1, ?2)
         ON CONFLICT (customer_id) DO NOTHING",
        params![customer_id, now],
    )?;
    if frozen == 0 {
        return Ok(());
    }
    oauth::outdate_sign_ins(tx, customer_id)?;
    tell(tx, &News::of_device(customer_id, Kind::PaymentsFrozen, by_device_id), now)
}

/// Lets payments go again. Who asks for it has been asked who they are before.
pub fn unfreeze(
    tx: &Transaction<'_>,
    customer_id: &str,
    by_device_id: Option<&str>,
    now: i64,
) -> rusqlite::Result<()> {
    let thawed = tx.execute("DELETE FROM payments_freeze WHERE customer_id = ?1", [customer_id])?;
    match thawed {
        0 => Ok(()),
        _ => tell(tx, &News::of_device(customer_id, Kind::PaymentsUnfrozen, by_device_id), now),
    }
}
