//! How much may be approved: at once, and in a day of the bank, by how well a device keeps its key.

use jiff::Timestamp;
use rusqlite::{Connection, params};
use serde::Serialize;

use crate::attestation::TrustLevel;
use crate::moment::bank_day;
use crate::money::{CNY, Money, MoneyError};

/// What a device of one trust level may approve, in fen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LevelLimits {
    /// The most one payment may come to.
    pub per_payment_fen: i64,
    /// The most the customer's payments of one bank day may come to, from whichever device.
    pub per_day_fen: i64,
}

/// What devices may approve, by trust level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct LimitTable {
    /// Where nothing is known of the key.
    pub software: LevelLimits,
    /// Where it is in the trusted execution environment.
    pub tee: LevelLimits,
    /// Where it is in a security chip of its own.
    pub strongbox: LevelLimits,
    /// Where Apple's Secure Enclave vouches for it.
    pub secure_enclave: LevelLimits,
}

impl LimitTable {
    /// The row of a level.
    pub const fn of(&self, level: TrustLevel) -> LevelLimits {
        match level {
            TrustLevel::Software => self.software,
            TrustLevel::Tee => self.tee,
            TrustLevel::Strongbox => self.strongbox,
            TrustLevel::SecureEnclave => self.secure_enclave,
        }
    }
}

impl Default for LimitTable {
    fn default() -> Self {
        let in_a_chip = LevelLimits { per_payment_fen: 10_000_000, per_day_fen: 50_000_000 };
        Self {
            software: LevelLimits { per_payment_fen: 2_000_000, per_day_fen: 5_000_000 },
            tee: LevelLimits { per_payment_fen: 5_000_000, per_day_fen: 20_000_000 },
            strongbox: in_a_chip,
            secure_enclave: in_a_chip,
        }
    }
}

/// Reference rates for counting payments in other currencies: ten-thousandths of a fen per minor
/// unit.
const RATES: [(&str, i128); 6] = [
    ("CNY", 10_000),
    ("EUR", 82_000),
    ("GBP", 95_000),
    ("HKD", 9_200),
    ("JPY", 48_000),
    ("USD", 71_500),
];

/// What a customer may pay now; goes out with an `intent` challenge.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Limits {
    /// The most one payment may come to.
    pub per_payment: Money,
    /// What is left of the day's limit.
    pub remaining_today: Money,
}

impl Limits {
    /// Whether a payment counted as `fen` stays within both limits.
    pub(super) const fn allow(&self, fen: i64) -> bool {
        fen <= self.per_payment.minor() && fen <= self.remaining_today.minor()
    }
}

/// The limits in force at `now` for a customer on a device of this level. What the customer's other
/// devices have paid today counts: enrolling one more raises nothing.
pub fn limits(
    conn: &Connection,
    customer_id: &str,
    level: LevelLimits,
    now: Timestamp,
) -> rusqlite::Result<Limits> {
    let sql = "SELECT coalesce(sum(counted), 0) FROM decision \
               WHERE customer_id = ?1 AND bank_day = ?2 AND outcome = 'executed'";
    let spent: i64 = conn
        .prepare_cached(sql)?
        .query_row(params![customer_id, bank_day(now).to_string()], |row| row.get(0))?;
    Ok(Limits {
        per_payment: fen(level.per_payment_fen),
        remaining_today: fen(level.per_day_fen.saturating_sub(spent).max(0)),
    })
}

const fn fen(minor: i64) -> Money {
    match Money::new(CNY, minor) {
        Ok(money) => money,
        Err(_) => CNY.zero(),
    }
}

/// What a payment takes off the limits, in fen, rounded up. Payments in a currency the bank has no
/// rate for cannot be counted.
pub(super) fn counted_fen(amount: Money) -> Result<i64, MoneyError> {
    let rate =
        RATES.iter().find(|(code, _)| *code == amount.currency().code()).map(|(_, rate)| *rate);
    let rate = rate.ok_or(MoneyError::UnknownCurrency)?;
    let fen = (i128::from(amount.minor()) * rate + 9_999) / 10_000;
    i64::try_from(fen).map_err(|_| MoneyError::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::money::{Currency, JPY, USD};

    fn count(currency: Currency, minor: i64) -> Result<i64, MoneyError> {
        counted_fen(Money::new(currency, minor).unwrap())
    }

    #[test]
    fn foreign_payments_count_at_a_rate_rounded_up() {
        assert_eq!(count(CNY, 12_345), Ok(12_345));
        assert_eq!(count(USD, 100), Ok(715));
        assert_eq!(count(USD, 1), Ok(8));
        assert_eq!(count(JPY, 1_000), Ok(4_800));
        assert_eq!(count(CNY, i64::MAX), Ok(i64::MAX));
        assert_eq!(count(USD, i64::MAX), Err(MoneyError::TooLarge));
        assert_eq!(count(Currency::from_code("BHD").unwrap(), 1), Err(MoneyError::UnknownCurrency));
    }
}
