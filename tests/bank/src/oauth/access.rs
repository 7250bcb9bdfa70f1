//! Access tokens: opaque, 300 seconds, kept as hashes.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::OAuthError;
use super::grants::{self, Authentication};
use super::secrets::hash;
use crate::random;

/// Seconds an access token lives.
pub(super) const LIFETIME_S: i64 = 300;

/// What a live access token stands for.
#[derive(Clone, Debug)]
pub struct Session {
    /// Whose session it is.
    pub customer_id: String,
    /// The client it was given to.
    pub client_id: String,
    /// The thumbprint of the key it is bound to.
    pub key_thumbprint: String,
    /// What the customer allowed.
    pub grant_id: String,
    /// Whether tokens of the grant have been used before.
    pub used: bool,
    /// How and when the customer has shown to be there.
    pub authentications: Vec<Authentication>,
}

/// Draws an access token of a grant and forgets the expired ones.
pub(super) fn issue(tx: &Transaction<'_>, grant_id: &str, now: i64) -> Result<String, OAuthError> {
    let token = random::secret()?;
    tx.execute("DELETE FROM access_token WHERE expires_at < ?1", [now])?;
    tx.execute(
        "INSERT INTO access_token (token_hash, grant_id, expires_at) VALUES (?1, ?2, ?3)",
        params![hash(&token), grant_id, now + LIFETIME_S],
    )?;
    Ok(token)
}

/// The session of a token that is known, not expired, and whose grant has not ended.
pub fn session(conn: &Connection, token: &str, now: i64) -> rusqlite::Result<Option<Session>> {
    let found = conn
        .query_row(
            "SELECT token_grant.customer_id, client.client_id, client.key_thumbprint, grant_id, used
         FROM access_token JOIN token_grant USING (grant_id) JOIN client USING (client_id)
         WHERE token_hash = ?1 AND expires_at >= ?2 AND ended_at IS NULL",
        params![hash(token), now],
        |row| {
            Ok(Session {
                customer_id: row.get(0)?,
                client_id: row.get(1)?,
                key_thumbprint: row.get(2)?,
                grant_id: row.get(3)?,
                used: row.get(4)?,
                authentications: Vec::new(),
            })
        },
    )
    .optional()?;
    let Some(mut session) = found else { return Ok(None) };
    session.authentications = grants::authentications(conn, &session.grant_id)?;
    Ok(Some(session))
}

/// Ends every access token at once; refresh tokens stay: for the sandbox's control surface.
pub fn expire_all(tx: &Transaction<'_>) -> rusqlite::Result<usize> {
    tx.execute("DELETE FROM access_token", [])
}
