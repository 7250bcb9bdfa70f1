//! How well a device keeps its approval key, as far as its makers vouch for it.

use rusqlite::types::{FromSql, FromSqlError, FromSqlResult, ToSql, ToSqlOutput, ValueRef};
use serde::{Deserialize, Serialize};

/// How well a device keeps its approval key. Nobody's word but an attestation's raises it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrustLevel {
    /// Nothing is known: no evidence was sent.
    Software,
    /// In the processor's trusted execution environment.
    Tee,
    /// In a security chip of its own.
    Strongbox,
    /// Behind Apple's Secure Enclave, used by an unaltered app.
    SecureEnclave,
}

impl TrustLevel {
    /// Every level.
    pub const ALL: [Self; 4] = [Self::Software, Self::Tee, Self::Strongbox, Self::SecureEnclave];

    /// The word on the wire and in the table.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Software => "software",
            Self::Tee => "tee",
            Self::Strongbox => "strongbox",
            Self::SecureEnclave => "secure_enclave",
        }
    }
}

impl ToSql for TrustLevel {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(self.as_str().into())
    }
}

impl FromSql for TrustLevel {
    fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
        let word = value.as_str()?;
        Self::ALL.into_iter().find(|level| level.as_str() == word).ok_or(FromSqlError::InvalidType)
    }
}
