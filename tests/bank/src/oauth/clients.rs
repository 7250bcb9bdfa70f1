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
    /// The thumbprint of the key before, if the key was replaced.
    pub former_thumbprint: Option<String>,
    /// The name it registered under.
    pub name: String,
    /// When it registered, in seconds since 1970.
    pub issued_at: i64,
}

const LIVE: &str = "SELECT client_id, key_thumbprint, key, issued_at, former_thumbprint, name
                    FROM client WHERE deregistered_at IS NULL";

/// The client with this id.
pub(super) fn by_id(conn: &Connection, client_id: &str) -> rusqlite::Result<Option<Client>> {
    conn.query_row(&format!("{LIVE} AND client_id = ?1"), [client_id], from_row)
        .optional()
        .map(Option::flatten)
}

/// The client whose device key has this thumbprint.
pub fn by_key(conn: &Connection, thumbprint: &str) -> rusqlite::Result<Option<Client>> {
    conn.query_row(&format!("{LIVE} AND key_thumbprint = ?1"), [thumbprint], from_row)
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
    Ok(Client {
        client_id,
        key_thumbprint,
        key: key.clone(),
        former_thumbprint: None,
        name: name.to_owned(),
        issued_at: now,
    })
}

/// Puts a new key in the place of a client's. The old one is remembered, for an answer that is lost.
pub(super) fn replace_key(
    tx: &Transaction<'_>,
    client: Client,
    key: VerifyingKey,
) -> Result<Client, OAuthError> {
    let key_thumbprint = key.thumbprint();
    tx.execute(
        "UPDATE client SET key_thumbprint = ?2, key = ?3, former_thumbprint = ?4
         WHERE client_id = ?1",
        params![
            client.client_id,
            key_thumbprint,
            serde_json::to_string(&key.to_jwk())?,
            client.key_thumbprint
        ],
    )?;
    let former_thumbprint = Some(client.key_thumbprint);
    Ok(Client { key_thumbprint, key, former_thumbprint, ..client })
}

/// Forgets a client. Its key may register again, as another one.
pub(super) fn deregister(tx: &Transaction<'_>, client: &Client, now: i64) -> rusqlite::Result<()> {
    tx.execute(
        "UPDATE client SET deregistered_at = ?2, key_thumbprint = 'gone ' || client_id
         WHERE client_id = ?1",
        params![client.client_id, now],
    )
    .map(drop)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Option<Client>> {
    let key: String = row.get(2)?;
    let Some(key) = VerifyingKey::from_jwk_text(&key) else { return Ok(None) };
    Ok(Some(Client {
        client_id: row.get(0)?,
        key_thumbprint: row.get(1)?,
        key,
        issued_at: row.get(3)?,
        former_thumbprint: row.get(4)?,
        name: row.get(5)?,
    }))
}
