//! The handle that rooms hold.

use std::fmt;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError, TryLockError};

use guichet_foundation::ports::SecureStore;
use rusqlite::{Connection, Transaction, TransactionBehavior};

use crate::connection::is_broken;
use crate::erase::{self, EraseFailure};
use crate::failure::{OpenFailure, VaultFailure};
use crate::files::Files;
use crate::folder_lock::FolderLock;
use crate::opening::{self, OpenVault, Opened};
use crate::root_key::RootKey;
use crate::schema::Schema;

/// A handle to the vault. Clones share one vault; it starts locked.
///
/// A closure given to [`read`](Self::read) or [`write`](Self::write) must not call the same method again, nor
/// [`lock`](Self::lock) or [`open`](Self::open): it would wait for itself. Reading inside a write is fine and sees the state
/// before it.
#[derive(Clone)]
pub struct Vault(Arc<Inside>);

struct Inside {
    folder: PathBuf,
    files: Files,
    store: Arc<dyn SecureStore>,
    schemas: Vec<Schema>,
    opening: Mutex<()>,
    is_open: AtomicBool,
    reader: Mutex<Option<Connection>>,
    writer: Mutex<Option<Writer>>,
    closed_itself: OnceLock<Box<dyn Fn() + Send + Sync>>,
}

struct Writer {
    connection: Connection,
    _lock: FolderLock,
}

/// A panic while the mutex was held left nothing half done: a transaction that is not committed is rolled back.
fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Vault {
    /// A locked vault in `folder`, which is this vault's alone and which the shell keeps out of backups. `schemas` are those of
    /// every room of this app.
    pub fn new(folder: PathBuf, store: Arc<dyn SecureStore>, schemas: Vec<Schema>) -> Self {
        Self(Arc::new(Inside {
            files: Files::in_folder(folder.clone()),
            folder,
            store,
            schemas,
            opening: Mutex::new(()),
            is_open: AtomicBool::new(false),
            reader: Mutex::new(None),
            writer: Mutex::new(None),
            closed_itself: OnceLock::new(),
        }))
    }

    /// Has `tell` called each time the vault closes itself, because a page failed its check: whoever holds the root key lets go of
    /// it, and the next opening sets the file aside. Called on the thread that met the page, possibly inside a read or a write of
    /// its own: `tell` must not wait for the vault. Only the first `tell` is kept.
    pub fn when_it_closes_itself(&self, tell: impl Fn() + Send + Sync + 'static) {
        self.0.closed_itself.set(Box::new(tell)).ok();
    }

    /// Opens the file with the key derived from `root`, or makes it if there is none. An open vault is closed first.
    ///
    /// # Errors
    /// See [`OpenFailure`]: each variant says what became of the file and what to do.
    pub fn open(&self, root: &RootKey) -> Result<Opened, OpenFailure> {
        let inside = &*self.0;
        let _one_at_a_time = hold(&inside.opening);
        self.lock();
        let OpenVault { reader, writer, lock, opened } =
            opening::open(&inside.files, &*inside.store, &inside.schemas, root)?;
        *hold(&inside.writer) = Some(Writer { connection: writer, _lock: lock });
        *hold(&inside.reader) = Some(reader);
        inside.is_open.store(true, Ordering::Release);
        Ok(opened)
    }

    /// Closes the vault: waits for what is under way, then the key and every cached page are gone from memory. Locked already:
    /// nothing to do.
    pub fn lock(&self) {
        self.0.is_open.store(false, Ordering::Release);
        // The writer goes last: the last connection folds the log into the file.
        hold(&self.0.reader).take();
        hold(&self.0.writer).take();
    }

    /// Whether rows can be read now.
    pub fn is_open(&self) -> bool {
        self.0.is_open.load(Ordering::Acquire)
    }

    /// Reads, from one consistent state: the last commit.
    ///
    /// # Errors
    /// [`VaultFailure::Locked`], or what `f` returns.
    pub fn read<T, E: From<VaultFailure>>(
        &self,
        f: impl FnOnce(&Connection) -> Result<T, E>,
    ) -> Result<T, E> {
        let guard = hold(&self.0.reader);
        let connection = guard.as_ref().ok_or(VaultFailure::Locked)?;
        let result = snapshot(connection, f);
        let broken = result.is_err() && is_broken(connection);
        drop(guard);
        self.lock_if(broken);
        result
    }

    /// Writes: everything `f` did is durable when this returns `Ok`, and nothing of it happened when it returns `Err`.
    ///
    /// # Errors
    /// [`VaultFailure::Locked`], what `f` returns, or [`VaultFailure::Storage`] if the commit fails.
    pub fn write<T, E: From<VaultFailure>>(
        &self,
        f: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let mut guard = hold(&self.0.writer);
        let connection = &mut guard.as_mut().ok_or(VaultFailure::Locked)?.connection;
        let result = commit(connection, f);
        let broken = result.is_err() && is_broken(connection);
        if !self.is_open() {
            // A read inside `f` met a broken page.
            guard.take();
        }
        drop(guard);
        self.lock_if(broken);
        result
    }

    /// Locks, and destroys the keys and then the files: [`erase::begin`].
    ///
    /// # Errors
    /// See [`erase::begin`].
    pub fn wipe(&self) -> Result<(), EraseFailure> {
        let _no_opening = hold(&self.0.opening);
        self.lock();
        erase::begin(&*self.0.store, &self.0.folder)
    }

    fn lock_if(&self, broken: bool) {
        if !broken {
            return;
        }
        tracing::warn!("a page of the vault failed its check");
        // If even this cannot be written, the next opening meets the same page again.
        let _ = self.0.files.mark_suspect();
        self.0.is_open.store(false, Ordering::Release);
        hold(&self.0.reader).take();
        // Where a write is under way, perhaps on this very thread, it closes the writer when it ends.
        match self.0.writer.try_lock() {
            Ok(mut writer) => drop(writer.take()),
            Err(TryLockError::Poisoned(poisoned)) => drop(poisoned.into_inner().take()),
            Err(TryLockError::WouldBlock) => {}
        }
        if let Some(tell) = self.0.closed_itself.get() {
            tell();
        }
    }
}

fn snapshot<T, E: From<VaultFailure>>(
    connection: &Connection,
    f: impl FnOnce(&Connection) -> Result<T, E>,
) -> Result<T, E> {
    let state = connection.unchecked_transaction().map_err(VaultFailure::from)?;
    f(&state)
}

fn commit<T, E: From<VaultFailure>>(
    connection: &mut Connection,
    f: impl FnOnce(&Transaction<'_>) -> Result<T, E>,
) -> Result<T, E> {
    let tx = connection
        .transaction_with_behavior(TransactionBehavior::Immediate)
        .map_err(VaultFailure::from)?;
    let value = f(&tx)?;
    tx.commit().map_err(VaultFailure::from)?;
    Ok(value)
}

impl fmt::Debug for Vault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Vault({})", if self.is_open() { "open" } else { "locked" })
    }
}
