//! Opening the file with its key, and the settings every connection has.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};
use zeroize::Zeroizing;

use crate::failure::OpenFailure;
use crate::root_key::KEY_SIZE;

/// Who may do the cryptography: our provider, and on Apple's systems, where libsqlite3-sys prefers it, Apple's own.
const PROVIDERS: &[&str] = if cfg!(target_vendor = "apple") {
    &[guichet_sqlcipher_provider::NAME, "commoncrypto"]
} else {
    &[guichet_sqlcipher_provider::NAME]
};

/// The key of the file, as SQLCipher takes a raw one: the text `x'...'` of 64 hexadecimal digits. No password, so no PBKDF2 on
/// the way in.
pub(crate) struct FileKey(Zeroizing<[u8; 2 * KEY_SIZE + 3]>);

impl FileKey {
    pub(crate) fn from_bytes(key: &[u8; KEY_SIZE]) -> Self {
        let mut text = Zeroizing::new([b'\''; 2 * KEY_SIZE + 3]);
        if let [x, _, digits @ ..] = text.as_mut_slice() {
            *x = b'x';
            for (pair, byte) in digits.chunks_exact_mut(2).zip(key) {
                pair.copy_from_slice(&[digit(byte >> 4), digit(byte & 0x0F)]);
            }
        }
        Self(text)
    }
}

/// 0 to 9, a to f.
const fn digit(nibble: u8) -> u8 {
    if nibble < 10 { b'0' + nibble } else { b'a' + nibble - 10 }
}

/// The connection that writes. Makes the file's first page if there is none.
pub(crate) fn writer(file: &Path, key: &FileKey) -> Result<Connection, OpenFailure> {
    let connection = keyed(file, OpenFlags::SQLITE_OPEN_READ_WRITE, key)?;
    // The write-ahead log costs one fsync per commit where a rollback journal takes two or three, and screens read while a sync
    // writes. FULL: a commit is on the disk before its caller goes on, which 'the signed bytes are committed before the first
    // byte leaves' rests on; on Apple's systems that takes `fullfsync`. The limit keeps a first sync's log from staying large.
    let mode: String = connection.query_row("PRAGMA journal_mode = WAL", [], |row| row.get(0))?;
    if mode != "wal" {
        return Err(OpenFailure::Storage(crate::StorageTrouble::Unavailable));
    }
    connection.execute_batch(
        "PRAGMA synchronous = FULL;
         PRAGMA fullfsync = ON;
         PRAGMA checkpoint_fullfsync = ON;
         PRAGMA journal_size_limit = 4194304;
         PRAGMA secure_delete = ON;
         PRAGMA foreign_keys = ON;",
    )?;
    Ok(connection)
}

/// The connection that reads, beside the writer: it sees the last commit, and never waits for a write under way.
pub(crate) fn reader(file: &Path, key: &FileKey) -> Result<Connection, OpenFailure> {
    let connection = keyed(file, OpenFlags::SQLITE_OPEN_READ_ONLY, key)?;
    connection.execute_batch("PRAGMA query_only = ON")?;
    Ok(connection)
}

/// A connection without a key. Every connection begins here: SQLite wipes what it frees only if told before its first use.
pub(crate) fn plain(file: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    if !guichet_sqlcipher_provider::wipe_freed_memory() {
        tracing::warn!("SQLite was in use before the vault: it will not wipe the memory it frees");
    }
    Connection::open_with_flags(file, flags | OpenFlags::SQLITE_OPEN_NO_MUTEX)
}

/// A connection with its key, nothing read yet.
pub(crate) fn keyed(
    file: &Path,
    flags: OpenFlags,
    key: &FileKey,
) -> Result<Connection, OpenFailure> {
    let connection = plain(file, flags)?;
    // SQLCipher would write to stderr or the system's log, which are not ours to write to.
    connection.execute_batch("PRAGMA cipher_log_level = NONE")?;
    // Through the C call: SQLCipher copies the key into memory of its own that it locks and overwrites. `PRAGMA key` would leave
    // copies of it in the SQL parser.
    connection.key(Some("main"), key.0.as_slice(), false)?;
    assert_cipher(&connection)?;
    harden(&connection)?;
    Ok(connection)
}

/// A build that lost the project's configuration links another provider, or none, and says nothing.
fn assert_cipher(connection: &Connection) -> Result<(), OpenFailure> {
    let answer = |pragma| connection.query_row(pragma, [], |row| row.get::<_, String>(0));
    let provider = answer("PRAGMA cipher_provider").map_err(|_| OpenFailure::Cipher)?;
    let version = answer("PRAGMA cipher_version").map_err(|_| OpenFailure::Cipher)?;
    let ours = PROVIDERS.contains(&provider.as_str()) && version.starts_with("4.");
    if ours { Ok(()) } else { Err(OpenFailure::Cipher) }
}

/// The file may have been altered by somebody: no SQL in its schema is trusted, no page is mapped past the cipher, and nothing
/// spills to a temporary file.
fn harden(connection: &Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DEFENSIVE, true)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_TRUSTED_SCHEMA, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DDL, false)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_DQS_DML, false)?;
    connection.execute_batch(
        "PRAGMA temp_store = MEMORY;
         PRAGMA mmap_size = 0;
         PRAGMA cell_size_check = ON;",
    )
}

/// Whether a page has failed its check on this connection. SQLCipher then answers nothing on it any more.
pub(crate) fn is_broken(connection: &Connection) -> bool {
    let status = connection.query_row("PRAGMA cipher_status", [], |row| row.get::<_, String>(0));
    status.is_ok_and(|status| status == "0")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_raw_key_is_64_hexadecimal_digits_in_quotes() {
        let mut key = [0; KEY_SIZE];
        (key[0], key[31]) = (0x0F, 0xA9);
        let text = String::from_utf8(FileKey::from_bytes(&key).0.to_vec()).unwrap();
        assert_eq!(text, format!("x'0f{}a9'", "00".repeat(30)));
    }
}
