//! Amounts: a currency and a whole number of its minor units. No floating point.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::sensitivity::Class;
use crate::text::half_width;

/// A currency of ISO 4217 that is in use and has minor units.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Currency(iso_currency::Currency);

/// The code is not one of ISO 4217, names something that has no minor units (gold, test codes), or a currency that is no more.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a currency of ISO 4217")]
pub struct UnknownCurrency;

impl Currency {
    /// The yuan.
    pub const CNY: Self = Self(iso_currency::Currency::CNY);

    /// The code, as `CNY`.
    pub fn code(self) -> &'static str {
        self.0.code()
    }

    /// By the three-digit code of ISO 4217, as 156 for the yuan.
    pub fn from_numeric(code: u16) -> Result<Self, UnknownCurrency> {
        iso_currency::Currency::from_numeric(code).and_then(with_minor_units).ok_or(UnknownCurrency)
    }

    /// The three-digit code of ISO 4217.
    pub fn numeric(self) -> u16 {
        self.0.numeric()
    }

    /// Digits after the decimal point: CNY 2, JPY 0, BHD 3.
    pub fn minor_digits(self) -> usize {
        usize::from(self.0.exponent().unwrap_or(0))
    }
}

impl FromStr for Currency {
    type Err = UnknownCurrency;

    fn from_str(code: &str) -> Result<Self, UnknownCurrency> {
        iso_currency::Currency::from_code(code).and_then(with_minor_units).ok_or(UnknownCurrency)
    }
}

/// Nothing is paid in a currency that was replaced by another, or in a unit of account. Venezuela has two codes in use for one
/// bolívar: ISO 4217 did not withdraw VES when VED came.
fn with_minor_units(currency: iso_currency::Currency) -> Option<Currency> {
    let is_replaced = currency.is_superseded().is_some() && currency != iso_currency::Currency::VES;
    let is_in_use = !is_replaced && !currency.is_special();
    currency.exponent().filter(|_| is_in_use).map(|_| Currency(currency))
}

impl fmt::Debug for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Serialize for Currency {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.code())
    }
}

impl<'de> Deserialize<'de> for Currency {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

/// An amount of one currency. Class C2: the number prints as dots.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "WireMoney", into = "WireMoney")]
pub struct Money {
    currency: Currency,
    minor: i64,
}

#[derive(Serialize, Deserialize)]
struct WireMoney {
    currency: Currency,
    minor: String,
}

/// Why a text is not an amount.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidMoney {
    /// Nothing was entered.
    #[error("no amount was entered")]
    Empty,
    /// Something else than digits, grouping commas and one decimal point.
    #[error("an amount has digits, commas between thousands and one decimal point")]
    NotANumber,
    /// More digits after the point than the currency has.
    #[error("the currency has {digits} digits after the decimal point")]
    TooPrecise {
        /// Digits the currency has.
        digits: usize,
    },
    /// Below zero where only more than zero makes sense.
    #[error("the amount is negative")]
    Negative,
    /// Zero where only more than zero makes sense.
    #[error("the amount is zero")]
    Zero,
    /// More than 2^63 - 1 minor units.
    #[error("the amount is too large")]
    TooLarge,
}

impl Money {
    /// The class of every amount.
    pub const CLASS: Class = Class::C2;

    /// `minor` minor units of `currency`. `i64::MIN` does not exist in the protocol and becomes the lowest amount there is.
    pub const fn new(currency: Currency, minor: i64) -> Self {
        Self { currency, minor: if minor == i64::MIN { -i64::MAX } else { minor } }
    }

