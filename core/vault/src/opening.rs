//! The steps from a closed file to an open vault. A kill between any two of them is made good by the next opening.

use guichet_foundation::ports::{SecureStore, Slot};
use rusqlite::{Connection, TransactionBehavior};

use crate::connection::{self, FileKey};
use crate::epoch::Record;
use crate::failure::OpenFailure;
use crate::files::Files;
use crate::folder_lock::FolderLock;
use crate::probe;
use crate::root_key::RootKey;
use crate::schema::{self, Schema, Standing};

/// What was found behind the door.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Opened {
    /// Nothing: this is the first vault of this installation.
    Created,
    /// Nothing, though there was a vault before: its file was moved aside, or is gone. A sync fills the new one.
    Recreated,
    /// The vault as it was left, its tables brought to this version.
    Existing,
}

/// An open vault: two connections to one file, and the lock that keeps others out.
pub(crate) struct OpenVault {
    pub(crate) reader: Connection,
    pub(crate) writer: Connection,
    pub(crate) lock: FolderLock,
    pub(crate) opened: Opened,
}

/// Opens the file, or makes it.
pub(crate) fn open(
    files: &Files,
    store: &dyn SecureStore,
    schemas: &[Schema],
    root: &RootKey,
) -> Result<OpenVault, OpenFailure> {
    if store.get(Slot::WipeJournal)?.is_some() {
        return Err(OpenFailure::BeingErased);
    }
    let record = Record::load(store)?;
    if record.as_ref().is_some_and(|record| !record.is_of(root)) {
        return Err(OpenFailure::WrongKey);
    }
    files.prepare()?;
    let lock = FolderLock::take(&files.lock())?;
    let key = FileKey::from_bytes(&root.database_key());
    let remembered = record.as_ref().map_or(0, |record| record.epoch);
    let found = examine(files, &key, schemas, remembered)?;
    let epoch = next_epoch(remembered, found);

    let mut writer = connection::writer(&files.database(), &key)?;
    let tx = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
    schema::migrate(&tx, schemas, epoch)?;
    tx.commit()?;
    Record::of(root, epoch).save(store)?;
    let reader = connection::reader(&files.database(), &key)?;
    let opened = match (found, record) {
        (Standing::Known { .. } | Standing::Newer, _) => Opened::Existing,
        (Standing::Unfinished, Some(_)) => Opened::Recreated,
        (Standing::Unfinished, None) => Opened::Created,
    };
    Ok(OpenVault { reader, writer, lock, opened })
}

/// What is there before anything is written. A file that is damaged or older than remembered is moved aside.
///
/// With the right key proven by the store, a file that does not read is damaged, not foreign. Without a record no vault was ever
/// finished with any key, and the file is some earlier installation's: aside as well.
fn examine(
    files: &Files,
    key: &FileKey,
    schemas: &[Schema],
    remembered: u32,
) -> Result<Standing, OpenFailure> {
    if !files.has_database()? {
        files.make_database()?;
        return Ok(Standing::Unfinished);
    }
    match probe::look(files, key, schemas) {
        Ok(Standing::Newer) => Err(OpenFailure::Newer),
        Ok(Standing::Known { epoch }) if epoch < remembered => {
            Err(set_aside(files, OpenFailure::RolledBack))
        }
        Err(OpenFailure::Damaged) => Err(set_aside(files, OpenFailure::Damaged)),
        other => other,
    }
}

fn set_aside(files: &Files, why: OpenFailure) -> OpenFailure {
    tracing::warn!(%why, "the vault's file is moved aside");
    match files.move_aside() {
        Ok(()) => why,
        Err(error) => error.into(),
    }
}

/// One more than the store remembers, or what the file already says.
fn next_epoch(remembered: u32, found: Standing) -> u32 {
    let ahead = match found {
        Standing::Known { epoch } => epoch,
        Standing::Unfinished | Standing::Newer => 0,
    };
    remembered.saturating_add(1).max(ahead)
}
