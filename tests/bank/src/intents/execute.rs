//! Carrying out a transfer that passed every check: one entry, and a row for each side.

use rusqlite::{Connection, Transaction};

use super::judge::Transfer;
use super::object::Intent;
use super::submit::{Desk, Submitter};
use crate::ledger::{
    Account, Category, Counterparty, EntryId, LedgerError, LocalizedText, Movement, MovementId,
    MovementKind, NewEntry, Status, book, post,
};
use crate::money::Money;

/// Posts the entry and shows it to both sides. Its ids come from the device and the intent, so that
/// a second execution, were it ever tried, would stumble over the first.
pub(super) fn execute(
    tx: &Transaction<'_>,
    desk: &Desk<'_>,
    submitter: &Submitter<'_>,
    intent: &Intent,
    transfer: &Transfer,
) -> Result<EntryId, LedgerError> {
    let amount = transfer.amount;
    let entry_id = EntryId::derived(&[submitter.device_id, &intent.id]);
    let postings =
        [(&transfer.from.account_id, amount.negated()), (&transfer.to.account_id, amount)];
    let entry = NewEntry {
        entry_id: &entry_id,
        at: desk.now.as_second(),
        description: "transfer",
        intent_id: Some(&intent.id),
        postings: &postings,
    };
    post(tx, &entry)?;
    let note = Some(transfer.note.clone()).filter(|note| !note.is_empty());
    let row = |side: &str,
               account: &Account,
               amount: Money,
               other: &Account|
     -> Result<Movement, LedgerError> {
        Ok(Movement {
            movement_id: MovementId::derived(&[entry_id.as_str(), side]),
            account_id: account.account_id.clone(),
            status: Status::Booked,
            at: desk.now.as_second(),
            amount,
            kind: MovementKind::Transfer,
            category: Category::Transfers,
            counterparty: owner(tx, other)?,
            note: note.clone(),
            intent_id: None,
            refund_of: None,
        })
    };
    let paid = row("from", &transfer.from, amount.negated(), &transfer.to)?;
    let received = row("to", &transfer.to, amount, &transfer.from)?;
    book(tx, &Movement { intent_id: Some(intent.id.clone()), ..paid }, &entry_id)?;
    book(tx, &received, &entry_id)?;
    Ok(entry_id)
}

/// The account's owner, as the other side sees them.
fn owner(conn: &Connection, account: &Account) -> rusqlite::Result<Counterparty> {
    let name = conn
        .prepare_cached("SELECT name_en, name_zh FROM customer WHERE customer_id = ?1")?
        .query_row([&account.customer_id], |row| {
            Ok(LocalizedText { en: row.get(0)?, zh: row.get(1)? })
        })?;
    Ok(Counterparty { name, account: Some(account.number.clone()) })
}
