//! Amounts: a currency of ISO 4217 and a whole number of its minor units.
//!
//! There is no floating point, and no amount without its currency. What the wire allows is narrower
//! than what serde would take: one spelling per amount, so that equal amounts have equal bytes.

use std::fmt;

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// Codes of ISO 4217 by their number of minor digits. Codes without a minor unit (metals, funds,
/// testing) are absent: nothing is paid in them.
const BY_DIGITS: [(u32, &str); 4] = [
    (
        2,
        "AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW \
         CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF \
         IDR ILS INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK \
         MXN MXV MYR MZN NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP \
         SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER \
         ZAR ZMW ZWG",
    ),
    (0, "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"),
    (3, "BHD IQD JOD KWD LYD OMR TND"),
    (4, "CLF UYW"),
];

/// A currency of ISO 4217 that has minor units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency {
    code: &'static str,
    digits: u32,
}

/// The bank's own currency.
pub const CNY: Currency = Currency { code: "CNY", digits: 2 };
/// United States dollar.
pub const USD: Currency = Currency { code: "USD", digits: 2 };
/// Japanese yen, which has no minor digits.
pub const JPY: Currency = Currency { code: "JPY", digits: 0 };

impl Currency {
    /// The currency of this code, which must be upper-case and in use.
    pub fn from_code(code: &str) -> Option<Self> {
        BY_DIGITS.iter().find_map(|(digits, codes)| {
            let code = codes.split(' ').find(|known| *known == code)?;
            Some(Self { code, digits: *digits })
        })
    }

    /// The three letters.
    pub const fn code(self) -> &'static str {
        self.code
    }

    /// Nothing, in this currency.
    pub const fn zero(self) -> Money {
        Money { currency: self, minor: 0 }
    }

    /// How many decimal digits separate the minor from the major unit: 0, 2, 3 or 4.
    pub const fn digits(self) -> u32 {
        self.digits
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code)
    }
}

/// An amount in minor units, of either sign. Never below `-i64::MAX`, so that negating it cannot
/// fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WireMoney", into = "WireMoney")]
pub struct Money {
    currency: Currency,
    minor: i64,
}

/// Why something is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum MoneyError {
    /// Not a code of ISO 4217 with minor units.
    #[error("the currency is not a code of ISO 4217 in use; use one, in upper case")]
    UnknownCurrency,
    /// Not `-?(0|[1-9][0-9]*)`, or `-0`.
    #[error(
        "the minor units are not a plain whole number; write digits without sign +, point, or leading zeros"
    )]
    NotWhole,
    /// Outside `-(2^63-1)..=2^63-1`.
    #[error("the amount does not fit 64 bits; use a smaller one")]
    TooLarge,
    /// Amounts of two currencies have no sum.
    #[error("the amounts are of two currencies; exchange one first")]
    MixedCurrencies,
}

impl Money {
    /// An amount of `minor` units, or `TooLarge` for `i64::MIN`.
    pub const fn new(currency: Currency, minor: i64) -> Result<Self, MoneyError> {
        if minor == i64::MIN {
            return Err(MoneyError::TooLarge);
        }
        Ok(Self { currency, minor })
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// The number of minor units.
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The same amount in the other direction.
    pub const fn negated(self) -> Self {
        Self { currency: self.currency, minor: -self.minor }
    }

    /// The sum of two amounts of one currency.
    pub fn plus(self, other: Self) -> Result<Self, MoneyError> {
        if self.currency != other.currency {
            return Err(MoneyError::MixedCurrencies);
        }
        let minor = self.minor.checked_add(other.minor).ok_or(MoneyError::TooLarge)?;
        Self::new(self.currency, minor)
    }
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WireMoney {
    currency: String,
    minor: String,
}

impl From<Money> for WireMoney {
    fn from(money: Money) -> Self {
        Self { currency: money.currency.code.to_owned(), minor: money.minor.to_string() }
    }
}

impl TryFrom<WireMoney> for Money {
    type Error = MoneyError;

    fn try_from(wire: WireMoney) -> Result<Self, MoneyError> {
        let currency = Currency::from_code(&wire.currency).ok_or(MoneyError::UnknownCurrency)?;
        Self::new(currency, parse_minor(&wire.minor)?)
    }
}

/// One spelling per number: what is printed back must be what was read.
fn parse_minor(text: &str) -> Result<i64, MoneyError> {
    let digits = text.strip_prefix('-').unwrap_or(text);
    if digits.is_empty() || !digits.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(MoneyError::NotWhole);
    }
    let minor: i64 = text.parse().map_err(|_| MoneyError::TooLarge)?;
    if minor.to_string() != text {
        return Err(MoneyError::NotWhole);
    }
    Ok(minor)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn read(json: &str) -> Result<Money, serde_json::Error> {
        serde_json::from_str(json)
    }

    #[test]
    fn digits_follow_iso_4217() {
        let digits = |code| Currency::from_code(code).map(Currency::digits);
        assert_eq!(digits("CNY"), Some(2));
        assert_eq!(digits("JPY"), Some(0));
        assert_eq!(digits("BHD"), Some(3));
        assert_eq!(digits("CLF"), Some(4));
        for absent in ["cny", "CN", "XAU", "XXX", "RMB", "", "CNY "] {
            assert_eq!(digits(absent), None, "{absent}");
        }
    }

    #[test]
    fn the_named_currencies_are_those_of_the_table() {
        for named in [CNY, USD, JPY] {
            assert_eq!(Currency::from_code(named.code()), Some(named));
        }
    }

    #[test]
    fn every_other_spelling_of_an_amount_is_refused() {
        for minor in
            ["-0", "01", "+1", "1.0", "1e2", "", "-", " 1", "1 ", "１", "9223372036854775808"]
        {
            let json = format!(r#"{{"currency":"CNY","minor":"{minor}"}}"#);
            assert!(read(&json).is_err(), "{minor:?}");
        }
        assert!(read(r#"{"currency":"CNY","minor":"-9223372036854775808"}"#).is_err());
        assert!(read(r#"{"currency":"CNY","minor":100}"#).is_err());
        assert!(read(r#"{"currency":"CNY","minor":"100","major":"1"}"#).is_err());
        assert!(read(r#"{"currency":"CNY","minor":"1","minor":"2"}"#).is_err());
    }

    #[test]
    fn sums_neither_overflow_nor_mix_currencies() {
        let most = Money::new(CNY, i64::MAX).unwrap();
        let one = Money::new(CNY, 1).unwrap();
        assert_eq!(most.plus(one), Err(MoneyError::TooLarge));
        assert_eq!(most.negated().plus(one.negated()), Err(MoneyError::TooLarge));
        assert_eq!(one.plus(Money::new(USD, 1).unwrap()), Err(MoneyError::MixedCurrencies));
    }

    proptest! {
        #[test]
        fn an_amount_survives_the_wire(minor in -i64::MAX..=i64::MAX) {
            let money = Money::new(CNY, minor).unwrap();
            let json = serde_json::to_string(&money).unwrap();
            prop_assert_eq!(read(&json).unwrap(), money);
        }
    }
}