    /// From what a person typed as the amount of a payment: more than zero, `1,234.5`, full-width digits too.
    pub fn from_entry(currency: Currency, entry: &str) -> Result<Self, InvalidMoney> {
        let text: String = entry.trim().chars().map(half_width).collect();
        if text.is_empty() {
            return Err(InvalidMoney::Empty);
        }
        if text.starts_with(['-', '−']) {
            return Err(InvalidMoney::Negative);
        }
        let (major, fraction) = text.split_once('.').unwrap_or((&text, ""));
        if major.is_empty() && fraction.is_empty() {
            return Err(InvalidMoney::NotANumber);
        }
        let digits = currency.minor_digits();
        if fraction.len() > digits && fraction.bytes().all(|b| b.is_ascii_digit()) {
            return Err(InvalidMoney::TooPrecise { digits });
        }
        let all = format!("{}{fraction:0<digits$}", ungrouped(major)?);
        match parse_digits(&all)? {
            0 => Err(InvalidMoney::Zero),
            minor => Ok(Self { currency, minor }),
        }
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// Minor units; negative where money is owed or leaves.
    pub const fn minor(self) -> i64 {
        self.minor
    }

    /// The sum, if both are of one currency and it fits.
    pub fn checked_add(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        let minor = self.minor.checked_add(other.minor).filter(|minor| *minor != i64::MIN)?;
        Some(Self { minor, ..self })
    }

    /// The amount with its sign turned.
    pub const fn negated(self) -> Self {
        Self { currency: self.currency, minor: -self.minor }
    }

    /// Major units with `,` between thousands and exactly the currency's digits after the point: `-1,234.50`. No currency.
    pub fn digits(self) -> String {
        let places = self.currency.minor_digits();
        let all = format!("{:0>width$}", self.minor.unsigned_abs(), width = places + 1);
        let (major, fraction) = all.split_at(all.len() - places);
        let sign = if self.minor < 0 { "-" } else { "" };
        let point = if places == 0 { "" } else { "." };
        format!("{sign}{}{point}{fraction}", grouped(major))
    }

    /// The currency code and the digits: `CNY 1,234.50`, the form of docs/protocol.md section 9.3.
    pub fn with_code(self) -> String {
        format!("{} {}", self.currency.code(), self.digits())
    }
}

fn grouped(major: &str) -> String {
    let mut shown = String::with_capacity(major.len() + major.len() / 3);
    for (index, digit) in major.chars().enumerate() {
        if index > 0 && (major.len() - index).is_multiple_of(3) {
            shown.push(',');
        }
        shown.push(digit);
    }
    shown
}

/// `major` without commas, which may stand between groups of three digits and nowhere else.
fn ungrouped(major: &str) -> Result<String, InvalidMoney> {
    let mut groups = major.split(',');
    let first = groups.next().unwrap_or_default();
    let rest: Vec<&str> = groups.collect();
    let well_grouped = rest.is_empty()
        || (1..=3).contains(&first.len()) && rest.iter().all(|group| group.len() == 3);
    if !well_grouped {
        return Err(InvalidMoney::NotANumber);
    }
    Ok(format!("{first}{}", rest.concat()))
}

fn parse_digits(text: &str) -> Result<i64, InvalidMoney> {
    if text.is_empty() || !text.bytes().all(|b| b.is_ascii_digit()) {
        return Err(InvalidMoney::NotANumber);
    }
    text.parse().map_err(|_| InvalidMoney::TooLarge)
}

impl TryFrom<WireMoney> for Money {
    type Error = InvalidMoney;

    fn try_from(wire: WireMoney) -> Result<Self, InvalidMoney> {
        let unsigned = wire.minor.strip_prefix('-').unwrap_or(&wire.minor);
        let leading_zero = unsigned.len() > 1 && unsigned.starts_with('0');
        if leading_zero || wire.minor == "-0" {
            return Err(InvalidMoney::NotANumber);
        }
        let size = parse_digits(unsigned)?;
        let minor = if unsigned.len() == wire.minor.len() { size } else { -size };
        Ok(Self { currency: wire.currency, minor })
    }
}

impl From<Money> for WireMoney {
    fn from(money: Money) -> Self {
        Self { currency: money.currency, minor: money.minor.to_string() }
    }
}

impl fmt::Debug for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ••", self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cny(entry: &str) -> Result<i64, InvalidMoney> {
        Money::from_entry(Currency::CNY, entry).map(Money::minor)
    }

    #[test]
    fn entries_become_minor_units() {
        assert_eq!(cny("1,234.5"), Ok(123_450));
        assert_eq!(cny("１２．３０"), Ok(1_230));
        assert_eq!(cny(".5"), Ok(50));
        assert_eq!(Money::from_entry("JPY".parse().unwrap(), "1234").map(Money::minor), Ok(1_234));
        assert_eq!(Money::from_entry("BHD".parse().unwrap(), "1.234").map(Money::minor), Ok(1_234));
    }

    #[test]
    fn bad_entries_are_named() {
        assert_eq!(cny(""), Err(InvalidMoney::Empty));
        assert_eq!(cny("0.00"), Err(InvalidMoney::Zero));
        assert_eq!(cny("-3"), Err(InvalidMoney::Negative));
        assert_eq!(cny("1.234"), Err(InvalidMoney::TooPrecise { digits: 2 }));
        assert_eq!(cny("99999999999999999999"), Err(InvalidMoney::TooLarge));
        for bad in ["1.2.3", "1,23", ",123", "12a", "1e3", "+1", ".", "٣"] {
            assert_eq!(cny(bad), Err(InvalidMoney::NotANumber), "{bad}");
        }
        assert_eq!(
            Money::from_entry("JPY".parse().unwrap(), "1.5"),
            Err(InvalidMoney::TooPrecise { digits: 0 })
        );
    }

    #[test]
    fn amounts_are_shown_with_their_currency_s_digits() {
        assert_eq!(Money::new(Currency::CNY, 123_450).with_code(), "CNY 1,234.50");
        assert_eq!(Money::new(Currency::CNY, -5).digits(), "-0.05");
        assert_eq!(Money::new("JPY".parse().unwrap(), 1_000_000).with_code(), "JPY 1,000,000");
        assert_eq!(Money::new("BHD".parse().unwrap(), 1).with_code(), "BHD 0.001");
        assert_eq!(Money::new(Currency::CNY, i64::MIN).digits(), "-92,233,720,368,547,758.07");
    }

    #[test]
    fn invariant_07_silent_debug_hides_the_number() {
        assert_eq!(format!("{:?}", Money::new(Currency::CNY, 123_450)), "CNY ••");
    }

    #[test]
    fn sums_need_one_currency() {
        let jpy = Money::new("JPY".parse().unwrap(), 1);
        assert_eq!(Money::new(Currency::CNY, 1).checked_add(jpy), None);
        assert_eq!(
            Money::new(Currency::CNY, i64::MAX).checked_add(Money::new(Currency::CNY, 1)),
            None
        );
    }
}
