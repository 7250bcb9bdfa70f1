//! Grants: what a customer allowed a client, and the family of tokens that hangs on it. Ending the
//! grant ends every one of them at once.
//!
//! A client has one grant in the end: the first use of a newer one ends the older ones. Not its
//! making, since the answer that brings its tokens may be lost.

use rusqlite::{Connection, Transaction, params};

use super::Acr;
use crate::random::{self, NoRandomness};

/// Seconds after which a grant that nobody used has ended (RFC 9700 section 4.14.2).
const IDLE_S: i64 = 90 * 86_400;

/// A live grant.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    pub(super) grant_id: String,
}

/// When a customer has shown to be there, and how (RFC 9470: `acr` and `auth_time`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authentication {
    /// How.
    pub acr: Acr,
    /// When, in seconds since 1970.
    pub at: i64,
}

/// Why a grant could not begin.
#[derive(Debug, thiserror::Error)]
pub(super) enum BeginError {
    #[error(transparent)]
    Store(#[from] rusqlite::Error),
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

impl From<BeginError> for super::OAuthError {
    fn from(error: BeginError) -> Self {
        match error {
            BeginError::Store(error) => error.into(),
            BeginError::Random(error) => error.into(),
        }
    }
}

/// Begins a grant of a customer who signed in on the bank's page at `signed_in_at`.
pub(super) fn begin(
    tx: &Transaction<'_>,
    client_id: &str,
    customer_id: &str,
    signed_in_at: i64,
    now: i64,
) -> Result<Grant, BeginError> {
    let grant_id = random::identifier("grant")?;
    tx.execute(
        "INSERT INTO token_grant (grant_id, client_id, customer_id, began_at, used, used_at)
         VALUES (?1, ?2, ?3, ?4, 0, ?4)",
        params![grant_id, client_id, customer_id, now],
    )?;
    note_authentication(tx, &grant_id, Authentication { acr: Acr::Bank, at: signed_in_at })?;
    Ok(Grant { grant_id })
}

/// Notes that a grant's customer has shown to be there; the newest time of each way counts.
pub fn note_authentication(
    tx: &Transaction<'_>,
    grant_id: &str,
    shown: Authentication,
) -> rusqlite::Result<()> {
    tx.execute(
        "INSERT INTO authentication (grant_id, acr, at) VALUES (?1, ?2, ?3)
         ON CONFLICT (grant_id, acr) DO UPDATE SET at = max(at, excluded.at)",
        params![grant_id, shown.acr.as_str(), shown.at],
    )
    .map(drop)
}

/// How and when a grant's customer has shown to be there.
pub fn authentications(conn: &Connection, grant_id: &str) -> rusqlite::Result<Vec<Authentication>> {
    let mut statement =
        conn.prepare_cached("SELECT acr, at FROM authentication WHERE grant_id = ?1")?;
    let rows = statement
        .query_map([grant_id], |row| Ok((row.get::<_, String>(0)?, row.get::<_, i64>(1)?)))?;
    rows.map(|row| row.map(|(acr, at)| Acr::from_word(&acr).map(|acr| Authentication { acr, at })))
        .filter_map(Result::transpose)
        .collect()
}

/// Notes that a grant's tokens have arrived, and ends the older grants of its client.
pub fn used(tx: &Transaction<'_>, grant_id: &str, now: i64) -> rusqlite::Result<()> {
    let first =
        tx.execute("UPDATE token_grant SET used = 1 WHERE grant_id = ?1 AND used = 0", [grant_id])?;
    if first == 0 {
        return Ok(());
    }
    tx.execute(
        "UPDATE token_grant SET ended_at = ?2
         WHERE ended_at IS NULL
           AND client_id = (SELECT client_id FROM token_grant WHERE grant_id = ?1)
           AND rowid < (SELECT rowid FROM token_grant WHERE grant_id = ?1)",
        params![grant_id, now],
    )
    .map(drop)
}

/// Whether a client holds anything for a customer.
pub(super) fn is_live(
    conn: &Connection,
    client_id: &str,
    customer_id: &str,
) -> rusqlite::Result<bool> {
    conn.query_row(
        "SELECT EXISTS (SELECT 1 FROM token_grant
                        WHERE client_id = ?1 AND customer_id = ?2 AND ended_at IS NULL)",
        [client_id, customer_id],
        |row| row.get(0),
    )
}

/// Notes that a grant was of use, unless it was not for so long that it has ended. Whether it lives.
pub(super) fn touch(tx: &Transaction<'_>, grant_id: &str, now: i64) -> rusqlite::Result<bool> {
    let touched = tx.execute(
        "UPDATE token_grant SET used_at = ?2
         WHERE grant_id = ?1 AND coalesce(used_at, began_at) >= ?3",
        params![grant_id, now, now.saturating_sub(IDLE_S)],
    )?;
    Ok(touched > 0)
}

/// Ends a grant with all its tokens; one that has ended keeps its time.
pub(super) fn end(tx: &Transaction<'_>, grant_id: &str, now: i64) -> rusqlite::Result<()> {
    tx.execute(
        "UPDATE token_grant SET ended_at = ?2 WHERE grant_id = ?1 AND ended_at IS NULL",
        params![grant_id, now],
    )
    .map(drop)
}

/// Ends whatever a client holds or is about to get: grants, codes, open pages.
pub fn end_all_of_client(tx: &Transaction<'_>, client_id: &str, now: i64) -> rusqlite::Result<()> {
    tx.execute(
        "UPDATE token_grant SET ended_at = ?2 WHERE client_id = ?1 AND ended_at IS NULL",
        params![client_id, now],
    )?;
    tx.execute("DELETE FROM authorization_code WHERE client_id = ?1", [client_id])?;
    tx.execute("DELETE FROM authorization_request WHERE client_id = ?1", [client_id]).map(drop)
}

/// Ends what any other client than this one holds, or is about to get, for a customer.
pub fn end_others_of_customer(
    tx: &Transaction<'_>,
    customer_id: &str,
    client_id: &str,
    now: i64,
) -> rusqlite::Result<()> {
    tx.execute(
        "UPDATE token_grant SET ended_at = ?3
         WHERE customer_id = ?1 AND client_id <> ?2 AND ended_at IS NULL",
        params![customer_id, client_id, now],
    )?;
    for table in ["authorization_code", "authorization_request"] {
        tx.execute(
            &format!("DELETE FROM {table} WHERE customer_id = ?1 AND client_id <> ?2"),
            [customer_id, client_id],
        )?;
    }
    Ok(())
}

/// From here on no sign-in a customer has made, or is about to finish, counts where one is asked for.
/// Sessions go on.
pub fn outdate_sign_ins(tx: &Transaction<'_>, customer_id: &str) -> rusqlite::Result<()> {
    tx.execute(
        "DELETE FROM authentication
         WHERE acr = ?1
           AND grant_id IN (SELECT grant_id FROM token_grant WHERE customer_id = ?2)",
        [Acr::Bank.as_str(), customer_id],
    )?;
    for table in ["authorization_code", "authorization_request"] {
        tx.execute(&format!("DELETE FROM {table} WHERE customer_id = ?1"), [customer_id])?;
    }
    Ok(())
}
