//! Devices: enrolled installations with their approval keys (section 7).

use rusqlite::{Connection, OptionalExtension};

use crate::jws::VerifyingKey;

/// The tables of this room. A device belongs to one client for ever; a revoked one stays as a mark.
pub const SCHEMA: &str = "
CREATE TABLE device (
    device_id    TEXT PRIMARY KEY,
    client_id    TEXT NOT NULL UNIQUE REFERENCES client (client_id),
    customer_id  TEXT NOT NULL,
    name         TEXT NOT NULL,
    platform     TEXT NOT NULL,
    approval_key TEXT NOT NULL,
    enrolled_at  INTEGER NOT NULL,
    last_seen_at INTEGER NOT NULL,
    revoked_at   INTEGER
) STRICT;
CREATE INDEX device_customer ON device (customer_id);
";

/// The approval key enrolled for a device that is not revoked.
pub fn approval_key(conn: &Connection, device_id: &str) -> rusqlite::Result<Option<VerifyingKey>> {
    let jwk: Option<String> = conn
        .query_row(
            "SELECT approval_key FROM device WHERE device_id = ?1 AND revoked_at IS NULL",
            [device_id],
            |row| row.get(0),
        )
        .optional()?;
    Ok(jwk.and_then(|text| VerifyingKey::from_jwk_text(&text)))
}
