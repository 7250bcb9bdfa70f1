//! The folder the bank keeps everything in: books, keys, tokens. One bank at a time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Why the folder cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DataDirError {
    /// Not there and not to be made, not a folder, or not writable.
    #[error("cannot use the data folder {path}: {source}; choose a folder you may write to")]
    Unusable {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// Another bank holds it.
    #[error("another bank is running on the data folder {path}: stop it, or choose another --data")]
    InUse {
        /// The folder.
        path: PathBuf,
    },
    /// A file in it is not what the bank wrote.
    #[error("{path} is not readable as the bank wrote it: move the folder away to start afresh")]
    Damaged {
        /// The file.
        path: PathBuf,
    },
}

/// A folder that is this bank's alone until it is dropped.
#[derive(Debug)]
pub struct DataDir {
    path: PathBuf,
    /// Held open: the lock ends with the process, however it ends.
    _lock: File,
}

impl DataDir {
    /// Takes a folder, making it if it is not there.
    pub fn take(path: &Path) -> Result<Self, DataDirError> {
        let unusable = |source| DataDirError::Unusable { path: path.to_owned(), source };
        make_private(path).map_err(unusable)?;
        let lock = open_private(&path.join("bank.lock"), false).map_err(unusable)?;
        match lock.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                return Err(DataDirError::InUse { path: path.to_owned() });
            }
            Err(TryLockError::Error(source)) => return Err(unusable(source)),
        }
        let path = path.canonicalize().map_err(unusable)?;
        Ok(Self { path, _lock: lock })
    }

    /// A file's place in the folder.
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// The text of a file, if it is there.
    pub fn read(&self, name: &str) -> Result<Option<String>, DataDirError> {
        match fs::read_to_string(self.file(name)) {
            Ok(text) => Ok(Some(text)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(_) => Err(self.damaged(name)),
        }
    }

    /// Writes a file that only the owner may read, whole or not at all.
    pub fn write(&self, name: &str, text: &str) -> Result<(), DataDirError> {
        let partial = self.file(&format!("{name}.part"));
        write_private(&partial, text)
            .and_then(|()| fs::rename(&partial, self.file(name)))
            .and_then(|()| sync_folder(&self.path))
            .map_err(|source| DataDirError::Unusable { path: self.path.clone(), source })
    }

    /// Puts one file in the place of another, which is gone then.
    pub fn rename(&self, from: &str, to: &str) -> Result<(), DataDirError> {
        fs::rename(self.file(from), self.file(to))
            .and_then(|()| sync_folder(&self.path))
            .map_err(|source| DataDirError::Unusable { path: self.path.clone(), source })
    }

    /// Makes an empty file that only the owner may read, if it is not there. `SQLite` gives the files
    /// beside its own the same mode.
    pub fn make_private_file(&self, name: &str) -> Result<(), DataDirError> {
        open_private(&self.file(name), false)
            .map(drop)
            .map_err(|source| DataDirError::Unusable { path: self.path.clone(), source })
    }

    /// The error for a file that is there but makes no sense.
    pub fn damaged(&self, name: &str) -> DataDirError {
        DataDirError::Damaged { path: self.file(name) }
    }
}

fn make_private(path: &Path) -> io::Result<()> {
    if path.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(path)
}

fn open_private(path: &Path, truncate: bool) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(truncate).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path)
}

fn write_private(path: &Path, text: &str) -> io::Result<()> {
    let mut file = open_private(path, true)?;
    file.write_all(text.as_bytes())?;
    file.sync_all()
}

/// The new name itself must survive a power cut too. Only Unix lets a folder be flushed.
fn sync_folder(path: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(path)?.sync_all() } else { Ok(()) }
}
