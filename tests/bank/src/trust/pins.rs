//! The pin set: which public keys the bank's TLS answers with, now or next.

use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::Serialize;

use crate::calls::ApiError;
use crate::server::Bank;

/// Seconds a pin set is valid.
const LIFETIME_S: i64 = 365 * 86_400;
/// Seconds before its end at which a start publishes the next one.
const RENEW_BEFORE_S: i64 = 30 * 86_400;

#[derive(Serialize)]
struct Payload<'a> {
    iss: &'a str,
    version: i64,
    iat: i64,
    exp: i64,
    pins: Vec<String>,
}

struct Published {
    version: i64,
    iat: i64,
    exp: i64,
    pins: Vec<String>,
}

/// Publishes these pins as a new version, unless the newest already has them and some life left;
/// gives the version in force.
pub fn publish(tx: &Transaction<'_>, pins: &[String], now: i64) -> rusqlite::Result<i64> {
    let newest = newest(tx)?;
    if let Some(set) = &newest
        && set.pins == pins
        && set.exp.saturating_sub(RENEW_BEFORE_S) > now
    {
        return Ok(set.version);
    }
    let version = newest.map_or(1, |set| set.version.saturating_add(1));
    tx.execute(
        "INSERT INTO pin_set (version, iat, exp, pins) VALUES (?1, ?2, ?3, ?4)",
        params![version, now, now.saturating_add(LIFETIME_S), pins.join(" ")],
    )?;
    Ok(version)
}

/// The signed pin set. While `expired_pins` is on it is one of the *next* version whose life is over:
/// an old set under a known version would be refused for another reason.
pub fn current(conn: &Connection, bank: &Bank) -> Result<String, ApiError> {
    let set = newest(conn)?.ok_or(rusqlite::Error::QueryReturnedNoRows)?;
    let mut payload = Payload {
        iss: &bank.issuer,
        version: set.version,
        iat: set.iat,
        exp: set.exp,
        pins: set.pins,
    };
    if bank.switches.serves_expired_pins() {
        let now = bank.clock.seconds();
        payload.version = payload.version.saturating_add(1);
        payload.iat = now.saturating_sub(7_200);
        payload.exp = now.saturating_sub(3_600);
    }
    Ok(bank.keys.sign_trust("guichet-pins+jwt", &payload)?)
}

fn newest(conn: &Connection) -> rusqlite::Result<Option<Published>> {
    conn.query_row(
        "SELECT version, iat, exp, pins FROM pin_set ORDER BY version DESC LIMIT 1",
        [],
        |row| {
            let pins: String = row.get(3)?;
            Ok(Published {
                version: row.get(0)?,
                iat: row.get(1)?,
                exp: row.get(2)?,
                pins: pins.split(' ').map(str::to_owned).collect(),
            })
        },
    )
    .optional()
}
