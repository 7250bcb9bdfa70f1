//! The tables of every room, and bringing an older file to them.

use rusqlite::{Connection, OptionalExtension as _, Transaction, params};

use crate::failure::OpenFailure;

/// A room's tables. `steps[n]` brings version n to version n + 1. A step that was released is never edited: the next change is the
/// next step.
#[derive(Clone, Copy, Debug)]
pub struct Schema {
    /// The room's name, kept for ever. Its tables begin with it.
    pub room: &'static str,
    /// One SQL script per released version.
    pub steps: &'static [&'static str],
}

impl Schema {
    /// The version these steps lead to.
    fn newest(&self) -> u32 {
        u32::try_from(self.steps.len()).unwrap_or(u32::MAX)
    }

    /// The steps that a file of `version` still lacks.
    fn steps_after(&self, version: u32) -> impl Iterator<Item = &'static str> {
        self.steps
            .iter()
            .copied()
            .zip(1..)
            .filter(move |(_, to)| *to > version)
            .map(|(step, _)| step)
    }
}

/// The layout of the vault's own tables, in `PRAGMA user_version`.
const LAYOUT: i64 = 1;

const OWN_TABLES: &str = "
    CREATE TABLE room_schema (room TEXT PRIMARY KEY, version INTEGER NOT NULL) STRICT, WITHOUT ROWID;
    CREATE TABLE vault_epoch (one INTEGER PRIMARY KEY CHECK (one = 1), epoch INTEGER NOT NULL) STRICT;
    PRAGMA user_version = 1;
";

/// What a file says about itself before anything is written to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Standing {
    /// A file whose making was cut short: it holds no tables.
    Unfinished,
    /// A file of this or an older version.
    Known {
        /// Its epoch.
        epoch: u32,
    },
    /// A file of a newer version.
    Newer,
}

/// Reads the file's standing. Writes nothing.
pub(crate) fn standing(file: &Connection, schemas: &[Schema]) -> rusqlite::Result<Standing> {
    let layout: i64 = file.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if layout == 0 {
        return Ok(Standing::Unfinished);
    }
    if layout > LAYOUT {
        return Ok(Standing::Newer);
    }
    let mut rooms = file.prepare("SELECT room, version FROM room_schema")?;
    let mut rows = rooms.query([])?;
    while let Some(row) = rows.next()? {
        if is_newer(row.get_ref(0)?.as_str().unwrap_or_default(), row.get(1)?, schemas) {
            return Ok(Standing::Newer);
        }
    }
    let epoch = file.query_row("SELECT epoch FROM vault_epoch", [], |row| row.get(0))?;
    Ok(Standing::Known { epoch })
}

/// A room this app does not know comes from a newer one as well.
fn is_newer(room: &str, version: u32, schemas: &[Schema]) -> bool {
    schemas.iter().find(|schema| schema.room == room).is_none_or(|known| version > known.newest())
}

/// Brings every room to its newest version and writes the epoch, inside the caller's transaction.
pub(crate) fn migrate(
    tx: &Transaction<'_>,
    schemas: &[Schema],
    epoch: u32,
) -> Result<(), OpenFailure> {
    let layout: i64 = tx.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    if layout == 0 {
        tx.execute_batch(OWN_TABLES)?;
    }
    for schema in schemas {
        migrate_room(tx, schema)?;
    }
    tx.execute("INSERT OR REPLACE INTO vault_epoch (one, epoch) VALUES (1, ?1)", [epoch])?;
    Ok(())
}

fn migrate_room(tx: &Transaction<'_>, schema: &Schema) -> rusqlite::Result<()> {
    let version: u32 = tx
        .query_row("SELECT version FROM room_schema WHERE room = ?1", [schema.room], |row| {
            row.get(0)
        })
        .optional()?
        .unwrap_or(0);
    for step in schema.steps_after(version) {
        tx.execute_batch(step)?;
    }
    if version < schema.newest() {
        tx.execute(
            "INSERT OR REPLACE INTO room_schema (room, version) VALUES (?1, ?2)",
            params![schema.room, schema.newest()],
        )?;
    }
    Ok(())
}
