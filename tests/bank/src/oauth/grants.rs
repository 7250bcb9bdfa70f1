//! Grants: what a customer allowed a client, and the family of tokens that hangs on it. Ending the
//! grant ends every one of them at once.

use rusqlite::{Transaction, params};

use crate::random::{self, NoRandomness};

/// Seconds after which a grant that nobody used has ended (RFC 9700 section 4.14.2).
const IDLE_S: i64 = 90 * 86_400;

/// A live grant.
#[derive(Clone, Debug)]
pub(super) struct Grant {
    pub(super) grant_id: String,
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

pub(super) fn begin(
    tx: &Transaction<'_>,
    client_id: &str,
    customer_id: &str,
    now: i64,
) -> Result<Grant, BeginError> {
    let grant_id = random::identifier("grant")?;
    tx.execute(
        "INSERT INTO token_grant (grant_id, client_id, customer_id, began_at, used_at)
         VALUES (?1, ?2, ?3, ?4, ?4)",
        params![grant_id, client_id, customer_id, now],
    )?;
    Ok(Grant { grant_id })
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
