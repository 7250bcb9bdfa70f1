//! What the bank lets a customer pay: told with every challenge, remembered for the next draft.

use guichet_foundation::money::Money;
use guichet_foundation::time::Timestamp;
use guichet_vault::rusqlite::{Connection, OptionalExtension as _, Transaction};
use serde::Deserialize;

use crate::outbox::OutboxFailure;

/// Limits in force at one moment (docs/protocol.md, section 6). They bind payments of their own currency only.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub struct Limits {
    /// The most for one payment.
    pub per_payment: Money,
    /// The most that may still be paid on the bank's present day.
    pub remaining_today: Money,
}

/// Which limit an amount is above.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AboveLimit {
    /// More than one payment may be.
    #[error("the amount is above the limit for one payment")]
    PerPayment {
        /// The limit.
        limit: Money,
    },
    /// More than may still be paid today.
    #[error("the amount is above what may still be paid today")]
    Today {
        /// What remains.
        remaining: Money,
    },
}

impl Limits {
    /// Whether `amount` may be paid. A payment in another currency is for the bank to judge.
    pub(crate) fn allow(&self, amount: Money) -> Result<(), AboveLimit> {
        if exceeds(amount, self.per_payment) {
            return Err(AboveLimit::PerPayment { limit: self.per_payment });
        }
        if exceeds(amount, self.remaining_today) {
            return Err(AboveLimit::Today { remaining: self.remaining_today });
        }
        Ok(())
    }
}

/// Whether `amount` is more than `bound`, both being of one currency.
pub(crate) fn exceeds(amount: Money, bound: Money) -> bool {
    amount.currency() == bound.currency() && amount.minor() > bound.minor()
}

/// Limits and when the bank told them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KnownLimits {
    pub limits: Limits,
    pub told_at: Timestamp,
}

/// How long a known limit is good enough to refuse by. After that it only warns: a customer who has raised a limit at the bank
/// must not be held up by what the phone remembers.
const FIRM_SECONDS: i64 = 900;

impl KnownLimits {
    /// Whether the limit for one payment is recent enough to refuse by.
    pub(crate) const fn is_firm(&self, now: Timestamp) -> bool {
        let age = now.seconds_since(self.told_at);
        0 <= age && age <= FIRM_SECONDS
    }
}

/// Remembers `limits` in place of what was known.
pub(crate) fn keep(
    db: &Transaction<'_>,
    limits: &Limits,
    now: Timestamp,
) -> Result<(), OutboxFailure> {
    db.execute(
        "INSERT INTO payments_limits (only, per_payment, remaining_today, told_at) VALUES (1, ?1, ?2, ?3)
         ON CONFLICT (only) DO UPDATE SET per_payment = ?1, remaining_today = ?2, told_at = ?3",
        (json(limits.per_payment)?, json(limits.remaining_today)?, now.unix_seconds()),
    )?;
    Ok(())
}

/// What is known.
pub(crate) fn known(db: &Connection) -> Result<Option<KnownLimits>, OutboxFailure> {
    let row: Option<(String, String, i64)> = db
        .query_row("SELECT per_payment, remaining_today, told_at FROM payments_limits", [], |row| {
            Ok((row.get(0)?, row.get(1)?, row.get(2)?))
        })
        .optional()?;
    let Some((per_payment, remaining_today, told_at)) = row else { return Ok(None) };
    let limits =
        Limits { per_payment: money(&per_payment)?, remaining_today: money(&remaining_today)? };
    let told_at = Timestamp::from_unix_seconds(told_at).map_err(|_| OutboxFailure::Damaged)?;
    Ok(Some(KnownLimits { limits, told_at }))
}

fn json(money: Money) -> Result<String, OutboxFailure> {
    serde_json::to_string(&money).map_err(|_| OutboxFailure::Damaged)
}

fn money(json: &str) -> Result<Money, OutboxFailure> {
    serde_json::from_str(json).map_err(|_| OutboxFailure::Damaged)
}

#[cfg(test)]
mod tests {
    use guichet_foundation::money::Currency;

    use super::*;

    fn cny(minor: i64) -> Money {
        Money::new(Currency::CNY, minor)
    }

    #[test]
    fn a_limit_is_the_most_that_passes() {
        let limits = Limits { per_payment: cny(500), remaining_today: cny(300) };
        assert_eq!(limits.allow(cny(300)), Ok(()));
        assert_eq!(limits.allow(cny(301)), Err(AboveLimit::Today { remaining: cny(300) }));
        assert_eq!(limits.allow(cny(501)), Err(AboveLimit::PerPayment { limit: cny(500) }));
        assert_eq!(limits.allow(Money::new("JPY".parse().unwrap(), 9_999)), Ok(()));
    }

    #[test]
    fn a_remembered_limit_is_firm_for_a_quarter_of_an_hour() {
        let told_at = Timestamp::EPOCH.shifted(10_000);
        let known = KnownLimits {
            limits: Limits { per_payment: cny(1), remaining_today: cny(1) },
            told_at,
        };
        assert!(known.is_firm(told_at) && known.is_firm(told_at.shifted(900)));
        assert!(!known.is_firm(told_at.shifted(901)), "old");
        assert!(!known.is_firm(told_at.shifted(-1)), "the clock went back");
    }
}
