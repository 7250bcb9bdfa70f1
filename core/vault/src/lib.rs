//! The encrypted local database: the only room with SQLite.
//!
//! One SQLCipher file holds what every room stores. It is keyed with 32 raw bytes derived from the [`RootKey`], which the
//! platform's secure store keeps wrapped under the customer's PIN or behind a biometric ([`keys`]). A [`Vault`] is a handle that
//! starts locked; while it is locked nothing in the process can read a row. Wiping destroys keys first and files second, as a
//! journalled step ([`erase`]).
//!
//! What the cipher does not give: pages are authenticated one by one, so somebody who can write the file may put back older
//! *pages* of it, and the [epoch](OpenFailure::RolledBack) notices an older *file* only if the vault was opened since the copy
//! was made. Money is safe from that all the same: an intent executes once, at the bank.
//!
//! On disk, inside the folder the shell gives (which the shell excludes from backups and cloud copies):
//!
//! ```text
//! vault.lock         held while a vault is open
//! current/vault.db   the file, with -wal and -shm beside it while it is open
//! current/suspect    present if a page failed its check: the next opening checks every page
//! quarantine/0001/   a folder `current` that was moved aside; removed by a wipe only
//! ```

mod connection;
mod epoch;
pub mod erase;
mod failure;
mod files;
mod folder_lock;
pub mod keys;
mod opening;
mod probe;
mod root_key;
mod schema;
mod vault;

/// Rooms speak SQL through this very version.
pub use rusqlite;

pub use failure::{OpenFailure, StorageTrouble, VaultFailure};
pub use opening::Opened;
pub use root_key::RootKey;
pub use schema::Schema;
pub use vault::Vault;
