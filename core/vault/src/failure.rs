//! What can go wrong, in terms a customer's screen can be chosen by. No message carries a row, a path or SQL.

use std::io;

use guichet_foundation::ports::StoreFailure;
use rusqlite::{Error as SqlError, ErrorCode};

/// Why the vault did not open. Unless it says otherwise the file is as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenFailure {
    /// The root key is not the one this vault was made with.
    #[error("the key is not this vault's key")]
    WrongKey,
    /// A newer version of the app wrote the file; nothing was touched. Remedy: update the app.
    #[error("a newer version of the app wrote this vault; update the app")]
    Newer,
    /// The file fails its checks. It was moved aside; the next opening makes a new one, to be filled by a sync.
    #[error("the vault is damaged and was moved aside; open again and synchronise")]
    Damaged,
    /// An older copy of the file was put back. It was moved aside; the next opening makes a new one.
    #[error(
        "an older copy of the vault was put back; it was moved aside; open again and synchronise"
    )]
    RolledBack,
    /// This build does not encrypt with our provider: it must not store anything.
    #[error("this build has no cipher of ours; it was built without the project's configuration")]
    Cipher,
    /// Another handle or process has the vault open.
    #[error("the vault is open elsewhere")]
    InUse,
    /// A wipe was begun and has to be finished first.
    #[error("a wipe is under way; finish it first")]
    BeingErased,
    /// The phone's storage does not let us.
    #[error("the phone's storage failed: {0}")]
    Storage(#[from] StorageTrouble),
    /// The platform's secure store does not let us.
    #[error(transparent)]
    Store(#[from] StoreFailure),
}

/// Why a read or a write did not happen. A write that failed changed nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum VaultFailure {
    /// The vault is locked.
    #[error("the vault is locked")]
    Locked,
    /// A page failed its check. The vault has locked itself; opening it again checks the whole file and moves it aside if need be.
    #[error("the vault is damaged; lock and open it again")]
    Damaged,
    /// The phone's storage does not let us.
    #[error("the phone's storage failed: {0}")]
    Storage(#[from] StorageTrouble),
    /// A constraint of the schema, or SQL that does not fit it: a bug of ours. The number is SQLite's extended result code, 0 for
    /// a row of another shape than expected.
    #[error("the database refused a statement (code {code})")]
    Refused {
        /// SQLite's extended result code.
        code: i32,
    },
}

/// What is wrong with the phone's storage.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StorageTrouble {
    /// No room is left. Remedy: free some space.
    #[error("it is full")]
    Full,
    /// Files cannot be written.
    #[error("it cannot be written")]
    ReadOnly,
    /// Files cannot be read or made, for another reason.
    #[error("it is not available")]
    Unavailable,
}

impl From<SqlError> for VaultFailure {
    fn from(error: SqlError) -> Self {
        let SqlError::SqliteFailure(inner, _) = &error else { return Self::Refused { code: 0 } };
        match inner.code {
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => Self::Damaged,
            ErrorCode::DiskFull => Self::Storage(StorageTrouble::Full),
            ErrorCode::ReadOnly | ErrorCode::PermissionDenied => {
                Self::Storage(StorageTrouble::ReadOnly)
            }
            ErrorCode::SystemIoFailure
            | ErrorCode::CannotOpen
            | ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::FileLockingProtocolFailed
            | ErrorCode::OutOfMemory => Self::Storage(StorageTrouble::Unavailable),
            _ => Self::Refused { code: inner.extended_code },
        }
    }
}

impl From<VaultFailure> for OpenFailure {
    fn from(failure: VaultFailure) -> Self {
        match failure {
            VaultFailure::Damaged => Self::Damaged,
            VaultFailure::Storage(trouble) => Self::Storage(trouble),
            VaultFailure::Locked => Self::Storage(StorageTrouble::Unavailable),
            VaultFailure::Refused { code } => {
                tracing::error!(code, "the vault's schema does not fit: a migration is wrong");
                Self::Storage(StorageTrouble::Unavailable)
            }
        }
    }
}

impl From<SqlError> for OpenFailure {
    fn from(error: SqlError) -> Self {
        VaultFailure::from(error).into()
    }
}

impl From<io::Error> for StorageTrouble {
    fn from(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full,
            io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            _ => Self::Unavailable,
        }
    }
}

impl From<io::Error> for OpenFailure {
    fn from(error: io::Error) -> Self {
        Self::Storage(error.into())
    }
}
