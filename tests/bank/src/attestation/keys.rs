//! Between a request and the tables: which evidence counts for a device, and what is kept of it.

use rusqlite::{Connection, OptionalExtension, Transaction, params};

use super::{Evidence, Expected, Policy, Refusal, TrustLevel, verify, verify_assertion};
use crate::calls::{ApiError, ErrorCode};

/// App Attest keys, one for a device at most: an assertion is believed only if its counter has grown.
pub(super) const SCHEMA: &str = "
CREATE TABLE app_attest_key (
    device_id TEXT PRIMARY KEY REFERENCES device (device_id),
    key_id    BLOB NOT NULL,
    point     BLOB NOT NULL,
    app_hash  BLOB NOT NULL,
    counter   INTEGER NOT NULL
) STRICT;
";

/// A key of App Attest's that Apple has attested.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AppAttestKey {
    /// SHA-256 of the point.
    pub key_id: Vec<u8>,
    /// The public key: an uncompressed point.
    pub point: Vec<u8>,
    /// SHA-256 of the app id it belongs to.
    pub app_hash: Vec<u8>,
    /// The counter of the newest assertion; 0 when it has only been attested.
    pub counter: u32,
}

/// What evidence came to. Only the verifier makes one that is above `software`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attested {
    pub(super) level: TrustLevel,
    pub(super) app_attest: Option<AppAttestKey>,
}

impl Attested {
    /// How well the approval key is kept.
    pub fn level(&self) -> TrustLevel {
        self.level
    }

    /// The App Attest key that vouches for it, if one does.
    pub fn app_attest_key(&self) -> Option<&AppAttestKey> {
        self.app_attest.as_ref()
    }
}

/// Why evidence was not taken.
#[derive(Debug, thiserror::Error)]
pub enum JudgeError {
    /// It is not believed.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The books.
    #[error(transparent)]
    Store(#[from] rusqlite::Error),
}

impl From<JudgeError> for ApiError {
    fn from(error: JudgeError) -> Self {
        match error {
            JudgeError::Refused(refusal) => {
                Self::new(ErrorCode::AttestationInvalid, refusal.to_string())
            }
            JudgeError::Store(error) => error.into(),
        }
    }
}

/// Judges the evidence for an approval key. None at all is `software`; evidence that does not hold is
/// refused, not taken for none. An assertion counts for the device whose key was attested: `device_id`,
/// which an enrolment does not have yet.
pub fn judge(
    conn: &Connection,
    policy: &Policy,
    evidence: Option<&Evidence>,
    expected: &Expected<'_>,
    device_id: Option<&str>,
) -> Result<Attested, JudgeError> {
    let Some(evidence) = evidence else {
        return Ok(Attested { level: TrustLevel::Software, app_attest: None });
    };
    let Evidence::AppleAppAttestAssertion { key_id, assertion } = evidence else {
        return Ok(verify(policy, evidence, expected)?);
    };
    let known = match device_id {
        Some(device_id) => known_key(conn, device_id)?,
        None => None,
    };
    let known = known.ok_or(Refusal::UnknownKey)?;
    Ok(verify_assertion(policy, known, (&key_id.0, &assertion.0), expected)?)
}

fn known_key(conn: &Connection, device_id: &str) -> rusqlite::Result<Option<AppAttestKey>> {
    conn.query_row(
        "SELECT key_id, point, app_hash, counter FROM app_attest_key WHERE device_id = ?1",
        [device_id],
        |row| {
            Ok(AppAttestKey {
                key_id: row.get(0)?,
                point: row.get(1)?,
                app_hash: row.get(2)?,
                counter: row.get(3)?,
            })
        },
    )
    .optional()
}

/// Keeps what the evidence came to, in the transaction that takes the approval key in. An App Attest key
/// that did not vouch this time stays as it is.
pub fn remember(
    tx: &Transaction<'_>,
    device_id: &str,
    attested: &Attested,
) -> rusqlite::Result<()> {
    tx.execute(
        "UPDATE device SET trust_level = ?2 WHERE device_id = ?1",
        params![device_id, attested.level],
    )?;
    let Some(key) = &attested.app_attest else { return Ok(()) };
    tx.execute(
        "INSERT OR REPLACE INTO app_attest_key (device_id, key_id, point, app_hash, counter)
         VALUES (?1, ?2, ?3, ?4, ?5)",
        params![device_id, key.key_id, key.point, key.app_hash, key.counter],
    )?;
    Ok(())
}
