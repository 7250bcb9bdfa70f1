//! Account numbers, whole and as a screen shows them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::sensitivity::Class;

/// An account number: 8 to 34 characters of `0-9 A-Z`. Class C2: it prints as dots.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct AccountNumber(String);

/// Why a text is not an account number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidAccountNumber {
    /// Fewer than 8 or more than 34 characters.
    #[error("an account number has 8 to 34 characters")]
    Length,
    /// Something else than digits and Latin capitals.
    #[error("an account number has digits and the letters A to Z only")]
    Character,
}

impl AccountNumber {
    /// The class of every account number.
    pub const CLASS: Class = Class::C2;

    /// From what a person typed or pasted: spaces and hyphens are dropped, full-width digits and letters become ASCII, letters
    /// become capitals.
    pub fn from_entry(entry: &str) -> Result<Self, InvalidAccountNumber> {
        let kept: String = entry
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| crate::text::half_width(c).to_ascii_uppercase())
            .collect();
        kept.parse()
    }

    /// From a number of a narrower form.
    pub(crate) const fn of_digits_and_capitals(number: String) -> Self {
        Self(number)
    }

    /// The number, for a screen, the vault or the bank.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// In groups of four from the left: `6222 0210 0011 2233 445`.
    pub fn grouped(&self) -> String {
        in_fours(&self.0)
    }

    /// Two dots and the last four characters: `••3445`.
    pub fn masked(&self) -> String {
        let tail = self.0.len().saturating_sub(4);
        format!("••{}", self.0.get(tail..).unwrap_or_default())
    }
}

/// In groups of four characters from the left, a space between.
pub(crate) fn in_fours(text: &str) -> String {
    let mut shown = String::with_capacity(text.len() + text.len() / 4);
    for (index, c) in text.chars().enumerate() {
        if index > 0 && index % 4 == 0 {
            shown.push(' ');
        }
        shown.push(c);
    }
    shown
}

impl FromStr for AccountNumber {
    type Err = InvalidAccountNumber;

    fn from_str(text: &str) -> Result<Self, InvalidAccountNumber> {
        if !text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
            return Err(InvalidAccountNumber::Character);
        }
        if !(8..=34).contains(&text.len()) {
            return Err(InvalidAccountNumber::Length);
        }
        Ok(Self(text.to_owned()))
    }
}

impl TryFrom<String> for AccountNumber {
    type Error = InvalidAccountNumber;

    fn try_from(text: String) -> Result<Self, InvalidAccountNumber> {
        text.parse()
    }
}

impl From<AccountNumber> for String {
    fn from(number: AccountNumber) -> Self {
        number.0
    }
}

impl fmt::Debug for AccountNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("••")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shown_grouped_and_masked() {
        let number = AccountNumber::from_entry(" 6222-0210 0011２233445 ").unwrap();
        assert_eq!(number.grouped(), "6222 0210 0011 2233 445");
        assert_eq!(number.masked(), "••3445");
        assert_eq!(format!("{number:?}"), "••");
    }

    #[test]
    fn refusals_name_what_is_wrong() {
        assert_eq!("1234567".parse::<AccountNumber>(), Err(InvalidAccountNumber::Length));
        assert_eq!("12345678٣".parse::<AccountNumber>(), Err(InvalidAccountNumber::Character));
        assert_eq!(AccountNumber::from_entry(""), Err(InvalidAccountNumber::Length));
    }
}
