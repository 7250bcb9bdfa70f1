//! Pending items become booked by themselves, two days after they were made.

use rusqlite::{Connection, Transaction, params};

use super::{AccountId, LedgerError, MovementId, settle};
use crate::money::Currency;

/// Seconds a pending item stands before it is booked.
pub const PENDING_S: i64 = 2 * 24 * 3600;

/// The pending items of a customer that are due at `now` (seconds since 1970), oldest first.
pub fn due(
    conn: &Connection,
    customer_id: &str,
    now: i64,
) -> rusqlite::Result<Vec<(MovementId, Option<Currency>)>> {
    conn.prepare_cached(
        "SELECT movement_id, currency FROM movement
         WHERE customer_id = ?1 AND status = 'pending' AND at <= ?2 ORDER BY at, movement_id",
    )?
    .query_map(params![customer_id, now - PENDING_S], |row| {
        let code: String = row.get(1)?;
        Ok((row.get(0)?, Currency::from_code(&code)))
    })?
    .collect()
}

/// Books what is due at `now`, each item against the account that `against` names for its currency; one it names none for stays
/// pending.
pub fn settle_due(
    tx: &Transaction<'_>,
    customer_id: &str,
    against: impl Fn(Currency) -> Option<AccountId>,
    now: i64,
) -> Result<(), LedgerError> {
    for (movement_id, currency) in due(tx, customer_id, now)? {
        if let Some(against) = currency.and_then(&against) {
            settle(tx, &movement_id, &against, now)?;
        }
    }
    Ok(())
}
