//! Entries: the only way a balance changes.

use std::collections::BTreeMap;

use rusqlite::{Transaction, params};
use thiserror::Error;

use super::{AccountId, EntryId};
use crate::money::{Money, MoneyError};

/// An entry to be posted.
#[derive(Clone, Debug)]
pub struct NewEntry<'a> {
    /// Its id.
    pub entry_id: &'a EntryId,
    /// When, in seconds since 1970.
    pub at: i64,
    /// What it is, for the bank's staff.
    pub description: &'a str,
    /// The intent that asked for it.
    pub intent_id: Option<&'a str>,
    /// What it adds to each account, each account at most once; takes away where negative.
    pub postings: &'a [(&'a AccountId, Money)],
}

/// Why the books did not change.
#[derive(Debug, Error)]
pub enum LedgerError {
    /// The postings of an entry must sum to zero in every currency.
    #[error("the postings do not sum to zero in {0}; add the other side")]
    Unbalanced(String),
    /// A posting of zero says nothing.
    #[error("a posting of zero; leave it out")]
    Zero,
    /// Sums beyond 64 bits.
    #[error("the postings cannot be summed: {0}")]
    Sum(#[from] MoneyError),
    /// The pending movement is not there, or is not pending any more.
    #[error("no pending movement of that id; list the pending ones first")]
    NotPending,
    /// The file refused: an unknown account, a balance below zero, an id used twice, or a disk's
    /// trouble.
    #[error("the books refused the change: {0}")]
    Store(#[from] rusqlite::Error),
}

/// Posts an entry, or fails and leaves the transaction to be rolled back.
pub fn post(tx: &Transaction<'_>, entry: &NewEntry<'_>) -> Result<(), LedgerError> {
    check_balanced(entry.postings)?;
    tx.prepare_cached(
        "INSERT INTO entry (entry_id, at, description, intent_id) VALUES (?1, ?2, ?3, ?4)",
    )?
    .execute(params![entry.entry_id, entry.at, entry.description, entry.intent_id])?;
    let mut insert = tx.prepare_cached(
        "INSERT INTO posting (entry_id, account_id, minor, currency) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for (account_id, amount) in entry.postings {
        insert.execute(params![
            entry.entry_id,
            account_id,
            amount.minor(),
            amount.currency().code()
        ])?;
    }
    Ok(())
}

fn check_balanced(postings: &[(&AccountId, Money)]) -> Result<(), LedgerError> {
    let mut sums = BTreeMap::new();
    for (_, amount) in postings {
        if amount.minor() == 0 {
            return Err(LedgerError::Zero);
        }
        let sum = match sums.get(&amount.currency()) {
            Some(sum) => amount.plus(*sum)?,
            None => *amount,
        };
        sums.insert(amount.currency(), sum);
    }
    match sums.values().find(|sum| sum.minor() != 0) {
        Some(sum) => Err(LedgerError::Unbalanced(sum.currency().to_string())),
        None => Ok(()),
    }
}
