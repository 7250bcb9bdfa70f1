//! Opening the file: settings, migrations, and the refusals a person can act on.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::schema::MIGRATIONS;

/// Why the file cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Written by a later version of the bank.
    #[error(
        "{path} was written by a newer version of the bank (schema {found}, this one knows {known}): \
         use that version, or choose another --data folder"
    )]
    Newer {
        /// The file.
        path: PathBuf,
        /// Its schema version.
        found: i64,
        /// The newest schema version this program knows.
        known: i64,
    },
    /// Something else: no permission, not a database, disk full.
    #[error("cannot open {path}: {source}")]
    Unusable {
        /// The file.
        path: PathBuf,
        /// What `SQLite` said.
        source: rusqlite::Error,
    },
}

pub(super) fn writer(path: &Path) -> Result<Connection, OpenError> {
    let unusable = |source| OpenError::Unusable { path: path.to_owned(), source };
    let mut connection = Connection::open(path).map_err(unusable)?;
    refuse_newer(&connection, path)?;
    configure(&connection).map_err(unusable)?;
    migrate(&mut connection).map_err(unusable)?;
    Ok(connection)
}

pub(super) fn reader(path: &Path) -> Result<Connection, OpenError> {
    let unusable = |source| OpenError::Unusable { path: path.to_owned(), source };
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(path, flags).map_err(unusable)
}

fn refuse_newer(connection: &Connection, path: &Path) -> Result<(), OpenError> {
    let found = version(connection)
        .map_err(|source| OpenError::Unusable { path: path.to_owned(), source })?;
    let known = known_version();
    if found > known {
        return Err(OpenError::Newer { path: path.to_owned(), found, known });
    }
    Ok(())
}

/// Full synchronisation is the point: what was answered survives `kill -9` and a power cut.
fn configure(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.busy_timeout(core::time::Duration::from_secs(5))
}

fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let done = usize::try_from(version(connection)?).unwrap_or_default();
    let transaction = connection.transaction()?;
    for statements in MIGRATIONS.iter().skip(done).flat_map(|step| step.iter()) {
        transaction.execute_batch(statements)?;
    }
    transaction.pragma_update(None, "user_version", known_version())?;
    transaction.commit()
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.pragma_query_value(None, "user_version", |row| row.get(0))
}

fn known_version() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}
