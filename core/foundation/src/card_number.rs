//! Numbers of China's bank cards, by which customers there know their accounts.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::account_number::{AccountNumber, in_fours};
use crate::sensitivity::Class;

/// The number of a `UnionPay` card: 16 to 19 digits that begin with 62, the last of which checks the others (ISO/IEC 7812-1 annex B,
/// the Luhn formula). Class C2: it prints as dots.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct CardNumber(String);

/// Why a text is not the number of a `UnionPay` card.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCardNumber {
    /// Something else than digits.
    #[error("a card number has digits only")]
    Character,
    /// Fewer than 16 or more than 19 digits.
    #[error("a card number has 16 to 19 digits")]
    Length,
    /// It does not begin with 62.
    #[error("the card is not a UnionPay card: its number does not begin with 62")]
    OtherScheme,
    /// The last digit is not that of the others: one of them is mistyped.
    #[error("a digit of the card number is wrong: its check digit does not fit")]
    CheckDigit,
}

impl CardNumber {
    /// The class of every card number.
    pub const CLASS: Class = Class::C2;

    /// From what a person typed or pasted: white space and hyphens are dropped, full-width digits become ASCII.
    pub fn from_entry(entry: &str) -> Result<Self, InvalidCardNumber> {
        let kept: String = entry
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(crate::text::half_width)
            .collect();
        kept.parse()
    }

    /// The digits, for a screen, the vault or the bank.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// The issuer identification number: the first six digits.
    pub fn issuer(&self) -> &str {
        self.0.get(..6).unwrap_or_default()
    }

    /// In groups of four from the left, as on the card: `6222 0210 0011 2233 445`.
    pub fn grouped(&self) -> String {
        in_fours(&self.0)
    }

    /// Two dots and the last four digits: `••3445`.
    pub fn masked(&self) -> String {
        AccountNumber::from(self.clone()).masked()
    }
}

/// Every second digit from the right is doubled, the digits of the products are summed; the sum is a multiple of ten.
fn checks(digits: &str) -> bool {
    let weighed = digits.bytes().rev().enumerate().map(|(at, digit)| {
        let digit = u32::from(digit - b'0');
        let doubled = if at % 2 == 1 { digit * 2 } else { digit };
        doubled / 10 + doubled % 10
    });
    weighed.sum::<u32>().is_multiple_of(10)
}

impl FromStr for CardNumber {
    type Err = InvalidCardNumber;

    fn from_str(text: &str) -> Result<Self, InvalidCardNumber> {
        if !text.bytes().all(|b| b.is_ascii_digit()) {
            return Err(InvalidCardNumber::Character);
        }
        if !(16..=19).contains(&text.len()) {
            return Err(InvalidCardNumber::Length);
        }
        if !text.starts_with("62") {
            return Err(InvalidCardNumber::OtherScheme);
        }
        if checks(text) { Ok(Self(text.to_owned())) } else { Err(InvalidCardNumber::CheckDigit) }
    }
}

impl TryFrom<String> for CardNumber {
    type Error = InvalidCardNumber;

    fn try_from(text: String) -> Result<Self, InvalidCardNumber> {
        text.parse()
    }
}

impl From<CardNumber> for String {
    fn from(number: CardNumber) -> Self {
        number.0
    }
}

impl From<CardNumber> for AccountNumber {
    fn from(number: CardNumber) -> Self {
        // 16 to 19 digits: what an account number is, and more.
        Self::of_digits_and_capitals(number.0)
    }
}

impl fmt::Debug for CardNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("••")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_number_is_shown_as_on_the_card() {
        // Test cards that UnionPay and payment services publish.
        for text in ["6250946000000016", "6250947000000014", "6212345678901232"] {
            assert_eq!(text.parse::<CardNumber>().unwrap().expose(), text);
        }
        let number = CardNumber::from_entry("６250-9460 0000 0016").unwrap();
        assert_eq!(
            (number.grouped().as_str(), number.masked().as_str()),
            ("6250 9460 0000 0016", "••0016")
        );
        assert_eq!(number.issuer(), "625094");
        assert_eq!(AccountNumber::from(number.clone()).expose(), number.expose());
        assert_eq!(format!("{number:?}"), "••");
    }

    #[test]
    fn every_mistyped_digit_is_found() {
        let text = "6250946000000016";
        for (at, right) in text.char_indices() {
            for wrong in ('0'..='9').filter(|digit| *digit != right) {
                let mut mistyped = text.to_owned();
                mistyped.replace_range(at..=at, &wrong.to_string());
                assert!(mistyped.parse::<CardNumber>().is_err(), "{mistyped}");
            }
        }
    }

    #[test]
    fn refusals_name_what_is_wrong() {
        for (text, why) in [
            ("", InvalidCardNumber::Length),
            ("625094600000001", InvalidCardNumber::Length),
            ("62509460000000160000", InvalidCardNumber::Length),
            ("625094600000001x", InvalidCardNumber::Character),
            ("4111111111111111", InvalidCardNumber::OtherScheme),
            ("6250946000000017", InvalidCardNumber::CheckDigit),
        ] {
            assert_eq!(text.parse::<CardNumber>(), Err(why), "{text}");
        }
    }
}
