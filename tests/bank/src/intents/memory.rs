//! What the bank remembers of intents: decisions, and approvals it refused.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::receipt::{Outcome, Subject};

/// A decision as it is remembered.
pub(super) struct Decided {
    pub(super) intent: Vec<u8>,
    pub(super) receipt: String,
}

/// The decision on an id, as this device gave it.
pub(super) fn decision(
    conn: &Connection,
    device_id: &str,
    intent_id: &str,
) -> rusqlite::Result<Option<Decided>> {
    conn.prepare_cached(
        "SELECT intent, receipt FROM decision WHERE device_id = ?1 AND intent_id = ?2",
    )?
    .query_row([device_id, intent_id], |row| {
        Ok(Decided { intent: row.get(0)?, receipt: row.get(1)? })
    })
    .optional()
}

/// The receipt on an approval that did not verify, if this very pair was sent before.
pub(super) fn refused_approval(
    conn: &Connection,
    subject: &Subject<'_>,
) -> rusqlite::Result<Option<String>> {
    conn.prepare_cached(
        "SELECT receipt FROM refused_approval WHERE device_id = ?1 AND intent_sha256 = ?2 AND approval_sha256 = ?3",
    )?
    .query_row(params![subject.device_id, subject.intent_sha256, subject.approval_sha256], |row| row.get(0))
    .optional()
}

/// A decision to be remembered.
pub(super) struct NewDecision<'a> {
    pub(super) subject: &'a Subject<'a>,
    pub(super) customer_id: &'a str,
    pub(super) intent: &'a [u8],
    pub(super) approval: &'a [u8],
    pub(super) outcome: &'a Outcome,
    pub(super) counted_fen: i64,
    pub(super) bank_day: String,
    pub(super) receipt: &'a str,
}

/// Remembers a decision for ever.
pub(super) fn remember(tx: &Transaction<'_>, decision: &NewDecision<'_>) -> rusqlite::Result<()> {
    let sql = "INSERT INTO decision (device_id, intent_id, customer_id, intent, approval, outcome, reason, entry_id, counted, \
               bank_day, receipt) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)";
    tx.prepare_cached(sql)?.execute(params![
        decision.subject.device_id,
        decision.subject.intent_id,
        decision.customer_id,
        decision.intent,
        decision.approval,
        decision.outcome.as_str(),
        decision.outcome.reason().map(super::Reason::as_str),
        decision.outcome.entry_id(),
        decision.counted_fen,
        decision.bank_day,
        decision.receipt,
    ])?;
    Ok(())
}

/// Seconds after an intent's expiry for which a refused approval of it is remembered. Without the memory it would be judged anew:
/// by then the expiry refuses it, even if the bank's clock was set back by days.
const REMEMBERED_S: i64 = 30 * 24 * 3600;

/// Remembers that this approval of these bytes did not verify.
pub(super) fn remember_refused_approval(
    tx: &Transaction<'_>,
    subject: &Subject<'_>,
    receipt: &str,
    (expires_at, now): (i64, i64),
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO refused_approval (device_id, intent_sha256, approval_sha256, receipt, expires_at) \
               VALUES (?1, ?2, ?3, ?4, ?5)";
    tx.prepare_cached(sql)?.execute(params![
        subject.device_id,
        subject.intent_sha256,
        subject.approval_sha256,
        receipt,
        expires_at
    ])?;
    tx.prepare_cached("DELETE FROM refused_approval WHERE expires_at < ?1")?
        .execute([now - REMEMBERED_S])?;
    Ok(())
}
