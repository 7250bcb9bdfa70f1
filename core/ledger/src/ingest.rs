//! A page of a sync into the vault: whole, or not at all.

use std::collections::HashMap;

use guichet_foundation::account_number::AccountNumber;
use guichet_foundation::ids::{AccountId, TransactionId};
use guichet_foundation::money::Currency;
use guichet_foundation::sensitivity::C2;
use guichet_vault::VaultFailure;
use guichet_vault::rusqlite::{self, OptionalExtension as _, Transaction as Tx, params};

use crate::account::Account;
use crate::page::{Cursor, SyncPage};
use crate::transaction::{Status, Transaction};
use crate::{position, rows, search};

/// Why a page was not taken. The ledger is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum IngestRefusal {
    /// It is not a sync page of the protocol.
    #[error("the bank's answer is not a sync page")]
    Unreadable,
    /// More than 1000 rows of a sort.
    #[error("the bank's answer has more than 1000 rows")]
    TooMany,
    /// A transaction is on an account nobody has mentioned.
    #[error("a transaction is on an unknown account")]
    UnknownAccount,
    /// An amount is not in its account's currency, or an account changed its currency.
    #[error("an amount is not in its account's currency")]
    WrongCurrency,
    /// It answers a request from before what is stored now: a late answer of another sync.
    #[error("the page answers an older request")]
    Stale,
    /// The vault does not let us.
    #[error(transparent)]
    Vault(#[from] VaultFailure),
}

/// What a page brought.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Ingested {
    /// Accounts written.
    pub accounts: usize,
    /// Transactions written.
    pub transactions: usize,
    /// Transactions removed.
    pub removed: usize,
}

/// Checks the page, then writes it with its cursor, inside the caller's transaction.
pub(crate) fn ingest(
    tx: &Tx<'_>,
    asked_with: Option<&Cursor>,
    page: &SyncPage,
) -> Result<Ingested, IngestRefusal> {
    let stored = cursor(tx)?;
    if stored.as_ref() != asked_with {
        let repeated = stored.as_ref() == Some(&page.cursor);
        return if repeated { Ok(Ingested::default()) } else { Err(IngestRefusal::Stale) };
    }
    page.check(&currencies(tx)?)?;
    Ok(write(tx, page)?)
}

fn write(tx: &Tx<'_>, page: &SyncPage) -> Result<Ingested, VaultFailure> {
    for account in &page.accounts {
        write_account(tx, account)?;
    }
    for transaction in &page.transactions {
        write_transaction(tx, transaction)?;
    }
    let mut removed = 0;
    for id in &page.removed {
        removed += usize::from(remove(tx, id)?);
    }
    tx.prepare_cached(
        "INSERT OR REPLACE INTO ledger_sync (one, cursor, as_of, more) VALUES (1, ?1, ?2, ?3)",
    )?
    .execute(params![page.cursor.as_str(), page.as_of.unix_seconds(), page.more])?;
    Ok(Ingested { accounts: page.accounts.len(), transactions: page.transactions.len(), removed })
}

/// The cursor of the last page.
pub(crate) fn cursor(connection: &rusqlite::Connection) -> Result<Option<Cursor>, VaultFailure> {
    let text = connection
        .query_row("SELECT cursor FROM ledger_sync", [], |row| row.get::<_, String>(0))
        .optional()?;
    text.map(|text| Cursor::try_from(text).map_err(|_| VaultFailure::Refused { code: 0 }))
        .transpose()
}

fn currencies(tx: &Tx<'_>) -> Result<HashMap<AccountId, Currency>, VaultFailure> {
    let mut statement = tx.prepare_cached("SELECT account_id, currency FROM ledger_account")?;
    let mut found = statement.query([])?;
    let mut currencies = HashMap::new();
    while let Some(row) = found.next()? {
        currencies.insert(rows::parsed(row, 0)?, rows::parsed(row, 1)?);
    }
    Ok(currencies)
}

fn write_account(tx: &Tx<'_>, account: &Account) -> rusqlite::Result<()> {
    tx.prepare_cached(
        "INSERT INTO ledger_account
            (account_id, kind, number, name_en, name_zh, currency, booked, available, can_pay)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9)
         ON CONFLICT (account_id) DO UPDATE SET
            kind = ?2, number = ?3, name_en = ?4, name_zh = ?5, booked = ?7, available = ?8, can_pay = ?9",
    )?
    .execute(params![
        account.id.as_str(),
        account.kind.as_str(),
        account.number.expose(),
        account.name.english(),
        account.name.chinese(),
        account.currency.code(),
        account.booked.minor(),
        account.available.minor(),
        account.can_pay,
    ])
    .map(drop)
}

/// Replaces the row with the same id. It may move: its row number is its time.
fn write_transaction(tx: &Tx<'_>, transaction: &Transaction) -> rusqlite::Result<()> {
    remove(tx, &transaction.id)?;
    let row = free_row(tx, transaction)?;
    let name = &transaction.counterparty.name;
    tx.prepare_cached(
        "INSERT INTO ledger_transaction
            (row, transaction_id, account, is_booked, at, minor, kind, category, name_en, name_zh,
             counterparty_account, note, intent_id, refund_of)
         VALUES (?1, ?2, (SELECT row FROM ledger_account WHERE account_id = ?3), ?4, ?5, ?6, ?7, ?8, ?9,
                 ?10, ?11, ?12, ?13, ?14)",
    )?
    .execute(params![
        row,
        transaction.id.as_str(),
        transaction.account_id.as_str(),
        transaction.status == Status::Booked,
        transaction.at.unix_seconds(),
        transaction.amount.minor(),
        transaction.kind.as_str(),
        transaction.category.as_str(),
        name.english(),
        name.chinese(),
        transaction.counterparty.account.as_ref().map(AccountNumber::expose),
        transaction.note.as_ref().map(C2::expose),
        transaction.intent_id.map(|id| id.to_string()),
        transaction.refund_of.as_ref().map(TransactionId::as_str),
    ])?;
    let [name_en, name_zh, note, numbers] = search::indexed(transaction);
    tx.prepare_cached(
        "INSERT INTO ledger_search (rowid, name_en, name_zh, note, numbers)
         VALUES (?1, ?2, ?3, ?4, ?5)",
    )?
    .execute(params![row, name_en, name_zh, note, numbers])
    .map(drop)
}

fn free_row(tx: &Tx<'_>, transaction: &Transaction) -> rusqlite::Result<i64> {
    let mut taken = tx.prepare_cached("SELECT 1 FROM ledger_transaction WHERE row = ?1")?;
    for row in position::rows(&transaction.id, transaction.at) {
        if !taken.exists([row])? {
            return Ok(row);
        }
    }
    // Sixteen million transactions within one second.
    Err(rusqlite::Error::QueryReturnedNoRows)
}

/// Removes the row with this id: `true` if there was one.
fn remove(tx: &Tx<'_>, id: &TransactionId) -> rusqlite::Result<bool> {
    let row: Option<i64> = tx
        .prepare_cached("DELETE FROM ledger_transaction WHERE transaction_id = ?1 RETURNING row")?
        .query_row([id.as_str()], |row| row.get(0))
        .optional()?;
    if let Some(row) = row {
        tx.prepare_cached("DELETE FROM ledger_search WHERE rowid = ?1")?.execute([row])?;
    }
    Ok(row.is_some())
}
