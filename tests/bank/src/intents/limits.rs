//! How much a customer may pay: at once, and in a day of the bank.

use jiff::Timestamp;
use rusqlite::{Connection, params};
use serde::Serialize;

use crate::moment::bank_day;
use crate::money::{CNY, Money, MoneyError};

/// The most one payment may come to, in fen.
pub const PER_PAYMENT_FEN: i64 = 5_000_000;
/// The most the payments of one bank day may come to, in fen.
pub const PER_DAY_FEN: i64 = 20_000_000;

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

/// The limits in force for a customer at `now`.
pub fn limits(conn: &Connection, customer_id: &str, now: Timestamp) -> rusqlite::Result<Limits> {
    let sql = "SELECT coalesce(sum(counted), 0) FROM decision \
               WHERE customer_id = ?1 AND bank_day = ?2 AND outcome = 'executed'";
    let spent: i64 = conn
        .prepare_cached(sql)?
        .query_row(params![customer_id, bank_day(now).to_string()], |row| row.get(0))?;
    Ok(Limits {
        per_payment: fen(PER_PAYMENT_FEN),
        remaining_today: fen((PER_DAY_FEN - spent).max(0)),
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
