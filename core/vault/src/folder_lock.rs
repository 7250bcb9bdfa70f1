//! One vault open at a time: across handles and across processes, released by the system when a process is killed.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, ErrorCode, OpenFlags};

use crate::connection::plain;
use crate::failure::OpenFailure;

/// Held for as long as the vault is open.
///
/// The lock is SQLite's own, an exclusive transaction on an empty file that is never written: `File::try_lock` answers
/// 'unsupported' on Android before Rust 1.98, and SQLite's locks work everywhere SQLite does, also between two handles of one
/// process.
pub(crate) struct FolderLock {
    _transaction: Connection,
}

impl FolderLock {
    /// Takes the lock or says that somebody has it.
    pub(crate) fn take(file: &Path) -> Result<Self, OpenFailure> {
        let connection = plain(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.busy_timeout(Duration::ZERO)?;
        match connection.execute_batch("PRAGMA journal_mode = MEMORY; BEGIN EXCLUSIVE") {
            Ok(()) => Ok(Self { _transaction: connection }),
            Err(error) if error.sqlite_error_code() == Some(ErrorCode::DatabaseBusy) => {
                Err(OpenFailure::InUse)
            }
            Err(error) => Err(error.into()),
        }
    }
}
