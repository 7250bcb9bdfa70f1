//! Files, read as raw bytes.

use std::io;
use std::path::{Path, PathBuf};

use super::{Found, Search};

impl Search<'_> {
    /// Looks through every file under these folders.
    pub(crate) fn files(&self, folders: &[&Path]) -> io::Result<Found> {
        let mut found = Found::default();
        for file in files_under(folders)? {
            self.look(&std::fs::read(&file)?, &file.display().to_string(), &mut found);
        }
        Ok(found)
    }
}

/// Every file under these folders, sorted.
pub(crate) fn files_under(folders: &[&Path]) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for folder in folders {
        found.extend(all_files(folder)?);
    }
    Ok(found)
}

/// Every file under `folder`, which may be wiped while it is being read.
pub(crate) fn all_files(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(found),
        entries => entries?,
    };
    for entry in entries {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(all_files(&path)?);
        } else if path.exists() {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

/// The file of this name under `folder`, if there is one.
pub(crate) fn named(folder: &Path, name: &str) -> io::Result<Option<PathBuf>> {
    let named = |path: &PathBuf| path.file_name().is_some_and(|found| found == name);
    Ok(all_files(folder)?.into_iter().find(named))
}

#[cfg(test)]
mod tests {
    use super::super::Wanted;
    use super::*;

    #[test]
    fn what_lies_in_the_open_is_found_however_deep() {
        let folder = tempfile::tempdir().unwrap();
        let mut wanted = Wanted::default();
        wanted.add("a token", "tok-123456");
        std::fs::write(folder.path().join("other"), [0xFF; 4096]).unwrap();
        let search = Search::new(&wanted).unwrap();
        assert!(search.files(&[folder.path()]).unwrap().leaks.is_empty());
        std::fs::create_dir(folder.path().join("deep")).unwrap();
        std::fs::write(folder.path().join("deep/plain"), "ttok-123456").unwrap();
        let found = search.files(&[folder.path()]).unwrap();
        assert!(found.has("a token") && found.describe().contains("deep/plain"));
        assert_eq!(found.bytes, 4096 + 11);
    }
}
