//! The list of receipt keys: it only grows, so that an old receipt can be verified for ever.

use rusqlite::{Connection, Transaction, params};
use serde::Serialize;

use crate::calls::ApiError;
use crate::jws::{Jwk, VerifyingKey};
use crate::server::Bank;

/// Seconds before its first use from which a key counts, for a bank whose clock was put back.
const BACKDATED_S: i64 = 86_400;
/// Seconds a key may sign.
const LIFETIME_S: i64 = 5 * 365 * 86_400;

#[derive(Serialize)]
struct Payload<'a> {
    iss: &'a str,
    version: i64,
    iat: i64,
    keys: Vec<Key>,
}

#[derive(Serialize)]
struct Key {
    #[serde(flatten)]
    jwk: Jwk,
    kid: String,
    nbf: i64,
    exp: i64,
}

/// Puts the key in use on the list, if it is not there yet. Each key makes a new version.
pub fn publish(tx: &Transaction<'_>, key: &VerifyingKey, now: i64) -> Result<(), rusqlite::Error> {
    let jwk = serde_json::to_string(&key.to_jwk())
        .map_err(|error| rusqlite::Error::ToSqlConversionFailure(error.into()))?;
    tx.execute(
        "INSERT INTO receipt_key (kid, key, iat, nbf, exp) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (kid) DO NOTHING",
        params![key.thumbprint(), jwk, now, now - BACKDATED_S, now.saturating_add(LIFETIME_S)],
    )
    .map(drop)
}

/// The signed list.
pub(super) fn current(conn: &Connection, bank: &Bank) -> Result<String, ApiError> {
    let mut payload = Payload { iss: &bank.issuer, version: 0, iat: 0, keys: Vec::new() };
    let mut statement = conn.prepare_cached(
        "SELECT version, iat, key, kid, nbf, exp FROM receipt_key ORDER BY version",
    )?;
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        let jwk: String = row.get(2)?;
        payload.version = row.get(0)?;
        payload.iat = row.get(1)?;
        payload.keys.push(Key {
            jwk: serde_json::from_str(&jwk)?,
            kid: row.get(3)?,
            nbf: row.get(4)?,
            exp: row.get(5)?,
        });
    }
    Ok(bank.keys.sign_trust("guichet-receipt-keys+jwt", &payload)?)
}
