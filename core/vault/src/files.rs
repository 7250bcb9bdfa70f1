//! Where the vault's files are, and moving them about whole.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::{Path, PathBuf};

const CURRENT: &str = "current";
const QUARANTINE: &str = "quarantine";
const DATABASE: &str = "vault.db";
const WRITE_AHEAD_LOG: &str = "vault.db-wal";
const SUSPECT: &str = "suspect";
const LOCK: &str = "vault.lock";

/// The vault's files inside the folder the shell gave.
///
/// The database and SQLite's files beside it live in one folder of their own, so that moving them aside is one rename: no kill can
/// separate a database from its log.
#[derive(Clone, Debug)]
pub(crate) struct Files {
    folder: PathBuf,
}

impl Files {
    pub(crate) const fn in_folder(folder: PathBuf) -> Self {
        Self { folder }
    }

    pub(crate) fn database(&self) -> PathBuf {
        self.current().join(DATABASE)
    }

    pub(crate) fn lock(&self) -> PathBuf {
        self.folder.join(LOCK)
    }

    fn current(&self) -> PathBuf {
        self.folder.join(CURRENT)
    }

    fn suspect(&self) -> PathBuf {
        self.current().join(SUSPECT)
    }

    /// Makes the folders and an empty lock file, readable by this app alone. There already: nothing to do.
    pub(crate) fn prepare(&self) -> io::Result<()> {
        make_folder(&self.folder)?;
        make_folder(&self.current())?;
        make_file(&self.lock())
    }

    /// Makes an empty database file, readable by this app alone; SQLite gives the files beside it the same mode.
    pub(crate) fn make_database(&self) -> io::Result<()> {
        make_file(&self.database())?;
        sync_folder(&self.current())
    }

    /// Whether there is a database that holds anything.
    pub(crate) fn has_database(&self) -> io::Result<bool> {
        size(&self.database()).map(|size| size.is_some_and(|bytes| bytes > 0))
    }

    /// Whether a log was left behind, as after a kill.
    pub(crate) fn has_log(&self) -> io::Result<bool> {
        size(&self.current().join(WRITE_AHEAD_LOG)).map(|size| size.is_some())
    }

    /// Makes the next opening check every page.
    pub(crate) fn mark_suspect(&self) -> io::Result<()> {
        make_file(&self.suspect())
    }

    pub(crate) fn is_suspect(&self) -> io::Result<bool> {
        size(&self.suspect()).map(|size| size.is_some())
    }

    pub(crate) fn clear_suspicion(&self) -> io::Result<()> {
        allow_missing(fs::remove_file(self.suspect()))
    }

    /// Moves the database and everything beside it to the next free `quarantine/NNNN`, in one rename.
    pub(crate) fn move_aside(&self) -> io::Result<()> {
        let quarantine = self.folder.join(QUARANTINE);
        make_folder(&quarantine)?;
        let mut number = 1_u32;
        while quarantine.join(numbered(number)).exists() {
            number += 1;
        }
        fs::rename(self.current(), quarantine.join(numbered(number)))?;
        sync_folder(&quarantine)?;
        sync_folder(&self.folder)
    }

    /// Removes every file of the vault. What is not there is removed already.
    pub(crate) fn remove_all(&self) -> io::Result<()> {
        let removals = [
            fs::remove_dir_all(self.current()),
            fs::remove_dir_all(self.folder.join(QUARANTINE)),
            fs::remove_file(self.lock()),
        ];
        removals.into_iter().try_for_each(allow_missing)?;
        allow_missing(sync_folder(&self.folder))
    }
}

fn numbered(number: u32) -> String {
    format!("{number:04}")
}

fn size(file: &Path) -> io::Result<Option<u64>> {
    match fs::metadata(file) {
        Ok(data) => Ok(Some(data.len())),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

fn allow_missing(result: io::Result<()>) -> io::Result<()> {
    match result {
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

fn make_folder(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

fn make_file(file: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(file).map(drop)
}

/// A rename or a new name is durable once its folder is.
fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(folder)?.sync_all() } else { Ok(()) }
}
