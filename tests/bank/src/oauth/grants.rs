//! Grants: what a customer allowed a client, and the family of tokens that hangs on it. Ending the
//! grant ends every one of them at once.

use rusqlite::{Transaction, params};

use crate::random::{self, NoRandomness};

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
        "INSERT INTO token_grant (grant_id, client_id, customer_id, began_at)
         VALUES (?1, ?2, ?3, ?4)",
        params![grant_id, client_id, customer_id, now],
    )?;
    Ok(Grant { grant_id })
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
