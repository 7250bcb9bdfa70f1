//! Slowing down whoever guesses passwords: per user name, known or not, across restarts.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

/// Wrong passwords in a row that are free.
const FREE_FAILURES: u32 = 5;
/// Seconds to wait after every further one.
const WAIT_S: i64 = 60;
/// Seconds after which failures are forgotten.
const FORGET_S: i64 = 3_600;

/// Seconds this user name has to wait before the next attempt counts; zero if none.
pub(super) fn wait_s(conn: &Connection, username: &str, now: i64) -> rusqlite::Result<i64> {
    let failures: Option<(u32, i64)> = conn
        .query_row(
            "SELECT failures, last_at FROM sign_in_failure WHERE username = ?1",
            [username],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    Ok(match failures {
        Some((count, last_at)) if count >= FREE_FAILURES => {
            last_at.saturating_add(WAIT_S).saturating_sub(now).clamp(0, WAIT_S)
        }
        _ => 0,
    })
}

/// Counts a wrong password.
pub(super) fn failed(tx: &Transaction<'_>, username: &str, now: i64) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM sign_in_failure WHERE last_at < ?1", [now.saturating_sub(FORGET_S)])?;
    tx.execute(
        "INSERT INTO sign_in_failure (username, failures, last_at) VALUES (?1, 1, ?2)
         ON CONFLICT (username) DO UPDATE SET failures = failures + 1, last_at = ?2",
        params![username, now],
    )
    .map(drop)
}

/// Forgets the failures of a customer who has signed in.
pub(super) fn succeeded(tx: &Transaction<'_>, username: &str) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM sign_in_failure WHERE username = ?1", [username]).map(drop)
}
