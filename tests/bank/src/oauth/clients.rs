//! Registered clients: one per installation, each with exactly one key.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::OAuthError;
use crate::jws::VerifyingKey;
use crate::random;

/// A registered client.
#[derive(Clone, Debug)]
pub struct Client {
    /// Its id.
    pub client_id: String,
    /// The thumbprint of its device key.
    pub key_thumbprint: String,
    /// Its device key.
    pub key: VerifyingKey,
    /// When it registered, in seconds since 1970.
    pub issued_at: i64,
}

const COLUMNS: &str = "SELECT client_id, key_thumbprint, key, issued_at FROM client";

/// The client with this id.
pub(super) fn by_id(conn: &Connection, client_id: &str) -> rusqlite::Result<Option<Client>> {
    conn.query_row(&format!("{COLUMNS} WHERE client_id = ?1"), [client_id], from_row)
        .optional()
        .map(Option::flatten)
}

/// The client whose device key has this thumbprint.
pub fn by_key(conn: &Connection, thumbprint: &str) -> rusqlite::Result<Option<Client>> {
    conn.query_row(&format!("{COLUMNS} WHERE key_thumbprint = ?1"), [thumbprint], from_row)
        .optional()
        .map(Option::flatten)
}

/// The client of this key: the one that registered before, or a new one.
pub(super) fn register(
    tx: &Transaction<'_>,
    key: &VerifyingKey,
    name: &str,
    now: i64,
) -> Result<Client, OAuthError> {
    let key_thumbprint = key.thumbprint();
    if let Some(client) = by_key(tx, &key_thumbprint)? {
        return Ok(client);
    }
    let client_id = random::identifier("client")?;
    tx.execute(
        "INSERT INTO client (client_id, key_thumbprint, key, name, issued_at)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![client_id, key_thumbprint, serde_json::to_string(&key.to_jwk())?, name, now],
    )?;
    Ok(Client { client_id, key_thumbprint, key: key.clone(), issued_at: now })
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Option<Client>> {
    let key: String = row.get(2)?;
    let Some(key) = VerifyingKey::from_jwk_text(&key) else { return Ok(None) };
    Ok(Some(Client {
        client_id: row.get(0)?,
        key_thumbprint: row.get(1)?,
        key,
        issued_at: row.get(3)?,
    }))
}
