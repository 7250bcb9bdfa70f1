//! A phone with one vault: a folder and a secure store that outlive each opening, as they outlive a killed process.

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use guichet_foundation::ports::fakes::{FakeEntropy, FakeStore};
use guichet_vault::{OpenFailure, Opened, RootKey, Schema, Vault, VaultFailure};
use tempfile::TempDir;

pub(crate) const NOTES: Schema = Schema {
    room: "notes",
    steps: &["CREATE TABLE notes_note (id INTEGER PRIMARY KEY, text TEXT NOT NULL) STRICT;"],
};

pub(crate) struct Phone {
    pub(crate) folder: TempDir,
    pub(crate) store: FakeStore,
    pub(crate) root: RootKey,
    pub(crate) schemas: Vec<Schema>,
}

impl Phone {
    pub(crate) fn new() -> Self {
        Self {
            folder: tempfile::tempdir().unwrap(),
            store: FakeStore::default(),
            root: RootKey::make(&FakeEntropy::seeded(1)),
            schemas: vec![NOTES],
        }
    }

    /// A locked vault, as a started app has it.
    pub(crate) fn start(&self) -> Vault {
        let store = Arc::new(self.store.clone());
        Vault::new(self.folder.path().to_owned(), store, self.schemas.clone())
    }

    pub(crate) fn open(&self) -> Result<(Vault, Opened), OpenFailure> {
        let vault = self.start();
        let opened = vault.open(&self.root)?;
        Ok((vault, opened))
    }

    pub(crate) fn opened(&self) -> Vault {
        self.open().unwrap().0
    }

    pub(crate) fn current(&self) -> PathBuf {
        self.folder.path().join("current")
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.current().join("vault.db")
    }

    /// Leaves the files as a kill would: a copy taken while the vault is open takes the place of what closing leaves.
    pub(crate) fn killed_while_open(&self, vault: Vault) {
        let copy = tempfile::tempdir().unwrap();
        copy_folder(&self.current(), copy.path());
        drop(vault);
        fs::remove_dir_all(self.current()).unwrap();
        copy_folder(copy.path(), &self.current());
    }
}

pub(crate) fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        fs::copy(entry.path(), to.join(entry.file_name())).unwrap();
    }
}

/// Every file below `folder` with its bytes, in order of its path.
pub(crate) fn all_bytes(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(all_bytes(&path));
        } else {
            let bytes = fs::read(&path).unwrap();
            found.push((path, bytes));
        }
    }
    found.sort();
    found
}

pub(crate) fn write(vault: &Vault, text: &str) -> Result<(), VaultFailure> {
    vault.write(|tx| {
        tx.execute("INSERT INTO notes_note (text) VALUES (?1)", [text])?;
        Ok(())
    })
}

pub(crate) fn notes(vault: &Vault) -> Result<Vec<String>, VaultFailure> {
    vault.read(|connection| {
        let mut statement = connection.prepare("SELECT text FROM notes_note ORDER BY id")?;
        let rows = statement.query_map([], |row| row.get(0))?;
        Ok(rows.collect::<Result<_, _>>()?)
    })
}
