//! Opening the stolen vault file, with the very library that wrote it.

use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use crate::phone::hardware::fill_random;

/// What came of opening the file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Opening {
    /// It opened, and has this many tables.
    Opened(i64),
    /// It did not, and SQLite says why.
    Refused(String),
}

/// Opens the file as a plain database.
pub(crate) fn without_key(file: &Path) -> Opening {
    open(file, None)
}

/// Opens the file with a raw key drawn at random.
pub(crate) fn with_wrong_key(file: &Path) -> Opening {
    let (mut high, mut low) = ([0; 16], [0; 16]);
    fill_random(&mut high);
    fill_random(&mut low);
    let (high, low) = (u128::from_be_bytes(high), u128::from_be_bytes(low));
    open(file, Some(&format!("x'{high:032x}{low:032x}'")))
}

fn open(file: &Path, key: Option<&str>) -> Opening {
    let count = || {
        let connection = Connection::open_with_flags(file, OpenFlags::SQLITE_OPEN_READ_WRITE)?;
        connection.execute_batch("PRAGMA cipher_log_level = NONE")?;
        if let Some(key) = key {
            connection.pragma_update(None, "key", key)?;
        }
        connection.query_row("SELECT count(*) FROM sqlite_master", [], |row| row.get(0))
    };
    match count() {
        Ok(tables) => Opening::Opened(tables),
        Err(rusqlite::Error::SqliteFailure(_, Some(text))) => Opening::Refused(text),
        Err(other) => Opening::Refused(other.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn database(key: Option<&str>) -> (tempfile::TempDir, std::path::PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("vault.db");
        let connection = Connection::open(&file).unwrap();
        if let Some(key) = key {
            connection.pragma_update(None, "key", key).unwrap();
        }
        connection.execute_batch("CREATE TABLE t (x); INSERT INTO t VALUES (1)").unwrap();
        drop(connection);
        (folder, file)
    }

    #[test]
    fn an_encrypted_file_opens_with_neither_no_key_nor_a_wrong_one() {
        let (_folder, file) = database(Some(&format!("x'{}'", "ab".repeat(32))));
        assert!(matches!(without_key(&file), Opening::Refused(_)));
        assert!(matches!(with_wrong_key(&file), Opening::Refused(_)));
    }

    #[test]
    fn a_plain_file_would_open() {
        let (_folder, file) = database(None);
        assert_eq!(without_key(&file), Opening::Opened(1));
    }
}
