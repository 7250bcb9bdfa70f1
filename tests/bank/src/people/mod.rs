//! The demo customers and their invented past.

use jiff::Timestamp;
use rusqlite::Transaction;

use crate::oauth::password::HashError;

/// The tables of this room.
pub const SCHEMA: &str = "
CREATE TABLE customer (
    customer_id   TEXT PRIMARY KEY,
    username      TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    name_en       TEXT NOT NULL,
    name_zh       TEXT NOT NULL,
    locale        TEXT NOT NULL CHECK (locale IN ('en', 'zh-CN'))
) STRICT;
";

/// A text in both of the bank's languages.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct Both {
    /// English.
    pub en: &'static str,
    /// Chinese, simplified.
    #[serde(rename = "zh-CN")]
    pub zh: &'static str,
}

/// How a person signs in as a demo customer; printed when the bank starts.
#[derive(Clone, Copy, Debug, serde::Serialize)]
pub struct SignIn {
    /// What to type first.
    pub username: &'static str,
    /// What to type second.
    pub password: &'static str,
    /// Who it is.
    pub name: Both,
    /// What their life is, in a sentence.
    pub life: Both,
}

/// Why the invented past could not be written.
#[derive(Debug, thiserror::Error)]
pub enum SeedError {
    /// The file could not be written.
    #[error("the books could not be written: {0}")]
    Store(#[from] rusqlite::Error),
    /// A password could not be hashed.
    #[error(transparent)]
    Password(#[from] HashError),
}

/// The demo customers.
pub fn sign_ins() -> &'static [SignIn] {
    &[SignIn {
        username: "liming",
        password: "plum-blossom-7",
        name: Both { en: "Li Ming", zh: "李明" },
        life: Both { en: "Salaried, rents a flat", zh: "上班族，租房" },
    }]
}

/// Fills a fresh file: customers, accounts, two years of movements up to `now`. Called once, in the
/// transaction that makes the file the bank's.
pub fn seed(tx: &Transaction<'_>, _seed: u64, _now: Timestamp) -> Result<(), SeedError> {
    for person in sign_ins() {
        tx.execute(
            "INSERT INTO customer VALUES (?1, ?1, ?2, ?3, ?4, 'zh-CN')",
            rusqlite::params![
                person.username,
                crate::oauth::password::hash(person.password)?,
                person.name.en,
                person.name.zh
            ],
        )?;
    }
    Ok(())
}
