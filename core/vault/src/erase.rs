//! Wiping: keys first, files second, as a step that is journalled and can be repeated.
//!
//! The journal is one item of the secure store, written before anything is destroyed and removed after everything is. Every app
//! start calls [`resume`] before it opens anything, so that a wipe that was killed anywhere is finished; until then
//! [`Vault::open`](crate::Vault::open) refuses. From the moment the key items are gone nothing opens the vault, whatever files are
//! left.
//!
//! Keys of the secure hardware are not here: their room destroys them between [`mark`] and [`finish`] (with [`destroy`] before them,
//! so that the vault's keys never wait for the hardware), and again whenever [`is_marked`] says that a wipe was cut short.

use std::path::Path;

use guichet_foundation::ports::{SecureStore, Slot, StoreFailure};
use guichet_foundation::sensitivity::SecretBytes;

use crate::failure::StorageTrouble;
use crate::files::Files;

/// Without these, nothing opens the vault.
const KEYS: [Slot; 3] = [Slot::VaultRootByPin, Slot::VaultRootByBiometric, Slot::PinPepper];

/// What belongs to the customer or the vault. The count of failed PINs goes last of all: while a key might be left it still limits
/// who may try.
const BELONGINGS: [Slot; 5] =
    [Slot::Tokens, Slot::Registration, Slot::Settings, Slot::VaultEpoch, Slot::PinAttempts];

/// What a wipe keeps: documents the bank has signed, with versions that only grow. They say nothing about the customer, and without
/// them whoever can cause a wipe could take the phone back to pins that the bank has withdrawn.
pub const KEPT: [Slot; 2] = [Slot::PinSet, Slot::ReceiptKeys];

const JOURNAL_VERSION: u8 = 1;

/// Why a wipe is not complete. It stays journalled: [`resume`] it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EraseFailure {
    /// The secure store refused a write or a removal.
    #[error("not everything is wiped: {0}")]
    Store(#[from] StoreFailure),
    /// A file could not be removed. The keys are gone already.
    #[error("the keys are gone, but files are left: the phone's storage failed: {0}")]
    Files(#[from] StorageTrouble),
}

/// Wipes. Lock every [`Vault`](crate::Vault) of this folder before.
///
/// # Errors
/// If the journal cannot be written nothing was destroyed. Otherwise everything that could be destroyed is, and the rest is left to
/// [`resume`].
pub fn begin(store: &dyn SecureStore, folder: &Path) -> Result<(), EraseFailure> {
    mark(store)?;
    finish(store, folder)
}

/// Finishes a wipe that was begun, if there is one: `true` if there was.
///
/// # Errors
/// As [`begin`].
pub fn resume(store: &dyn SecureStore, folder: &Path) -> Result<bool, EraseFailure> {
    if !is_marked(store)? {
        return Ok(false);
    }
    finish(store, folder)?;
    Ok(true)
}

/// Writes the journal. From here on the vault does not open, and every start resumes the wipe.
///
/// # Errors
/// If the store refuses; nothing was destroyed.
pub fn mark(store: &dyn SecureStore) -> Result<(), StoreFailure> {
    store.put(Slot::WipeJournal, &SecretBytes::new(vec![JOURNAL_VERSION]))
}

/// Whether a wipe was begun and is not complete.
///
/// # Errors
/// If the store does not answer.
pub fn is_marked(store: &dyn SecureStore) -> Result<bool, StoreFailure> {
    Ok(store.get(Slot::WipeJournal)?.is_some())
}

/// [`destroy`], then removes the journal: the wipe is complete.
///
/// # Errors
/// As [`destroy`], or if the journal cannot be removed.
pub fn finish(store: &dyn SecureStore, folder: &Path) -> Result<(), EraseFailure> {
    destroy(store, folder)?;
    Ok(store.remove(Slot::WipeJournal)?)
}

/// Destroys keys, then the rest, then the files, and leaves the journal: for a caller that has something else to destroy under it.
/// What is gone already is no obstacle, and what fails does not keep the rest from being destroyed.
///
/// # Errors
/// The first failure.
pub fn destroy(store: &dyn SecureStore, folder: &Path) -> Result<(), EraseFailure> {
    let keys = remove(store, &KEYS);
    let belongings = remove(store, &BELONGINGS);
    let files = Files::in_folder(folder.to_owned()).remove_all().map_err(StorageTrouble::from);
    keys?;
    belongings?;
    Ok(files?)
}

fn remove(store: &dyn SecureStore, slots: &[Slot]) -> Result<(), StoreFailure> {
    let mut result = Ok(());
    for slot in slots {
        result = result.and(store.remove(*slot));
    }
    result
}
