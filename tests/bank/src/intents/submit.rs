//! Deciding a submitted intent, once: protocol section 9.4, steps 1 to 4.

use jiff::Timestamp;
use rusqlite::{Connection, Transaction};
use thiserror::Error;

use super::Reason;
use super::execute::execute;
use super::judge::{Stop, judge};
use super::limits::LimitTable;
use super::memory::{self, NewDecision};
use super::object::{Intent, Malformed};
use super::receipt::{Outcome, Receipt, Subject};
use crate::ledger::LedgerError;
use crate::moment::bank_day;

/// The bank's side of a decision.
#[derive(Clone, Copy)]
pub struct Desk<'a> {
    /// The issuer: the audience an intent must name.
    pub issuer: &'a str,
    /// The bank's time.
    pub now: Timestamp,
    /// What devices may approve.
    pub limits: &'a LimitTable,
    /// Signs a receipt with the receipt key in force.
    pub sign: &'a dyn Fn(&Receipt<'_>) -> serde_json::Result<String>,
}

/// Who submits; every part of it proven before.
#[derive(Clone, Copy, Debug)]
pub struct Submitter<'a> {
    /// Whose session it is.
    pub customer_id: &'a str,
    /// The registered client.
    pub client_id: &'a str,
    /// The enrolled device.
    pub device_id: &'a str,
}

/// The bank's answer to a submission.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The receipt: a compact JWS, the same for ever.
    pub receipt: String,
    /// Whether it was decided now (201), not before (200).
    pub is_first: bool,
}

/// Why there is no receipt. The transaction must be rolled back.
#[derive(Debug, Error)]
pub enum SubmitError {
    /// 400 `intent_malformed`.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// 409 `intent_conflict`.
    #[error("this id was decided with other bytes; make a new intent with a new id")]
    Conflict,
    /// The books refused what the checks had allowed.
    #[error(transparent)]
    Ledger(#[from] LedgerError),
    /// The file could not be read or written.
    #[error("the decision could not be stored: {0}")]
    Store(#[from] rusqlite::Error),
    /// The receipt could not be written.
    #[error("the receipt could not be written: {0}")]
    Receipt(#[from] serde_json::Error),
}

/// Decides a submission, or finds what was decided before. Everything it does is in `tx`: the
/// entry, the challenge and the receipt are there together or not at all.
pub fn submit(
    tx: &Transaction<'_>,
    desk: &Desk<'_>,
    submitter: &Submitter<'_>,
    bytes: &[u8],
    approval: &[u8],
) -> Result<Answer, SubmitError> {
    let intent = Intent::parse(bytes)?;
    let subject = Subject::new(submitter.device_id, &intent.id, bytes, approval);
    if let Some(receipt) = decided_before(tx, &subject, bytes)? {
        return Ok(Answer { receipt, is_first: false });
    }
    let (outcome, counted_fen) = match judge(tx, desk, submitter, &intent, (bytes, approval)) {
        Ok(transfer) => {
            let entry_id = execute(tx, desk, submitter, &intent, &transfer)?;
            (Outcome::Executed(entry_id), transfer.counted_fen)
        }
        Err(Stop::Refused(reason)) => (Outcome::Refused(reason), 0),
        Err(Stop::Store(error)) => return Err(error.into()),
    };
    let receipt = (desk.sign)(&subject.receipt(desk.issuer, &outcome, desk.now))?;
    if outcome == Outcome::Refused(Reason::ApprovalInvalid) {
        let times = (intent.expires.as_second(), desk.now.as_second());
        memory::remember_refused_approval(tx, &subject, &receipt, times)?;
        return Ok(Answer { receipt, is_first: true });
    }
    let decision = NewDecision {
        subject: &subject,
        customer_id: submitter.customer_id,
        intent: bytes,
        approval,
        outcome: &outcome,
        counted_fen,
        bank_day: bank_day(desk.now).to_string(),
        receipt: &receipt,
    };
    memory::remember(tx, &decision)?;
    Ok(Answer { receipt, is_first: true })
}

/// A pair that was refused for its approval keeps its receipt; otherwise the id decides.
fn decided_before(
    tx: &Transaction<'_>,
    subject: &Subject<'_>,
    bytes: &[u8],
) -> Result<Option<String>, SubmitError> {
    if let Some(receipt) = memory::refused_approval(tx, subject)? {
        return Ok(Some(receipt));
    }
    match memory::decision(tx, subject.device_id, subject.intent_id)? {
        Some(decided) if decided.intent == bytes => Ok(Some(decided.receipt)),
        Some(_) => Err(SubmitError::Conflict),
        None => Ok(None),
    }
}

/// The receipt on an id this device submitted, if it is decided (protocol section 9.6).
pub fn status(
    conn: &Connection,
    device_id: &str,
    intent_id: &str,
) -> rusqlite::Result<Option<String>> {
    Ok(memory::decision(conn, device_id, intent_id)?.map(|decided| decided.receipt))
}
