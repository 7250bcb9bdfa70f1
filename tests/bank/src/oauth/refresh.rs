//! Refresh tokens, kept or rotated (section 3.7).
//!
//! A rotated token may come again while its successor is unused and 60 seconds have not passed: the
//! answer may have been lost. A token whose successor, or whose twin from such a repetition, has been
//! used is *retired*; coming again it can only be a copy, and ends the whole family.

use rusqlite::{OptionalExtension, Transaction, params};

use super::clients::Client;
use super::grants::{self, Grant};
use super::secrets::hash;
use super::{OAuthCode, OAuthError};
use crate::random;

/// Seconds a rotated token may still be used.
const GRACE_S: i64 = 60;

struct Row {
    grant_id: String,
    parent_hash: Option<String>,
    replaced_at: Option<i64>,
    retired: bool,
}

/// What came of presenting a refresh token. A reuse is an outcome, not an error: its mark must be
/// committed.
pub(super) enum Refresh {
    /// Good: the grant goes on with this refresh token.
    Continued {
        /// The grant.
        grant: Grant,
        /// The token to use next: the same, or a new one.
        refresh_token: String,
    },
    /// A retired token came again; the family has just ended.
    Reused,
}

/// Draws the first refresh token of a grant, or the next one after `parent_hash`.
pub(super) fn issue(
    tx: &Transaction<'_>,
    grant_id: &str,
    parent_hash: Option<&str>,
) -> Result<String, OAuthError> {
    let token = random::secret()?;
    tx.execute(
        "INSERT INTO refresh_token (token_hash, grant_id, parent_hash) VALUES (?1, ?2, ?3)",
        params![hash(&token), grant_id, parent_hash],
    )?;
    Ok(token)
}

/// Takes a refresh token of this client and says how the session goes on.
pub(super) fn present(
    tx: &Transaction<'_>,
    token: &str,
    client: &Client,
    rotate: bool,
    now: i64,
) -> Result<Refresh, OAuthError> {
    let token_hash = hash(token);
    let row = find(tx, &token_hash, client)?.ok_or_else(|| {
        OAuthError::new(OAuthCode::InvalidGrant, "no such refresh token for this client")
    })?;
    let too_late = row.replaced_at.is_some_and(|at| now > at.saturating_add(GRACE_S));
    if row.retired || too_late {
        grants::end(tx, &row.grant_id, now)?;
        return Ok(Refresh::Reused);
    }
    if !grants::touch(tx, &row.grant_id, now)? {
        return Err(OAuthError::new(OAuthCode::InvalidGrant, "not used for too long"));
    }
    retire_forebears(tx, &row, &token_hash)?;
    grants::used(tx, &row.grant_id, now)?;

    let refresh_token = if rotate {
        replaced(tx, &token_hash, Some(row.replaced_at.unwrap_or(now)))?;
        issue(tx, &row.grant_id, Some(&token_hash))?
    } else {
        replaced(tx, &token_hash, None)?;
        token.to_owned()
    };
    Ok(Refresh::Continued { grant: Grant { grant_id: row.grant_id }, refresh_token })
}

/// Using a token proves its answer arrived: its parent and its twins are of no honest use any more.
fn retire_forebears(tx: &Transaction<'_>, row: &Row, token_hash: &str) -> rusqlite::Result<()> {
    let Some(parent_hash) = &row.parent_hash else { return Ok(()) };
    tx.execute(
        "UPDATE refresh_token SET retired = 1
         WHERE grant_id = ?1 AND token_hash <> ?2 AND (token_hash = ?3 OR parent_hash = ?3)",
        params![row.grant_id, token_hash, parent_hash],
    )
    .map(drop)
}

fn replaced(tx: &Transaction<'_>, token_hash: &str, at: Option<i64>) -> rusqlite::Result<()> {
    tx.execute(
        "UPDATE refresh_token SET replaced_at = ?2 WHERE token_hash = ?1",
        params![token_hash, at],
    )
    .map(drop)
}

fn find(tx: &Transaction<'_>, token_hash: &str, client: &Client) -> rusqlite::Result<Option<Row>> {
    tx.query_row(
        "SELECT grant_id, parent_hash, replaced_at, retired
         FROM refresh_token JOIN token_grant USING (grant_id)
         WHERE token_hash = ?1 AND client_id = ?2 AND ended_at IS NULL",
        params![token_hash, client.client_id],
        |row| {
            Ok(Row {
                grant_id: row.get(0)?,
                parent_hash: row.get(1)?,
                replaced_at: row.get(2)?,
                retired: row.get(3)?,
            })
        },
    )
    .optional()
}
