//! One answer of a sync: what comes after a position.
//!
//! A first sync walks the customer's rows newest first, over the state at the change it began with;
//! rows changed meanwhile are left out and come afterwards. From then on rows, removals and
//! balances come in the order of their changes, so that whatever the size of the pages a phone that
//! has applied them all holds exactly the bank's rows.

use rusqlite::{Connection, params};

use super::cursor::Position;
use crate::ledger::{
    Account, COLUMNS, Movement, MovementId, accounts_changed, balances, latest_change,
    removals_after,
};

/// What one answer carries.
#[derive(Clone, Debug)]
pub struct Page {
    /// Where the phone stands when it has applied this page.
    pub next: Position,
    /// Whether there is more right now.
    pub more: bool,
    /// Accounts that are new or whose balances changed.
    pub accounts: Vec<Account>,
    /// Rows to put in place of rows with the same id.
    pub movements: Vec<Movement>,
    /// Rows to delete afterwards.
    pub removed: Vec<MovementId>,
}

/// The page after `position`, of at most `limit` rows and removals together. `conn` must show one
/// state of the file throughout.
pub fn page(
    conn: &Connection,
    customer_id: &str,
    position: &Position,
    limit: usize,
) -> rusqlite::Result<Page> {
    match position {
        Position::Start => {
            let snapshot = latest_change(conn)?;
            let accounts = balances(conn, customer_id)?;
            first(conn, customer_id, snapshot, (i64::MAX, ""), limit)
                .map(|page| Page { accounts, ..page })
        }
        Position::Within { snapshot, at, movement_id } => {
            first(conn, customer_id, *snapshot, (*at, movement_id), limit)
        }
        Position::Since(change) => since(conn, customer_id, *change, limit),
    }
}

fn first(
    conn: &Connection,
    customer_id: &str,
    snapshot: i64,
    (at, movement_id): (i64, &str),
    limit: usize,
) -> rusqlite::Result<Page> {
    let sql = format!(
        "SELECT {COLUMNS} FROM movement WHERE customer_id = ?1 AND (at, movement_id) < (?2, ?3) AND change <= ?4 \
         ORDER BY at DESC, movement_id DESC LIMIT ?5"
    );
    let mut movements = conn
        .prepare_cached(&sql)?
        .query_map(
            params![customer_id, at, movement_id, snapshot, one_more(limit)],
            Movement::from_row,
        )?
        .map(|row| row.map(|(_, movement)| movement))
        .collect::<rusqlite::Result<Vec<_>>>()?;
    let within = movements.len() > limit;
    movements.truncate(limit);
    let (next, more) = match movements.last() {
        Some(last) if within => {
            let movement_id = last.movement_id.as_str().to_owned();
            (Position::Within { snapshot, at: last.at, movement_id }, true)
        }
        _ => (Position::Since(snapshot), changed_after(conn, customer_id, snapshot)?),
    };
    Ok(Page { next, more, accounts: Vec::new(), movements, removed: Vec::new() })
}

/// Every change of a customer's row marks its account, so the accounts know.
fn changed_after(conn: &Connection, customer_id: &str, change: i64) -> rusqlite::Result<bool> {
    conn.prepare_cached(
        "SELECT EXISTS (SELECT 1 FROM account WHERE customer_id = ?1 AND change > ?2)",
    )?
    .query_row(params![customer_id, change], |row| row.get(0))
}

enum Change {
    Set(Box<Movement>),
    Removed(MovementId),
}

fn since(conn: &Connection, customer_id: &str, after: i64, limit: usize) -> rusqlite::Result<Page> {
    let mut changes = changes(conn, customer_id, after, limit)?;
    let more = changes.len() > limit;
    changes.truncate(limit);
    let upto = match changes.last() {
        Some((change, _)) if more => *change,
        _ => latest_change(conn)?,
    };
    let accounts = accounts_changed(conn, customer_id, after, upto)?;
    let mut page = Page {
        next: Position::Since(upto),
        more,
        accounts,
        movements: Vec::new(),
        removed: Vec::new(),
    };
    for (_, change) in changes {
        match change {
            Change::Set(movement) => page.movements.push(*movement),
            Change::Removed(movement_id) => page.removed.push(movement_id),
        }
    }
    Ok(page)
}

/// The first changes after `after`, oldest first: at least one more than `limit` if there are that
/// many.
fn changes(
    conn: &Connection,
    customer_id: &str,
    after: i64,
    limit: usize,
) -> rusqlite::Result<Vec<(i64, Change)>> {
    let sql = format!(
        "SELECT {COLUMNS} FROM movement WHERE customer_id = ?1 AND change > ?2 ORDER BY change LIMIT ?3"
    );
    let mut changes = conn
        .prepare_cached(&sql)?
        .query_map(params![customer_id, after, one_more(limit)], Movement::from_row)?
        .map(|row| row.map(|(change, movement)| (change, Change::Set(Box::new(movement)))))
        .collect::<rusqlite::Result<Vec<_>>>()?;
    for (change, movement_id) in removals_after(conn, customer_id, after, one_more(limit))? {
        changes.push((change, Change::Removed(movement_id)));
    }
    changes.sort_by_key(|(change, _)| *change);
    Ok(changes)
}

/// One row more than asked for tells whether there are more.
fn one_more(limit: usize) -> i64 {
    i64::try_from(limit).unwrap_or(i64::MAX - 1).saturating_add(1)
}
