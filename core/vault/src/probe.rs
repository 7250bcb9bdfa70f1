//! A look at the file that changes nothing: not a byte of it, no log beside it.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::connection::{FileKey, is_broken, keyed};
use crate::failure::{OpenFailure, StorageTrouble};
use crate::files::Files;
use crate::schema::{Schema, Standing, standing};

/// What the file says of itself; every page is checked if a page was found damaged before.
pub(crate) fn look(
    files: &Files,
    key: &FileKey,
    schemas: &[Schema],
) -> Result<Standing, OpenFailure> {
    let file = files.database();
    let connection = if files.has_log()? { beside_log(&file, key) } else { immutable(&file, key) }?;
    let found = standing(&connection, schemas).map_err(|error| reason(&connection, error))?;
    if files.is_suspect()? {
        check_every_page(&connection)?;
        files.clear_suspicion()?;
    }
    Ok(found)
}

/// No log: the file alone is the whole truth, and SQLite is told that nobody changes it.
fn immutable(file: &Path, key: &FileKey) -> Result<Connection, OpenFailure> {
    let name = format!("file:{}?immutable=1", encoded(file)?);
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_URI;
    keyed(Path::new(&name), flags, key)
}

/// A log was left by a kill: it is read, into memory (exclusive locking makes no index file), and left as it is.
fn beside_log(file: &Path, key: &FileKey) -> Result<Connection, OpenFailure> {
    let connection = keyed(file, OpenFlags::SQLITE_OPEN_READ_WRITE, key)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.execute_batch("PRAGMA query_only = ON; PRAGMA locking_mode = EXCLUSIVE;")?;
    Ok(connection)
}

fn check_every_page(connection: &Connection) -> Result<(), OpenFailure> {
    let verdict = connection
        .query_row("PRAGMA integrity_check(1)", [], |row| row.get::<_, String>(0))
        .map_err(|error| reason(connection, error))?;
    if verdict == "ok" && !is_broken(connection) { Ok(()) } else { Err(OpenFailure::Damaged) }
}

fn reason(connection: &Connection, error: rusqlite::Error) -> OpenFailure {
    if is_broken(connection) { OpenFailure::Damaged } else { error.into() }
}

/// The path as it may stand in a URI (RFC 3986 section 2.3).
fn encoded(file: &Path) -> Result<String, OpenFailure> {
    use std::fmt::Write as _;
    let path = file.to_str().ok_or(StorageTrouble::Unavailable)?;
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"/-._~".contains(&byte) {
            uri.push(char::from(byte));
        } else {
            write!(uri, "%{byte:02X}").map_err(|_| StorageTrouble::Unavailable)?;
        }
    }
    Ok(uri)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_cannot_add_parameters_to_the_uri() {
        assert_eq!(encoded(Path::new("/a b/c?d#e%f/é")).unwrap(), "/a%20b/c%3Fd%23e%25f/%C3%A9");
    }
}
