//! The file that an approval's commit is compared with.

use guichet_vault::rusqlite::Connection;
use tempfile::TempDir;

/// A file in the clear that keeps what it is given through a loss of power, as the vault's connection does.
pub(crate) struct BareFile {
    connection: Connection,
    _folder: TempDir,
}

impl BareFile {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let connection = Connection::open(folder.path().join("bare")).unwrap();
        connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(())).unwrap();
        connection
            .execute_batch(
                "PRAGMA synchronous = FULL;
                 CREATE TABLE sent (id INTEGER PRIMARY KEY, intent BLOB NOT NULL, approval BLOB NOT NULL) STRICT;",
            )
            .unwrap();
        Self { connection, _folder: folder }
    }

    pub(crate) fn commit(&self, intent: &[u8], approval: &[u8]) {
        self.connection
            .prepare_cached("INSERT INTO sent (intent, approval) VALUES (?1, ?2)")
            .unwrap()
            .execute((intent, approval))
            .unwrap();
    }
}
