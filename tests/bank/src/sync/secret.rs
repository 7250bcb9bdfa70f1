//! The key of the cursors, drawn once for each books file.

use rusqlite::{Connection, Transaction};

use super::cursor::CursorKey;

/// Keeps the key of a fresh file: 64 unpredictable bytes. Cursors of another file are worth nothing
/// here.
pub fn keep_cursor_key(tx: &Transaction<'_>, bytes: [u8; 64]) -> rusqlite::Result<()> {
    tx.execute("INSERT INTO cursor_key (id, key) VALUES (1, ?1)", [&bytes[..]])?;
    Ok(())
}

/// The key of this file; fails if the file was never filled.
pub fn cursor_key(conn: &Connection) -> rusqlite::Result<CursorKey> {
    conn.query_row("SELECT key FROM cursor_key", [], |row| row.get(0)).map(CursorKey::new)
}
