//! The demo customers and their invented past: four lives, two years of movements, the same for the
//! same seed.

mod calendar;
mod cast;
mod chance;
mod diary;
mod habits;
mod merchants;
mod number;
mod pensioner;
mod salaried;
mod shopkeeper;
mod student;
mod write;

use jiff::{Timestamp, ToSpan};
use rusqlite::Transaction;

pub use number::is_luhn_valid;

use self::chance::Chance;
use self::diary::{Diary, Happening};
use self::habits::Today;
use crate::ledger::{AccountId, LedgerError};
use crate::moment::{bank_day, on_bank_day};
use crate::money::{Currency, MoneyError};
use crate::oauth::password::HashError;
use crate::random::{self, NoRandomness};

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

/// How far back the movements go, in days.
pub const DAYS: i64 = 730;

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
    /// A key could not be drawn.
    #[error(transparent)]
    Randomness(#[from] NoRandomness),
    /// An invented amount does not exist.
    #[error("an invented amount is none: {0}")]
    Amount(#[from] MoneyError),
    /// The books refused an entry.
    #[error("the books refused an invented entry: {0}")]
    Entry(#[from] LedgerError),
}

/// The demo customers.
pub fn sign_ins() -> &'static [SignIn] {
    &cast::SIGN_INS
}

/// Digits of a customer's that others may know: birthday and phone. Nothing for whoever is not in the cast.
pub fn not_in_pin(customer_id: &str) -> &'static [&'static str] {
    let person = cast::PEOPLE.iter().find(|person| person.customer_id == customer_id);
    person.map_or(&[], |person| &person.known_digits)
}

/// The bank's own account against which pending items in a currency are booked.
pub fn clearing_account(currency: Currency) -> Option<AccountId> {
    cast::bank_purse(cast::Purpose::World, currency).map(|purse| purse.id.into())
}

/// Fills a fresh file: customers, accounts, two years of movements up to `now`. Called once, in the
/// transaction that makes the file the bank's.
pub fn seed(tx: &Transaction<'_>, seed: u64, now: Timestamp) -> Result<(), SeedError> {
    crate::sync::keep_cursor_key(tx, random::bytes()?)?;
    write::people(tx)?;
    write::accounts(tx)?;
    write::happenings(tx, &live(seed, now)?)
}

/// Lives the two years up to `now`, everybody's day by day.
fn live(seed: u64, now: Timestamp) -> Result<Vec<Happening>, MoneyError> {
    let today = bank_day(now);
    let first = today.saturating_sub(DAYS.days());
    let mut diary = Diary::new(now.as_second());
    for purse in cast::PURSES {
        diary.open(on_bank_day(first, 0).as_second(), purse)?;
    }
    let lives = [salaried::live, shopkeeper::live, student::live, pensioner::live];
    let mut lucks = [1, 2, 3, 4].map(|person| Chance::new(seed, person));
    let mut day = first;
    while day <= today {
        for (live, luck) in lives.iter().zip(&mut lucks) {
            live(&mut Today { day, diary: &mut diary, luck })?;
        }
        let Ok(tomorrow) = day.tomorrow() else { break };
        day = tomorrow;
    }
    announce(&mut diary)?;
    Ok(diary.into_happenings())
}

/// What is on its way when the bank opens: a hotel's hold, a ride and a refund of Li Ming's, a
/// parcel of Wang Fang's.
fn announce(diary: &mut Diary) -> Result<(), MoneyError> {
    let hours_ago = |hours: i64| diary.now() - hours * 3_541;
    let [hotel, ride, refund, parcel] = [hours_ago(20), hours_ago(3), hours_ago(9), hours_ago(6)];
    let [mall, ..] = merchants::ONLINE;
    let [swift, ..] = merchants::RIDES;
    diary.announce(hotel, &cast::LI_CARD, 86_000, &merchants::HOTEL)?;
    diary.announce(ride, &cast::LI_CURRENT, 2_360, &swift)?;
    diary.announce(refund, &cast::LI_CARD, -12_900, &mall)?;
    diary.announce(parcel, &cast::WANG_CARD, 5_900, &mall)
}
