//! Challenges: fresh words a phone must sign, each good once and for 300 seconds (section 6).

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::IntoResponse;
use axum::routing::post;
use axum::{Json, Router};
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, OptionalExtension, Transaction, params};
use serde::{Deserialize, Serialize};

use crate::calls::{ApiError, Caller};
use crate::devices;
use crate::intents::{self, Limits};
use crate::moment::Moment;
use crate::random;
use crate::server::Bank;

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

/// The table with what a challenge can be for since then. Those that are alive die: they have minutes.
pub const SCHEMA_2: &str = "
DROP TABLE challenge;
CREATE TABLE challenge (
    challenge  TEXT PRIMARY KEY,
    client_id  TEXT NOT NULL REFERENCES client (client_id),
    purpose    TEXT NOT NULL CHECK (purpose IN ('enrol', 'intent', 'step_up', 'renew')),
    expires_at INTEGER NOT NULL
) STRICT;
CREATE INDEX challenge_expiry ON challenge (expires_at);
";

/// What a challenge is for. Closed: a challenge for one purpose is worthless for the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Purpose {
    /// Proving possession of an approval key.
    Enrol,
    /// Approving an intent.
    Intent,
    /// Showing that the customer is there.
    StepUp,
    /// Proving possession of a new approval key.
    Renew,
}

impl Purpose {
    /// The word on the wire and in the table.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Enrol => "enrol",
            Self::Intent => "intent",
            Self::StepUp => "step_up",
            Self::Renew => "renew",
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

#[derive(Deserialize)]
struct Request {
    purpose: Purpose,
}

#[derive(Serialize)]
struct Answer {
    challenge: String,
    expires_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    limits: Option<Limits>,
}

/// The routes of this room.
pub fn routes() -> Router<Bank> {
    Router::new().route("/v1/challenges", post(ask))
}

async fn ask(State(bank): State<Bank>, caller: Caller) -> Result<impl IntoResponse, ApiError> {
    let Request { purpose } = caller.json()?;
    let now = bank.clock.now();
    if matches!(purpose, Purpose::StepUp | Purpose::Renew) && caller.device_id.is_none() {
        return Err(ApiError::not_enrolled());
    }
    if purpose == Purpose::Renew {
        // Here already: the phone makes the key once the customer has shown to be there.
        devices::require_step_up_for_a_new_key(&caller)?;
    }
    let answer = bank.store.write(|tx| {
        let limits = match purpose {
            Purpose::Enrol | Purpose::StepUp | Purpose::Renew => None,
            Purpose::Intent => Some(limits(tx, &bank, &caller, now)?),
        };
        let challenge = issue(tx, &caller.client_id, purpose, now)?;
        let expires_at = Moment::of(now + SignedDuration::from_secs(LIFETIME_S));
        Ok::<_, ApiError>(Answer { challenge, expires_at, limits })
    })?;
    Ok((StatusCode::CREATED, Json(answer)))
}

/// What the caller's device may approve now; there is nothing to say to one that is not enrolled.
fn limits(
    tx: &Transaction<'_>,
    bank: &Bank,
    caller: &Caller,
    now: Timestamp,
) -> Result<Limits, ApiError> {
    let Some(device_id) = &caller.device_id else { return Err(ApiError::not_enrolled()) };
    let level = bank.config.limits.of(devices::trust_level(tx, device_id)?);
    Ok(intents::limits(tx, &caller.customer_id, level, now)?)
}
