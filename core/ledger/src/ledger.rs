//! The handle that the app holds: what screens ask of the ledger.

use guichet_foundation::ids::{AccountId, TransactionId};
use guichet_foundation::time::Timestamp;
use guichet_vault::rusqlite::{Connection, OptionalExtension as _, Params, params};
use guichet_vault::{Vault, VaultFailure};

use crate::account::Account;
use crate::ingest::{self, IngestRefusal, Ingested};
use crate::page::{Cursor, SyncPage};
use crate::position::PageMark;
use crate::rows::{self, ACCOUNT_COLUMNS, TRANSACTION_COLUMNS, TRANSACTION_ROW};
use crate::search;
use crate::transaction::Transaction;

/// The most rows one call returns.
const LIMIT_MAX: usize = 500;

/// A part of a list, newest first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The transactions.
    pub transactions: Vec<Transaction>,
    /// Where the next part begins; `None` at the end of the list.
    pub next: Option<PageMark>,
}

/// The accounts as stored. Clones share one vault; while it is locked every call answers [`VaultFailure::Locked`].
#[derive(Clone, Debug)]
pub struct Ledger {
    vault: Vault,
}

impl Ledger {
    /// The ledger in this vault, which has [`schema`](crate::schema) among its schemas.
    pub const fn new(vault: Vault) -> Self {
        Self { vault }
    }

    /// Takes in one page: all of it with its cursor in one durable commit, or nothing.
    ///
    /// `asked_with` is the cursor of the request that the page answers. A page that answers an older request is refused, and one that
    /// is stored already changes nothing, so that late and repeated answers do no harm.
    ///
    /// # Errors
    /// See [`IngestRefusal`]; the ledger is as it was.
    pub fn ingest(
        &self,
        asked_with: Option<&Cursor>,
        page: &SyncPage,
    ) -> Result<Ingested, IngestRefusal> {
        self.vault.write(|tx| ingest::ingest(tx, asked_with, page))
    }

    /// What the next sync asks with; `None` begins a first sync.
    ///
    /// # Errors
    /// If the vault is locked or fails.
    pub fn cursor(&self) -> Result<Option<Cursor>, VaultFailure> {
        self.vault.read(ingest::cursor)
    }

    /// When the bank wrote what is stored; `None` before the first page.
    ///
    /// # Errors
    /// If the vault is locked or fails.
    pub fn as_of(&self) -> Result<Option<Timestamp>, VaultFailure> {
        self.vault.read(|connection| {
            let seconds = connection
                .query_row("SELECT as_of FROM ledger_sync", [], |row| row.get::<_, i64>(0))
                .optional()?;
            Ok(seconds.and_then(|seconds| Timestamp::from_unix_seconds(seconds).ok()))
        })
    }

    /// Whether a sync has reached its end: everything the bank had is here. `false` before the first page.
    ///
    /// # Errors
    /// If the vault is locked or fails.
    pub fn is_complete(&self) -> Result<bool, VaultFailure> {
        self.vault.read(|connection| {
            let more = connection
                .query_row("SELECT more FROM ledger_sync", [], |row| row.get::<_, bool>(0))
                .optional()?;
            Ok(more == Some(false))
        })
    }

    /// Forgets accounts, transactions and cursor, for a first sync anew. Other rooms keep what they have.
    ///
    /// # Errors
    /// If the vault is locked or fails; then nothing is forgotten.
    pub fn clear_for_resync(&self) -> Result<(), VaultFailure> {
        self.vault.write(|tx| {
            Ok(tx.execute_batch(
                "DELETE FROM ledger_sync;
                 INSERT INTO ledger_search (ledger_search) VALUES ('delete-all');
                 DELETE FROM ledger_transaction;
                 DELETE FROM ledger_account;",
            )?)
        })
    }

    /// Every account with its balances, in the order the bank first named them.
    ///
    /// # Errors
    /// If the vault is locked or fails.
    pub fn accounts(&self) -> Result<Vec<Account>, VaultFailure> {
        self.vault.read(|connection| {
            let mut statement = connection.prepare_cached(&accounts_sql())?;
            let mut found = statement.query([])?;
            let mut accounts = Vec::new();
            while let Some(row) = found.next()? {
                accounts.push(rows::account(row)?);
            }
            Ok(accounts)
        })
    }

    /// One account; `None` if there is none of this id.
    ///
    /// # Errors
    /// If the vault is locked or fails.
    pub fn account(&self, id: &AccountId) -> Result<Option<Account>, VaultFailure> {
        self.vault.read(|connection| {
            let mut statement = connection.prepare_cached(&account_sql())?;
            let mut found = statement.query([id.as_str()])?;
            found.next()?.map(rows::account).transpose()
        })
    }

