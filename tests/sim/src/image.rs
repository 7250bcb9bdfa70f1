//! A folder as it is at one moment: what a killed process leaves behind.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use tempfile::TempDir;

/// Memory, where the machine has a folder of it: thousands of worlds do not have to wait for a disk.
const IN_MEMORY: &str = "/dev/shm";

/// Every file of a folder with its bytes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Image(Vec<(PathBuf, Vec<u8>)>);

impl Image {
    /// What stands in `folder` now.
    pub(crate) fn of(folder: &Path) -> io::Result<Self> {
        let mut files = Vec::new();
        gather(folder, folder, &mut files)?;
        files.sort();
        Ok(Self(files))
    }

    /// A new folder that holds the same.
    pub(crate) fn unfold(&self) -> io::Result<TempDir> {
        let folder = empty_folder()?;
        for (path, bytes) in &self.0 {
            let file = folder.path().join(path);
            if let Some(parent) = file.parent() {
                fs::create_dir_all(parent)?;
            }
            fs::write(file, bytes)?;
        }
        Ok(folder)
    }

    /// Whether a file of this name is in it, in whatever folder.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.iter().any(|(path, _)| path.file_name().is_some_and(|found| found == name))
    }
}

/// An empty folder that goes with its handle.
pub(crate) fn empty_folder() -> io::Result<TempDir> {
    let mut builder = tempfile::Builder::new();
    builder.prefix("guichet-sim-");
    let in_memory = Path::new(IN_MEMORY);
    if in_memory.is_dir() { builder.tempdir_in(in_memory) } else { builder.tempdir() }
}

fn gather(root: &Path, folder: &Path, into: &mut Vec<(PathBuf, Vec<u8>)>) -> io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            gather(root, &path, into)?;
        } else if !is_shared_memory(&path) {
            let name = path.strip_prefix(root).unwrap_or(&path).to_owned();
            into.push((name, fs::read(&path)?));
        }
    }
    Ok(())
}

/// SQLite's index of its log: it lives in the memory of the processes that have it open, and dies with the last of them.
fn is_shared_memory(path: &Path) -> bool {
    path.extension().is_some_and(|ending| ending == "db-shm" || ending == "sqlite-shm")
}
