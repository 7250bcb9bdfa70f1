//! The bank's one file: plain `SQLite`, written so that a kill at any moment loses nothing that was
//! acknowledged.
//!
//! One connection writes and one reads (write-ahead log, full synchronisation), each behind a lock.
//! Calls block for about one flush of the disk; a sandbox with a handful of phones needs no pool.

mod open;
mod schema;

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use rusqlite::{Connection, Transaction, TransactionBehavior};

pub use open::OpenError;

/// The open file. Clones share it.
#[derive(Clone, Debug)]
pub struct Store {
    shared: Arc<Connections>,
}

#[derive(Debug)]
struct Connections {
    writer: Mutex<Connection>,
    reader: Mutex<Connection>,
}

impl Store {
    /// Opens the file, makes it if it is not there, and brings an older one forward. A file of a
    /// newer version is left untouched.
    pub fn open(path: &Path) -> Result<Self, OpenError> {
        let writer = open::writer(path)?;
        let reader = open::reader(path)?;
        let shared =
            Arc::new(Connections { writer: Mutex::new(writer), reader: Mutex::new(reader) });
        Ok(Self { shared })
    }

    /// Moves what the write-ahead log holds into the file itself.
    pub fn checkpoint(&self) -> rusqlite::Result<()> {
        let writer = self.shared.writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(()))
    }

    /// Runs `query` over a consistent state of the file.
    pub fn read<T, E: From<rusqlite::Error>>(
        &self,
        query: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut reader = self.shared.reader.lock().unwrap_or_else(PoisonError::into_inner);
        let snapshot = reader.transaction()?;
        query(&snapshot)
    }

    /// Runs `change` in one transaction: committed to the disk if it answers `Ok`, without a trace if
    /// it answers `Err`. A refusal that must leave a mark is therefore an `Ok`.
    ///
    /// Must not be called from within `change`: there is one writer.
    pub fn write<T, E: From<rusqlite::Error>>(
        &self,
        change: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut writer = self.shared.writer.lock().unwrap_or_else(PoisonError::into_inner);
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let outcome = change(&transaction)?;
        transaction.commit()?;
        Ok(outcome)
    }
}