    /// One transaction; `None` if there is none of this id.
    ///
    /// # Errors
    /// If the vault is locked or fails.
    pub fn transaction(&self, id: &TransactionId) -> Result<Option<Transaction>, VaultFailure> {
        self.vault.read(|connection| {
            let mut statement = connection.prepare_cached(&transaction_sql())?;
            let mut found = statement.query([id.as_str()])?;
            found.next()?.map(rows::transaction).transpose()
        })
    }

    /// The transactions of one account, newest first, after `before`; at most `limit` of them (1 to 500).
    ///
    /// # Errors
    /// If the vault is locked or fails.
    pub fn page(
        &self,
        account: &AccountId,
        before: Option<PageMark>,
        limit: usize,
    ) -> Result<Page, VaultFailure> {
        let limit = limit.clamp(1, LIMIT_MAX);
        let parameters = params![account.as_str(), bound(before), asked(limit)];
        self.vault.read(|connection| list(connection, &page_sql(), parameters, limit))
    }

    /// The newest transactions of all accounts; at most `limit` of them (1 to 500).
    ///
    /// # Errors
    /// If the vault is locked or fails.
    pub fn recent(&self, limit: usize) -> Result<Vec<Transaction>, VaultFailure> {
        let limit = limit.clamp(1, LIMIT_MAX);
        let parameters = params![asked(limit)];
        let page =
            self.vault.read(|connection| list(connection, &recent_sql(), parameters, limit))?;
        Ok(page.transactions)
    }

    /// The transactions of all accounts that match what was typed, newest first, after `before`; at most `limit` of them (1 to 500).
    ///
    /// Chinese matches from one character on, words and numbers from their beginning, in names (either language), notes, amounts
    /// (`38.5`) and the other side's account number; all terms must match. If nothing typed can match, the page is empty.
    ///
    /// # Errors
    /// If the vault is locked or fails.
    pub fn search(
        &self,
        typed: &str,
        before: Option<PageMark>,
        limit: usize,
    ) -> Result<Page, VaultFailure> {
        let limit = limit.clamp(1, LIMIT_MAX);
        self.vault.read(|connection| {
            let Some(expression) = search::expression(typed) else {
                return Ok(Page { transactions: Vec::new(), next: None });
            };
            let parameters = params![expression, bound(before), asked(limit)];
            list(connection, &search_sql(), parameters, limit)
        })
    }
}

/// Rows before this one.
fn bound(before: Option<PageMark>) -> i64 {
    before.map_or(i64::MAX, PageMark::number)
}

/// One more than is returned tells whether there is a next part.
fn asked(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX).saturating_add(1)
}

fn list(
    connection: &Connection,
    sql: &str,
    parameters: impl Params,
    limit: usize,
) -> Result<Page, VaultFailure> {
    let mut statement = connection.prepare_cached(sql)?;
    let mut found = statement.query(parameters)?;
    let mut transactions = Vec::with_capacity(limit);
    let mut last = None;
    while let Some(row) = found.next()? {
        if transactions.len() == limit {
            return Ok(Page { transactions, next: last });
        }
        transactions.push(rows::transaction(row)?);
        last = Some(PageMark::from_number(row.get(TRANSACTION_ROW)?));
    }
    Ok(Page { transactions, next: None })
}

// CROSS JOIN keeps SQLite to the order of the tables as written: rows come out newest first, and nothing is sorted.

pub(crate) fn accounts_sql() -> String {
    format!("SELECT {ACCOUNT_COLUMNS} FROM ledger_account ORDER BY row")
}

pub(crate) fn account_sql() -> String {
    format!("SELECT {ACCOUNT_COLUMNS} FROM ledger_account WHERE account_id = ?1")
}

pub(crate) fn transaction_sql() -> String {
    format!(
        "SELECT {TRANSACTION_COLUMNS} FROM ledger_transaction AS t
         JOIN ledger_account AS a ON a.row = t.account WHERE t.transaction_id = ?1"
    )
}

pub(crate) fn page_sql() -> String {
    format!(
        "SELECT {TRANSACTION_COLUMNS} FROM ledger_account AS a
         CROSS JOIN ledger_transaction AS t ON t.account = a.row
         WHERE a.account_id = ?1 AND t.row < ?2 ORDER BY t.row DESC LIMIT ?3"
    )
}

pub(crate) fn recent_sql() -> String {
    format!(
        "SELECT {TRANSACTION_COLUMNS} FROM ledger_transaction AS t
         CROSS JOIN ledger_account AS a ON a.row = t.account ORDER BY t.row DESC LIMIT ?1"
    )
}

pub(crate) fn search_sql() -> String {
    format!(
        "SELECT {TRANSACTION_COLUMNS} FROM ledger_search AS s
         CROSS JOIN ledger_transaction AS t ON t.row = s.rowid
         CROSS JOIN ledger_account AS a ON a.row = t.account
         WHERE s.ledger_search MATCH ?1 AND s.rowid < ?2 ORDER BY s.rowid DESC LIMIT ?3"
    )
}
