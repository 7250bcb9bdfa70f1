//! Challenges: fresh words a phone must sign, each good once and for 300 seconds (section 6).

use jiff::Timestamp;
use rusqlite::{Connection, OptionalExtension, Transaction, params};

use crate::calls::ApiError;
use crate::random;

/// Seconds a challenge lives.
pub const LIFETIME_S: i64 = 300;

/// The tables of this room.
pub const SCHEMA: &str = "
CREATE TABLE challenge (
    challenge  TEXT PRIMARY KEY,
    client_id  TEXT NOT NULL REFERENCES client (client_id),
    purpose    TEXT NOT NULL CHECK (purpose IN ('enrol', 'intent')),
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX challenge_expiry ON challenge (expires_at);
";

/// What a challenge is for. Closed: a challenge for one purpose is worthless for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Purpose {
    /// Proving possession of an approval key.
    Enrol,
    /// Approving an intent.
    Intent,
}

impl Purpose {
    /// The word on the wire and in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enrol => "enrol",
            Self::Intent => "intent",
        }
    }
}

/// Draws a challenge for a client and forgets the dead ones.
pub fn issue(
    tx: &Transaction<'_>,
    client_id: &str,
    purpose: Purpose,
    now: Timestamp,
) -> Result<String, ApiError> {
    tx.execute("DELETE FROM challenge WHERE expires_at < ?1", [now.as_second()])?;
    let challenge = random::secret()?;
    tx.execute(
        "INSERT INTO challenge (challenge, client_id, purpose, expires_at) VALUES (?1, ?2, ?3, ?4)",
        params![challenge, client_id, purpose.as_str(), now.as_second() + LIFETIME_S],
    )?;
    Ok(challenge)
}

/// Whether [`take`] would succeed now; uses nothing up.
pub fn is_live(
    conn: &Connection,
    client_id: &str,
    purpose: Purpose,
    challenge: &str,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    conn.query_row(
        "SELECT 1 FROM challenge
         WHERE challenge = ?1 AND client_id = ?2 AND purpose = ?3 AND expires_at >= ?4",
        params![challenge, client_id, purpose.as_str(), now.as_second()],
        |_| Ok(()),
    )
    .optional()
    .map(|found| found.is_some())
}

/// Uses a challenge up: true once at most, and only for its client, its purpose and its lifetime.
pub fn take(
    tx: &Transaction<'_>,
    client_id: &str,
    purpose: Purpose,
    challenge: &str,
    now: Timestamp,
) -> rusqlite::Result<bool> {
    let used = tx.execute(
        "DELETE FROM challenge
         WHERE challenge = ?1 AND client_id = ?2 AND purpose = ?3 AND expires_at >= ?4",
        params![challenge, client_id, purpose.as_str(), now.as_second()],
    )?;
    Ok(used == 1)
}
