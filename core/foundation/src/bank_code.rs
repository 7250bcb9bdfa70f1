//! Bank codes of China's payment system (CNAPS, 支付系统行号): which branch of which bank.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::sensitivity::Class;

/// A CNAPS code: 12 digits, of which 3 name the bank, 4 the city, 4 the branch, and the last one checks the others (ISO 7064
/// MOD 11,10, GB/T 17710). Class C1: banks publish them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BankCode([u8; 12]);

/// Why a text is not a bank code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBankCode {
    /// Not 12 characters.
    #[error("a bank code has 12 digits")]
    Length,
    /// Something else than digits.
    #[error("a bank code has digits only")]
    Character,
    /// The last digit is not that of the others: one of them is mistyped.
    #[error("a digit of the bank code is wrong: its check digit does not fit")]
    CheckDigit,
}

impl BankCode {
    /// The class of every bank code.
    pub const CLASS: Class = Class::C1;

    /// From what a person typed or pasted: spaces and hyphens are dropped, full-width digits become ASCII.
    pub fn from_entry(entry: &str) -> Result<Self, InvalidBankCode> {
        let kept: String = entry
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(crate::text::half_width)
            .collect();
        kept.parse()
    }

    /// The 12 digits.
    pub fn digits(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }

    /// The three digits that name the bank, whatever the branch: `102`.
    pub fn bank(&self) -> &str {
        self.digits().get(..3).unwrap_or_default()
    }

    /// In groups of four: `1021 0009 9996`.
    pub fn grouped(&self) -> String {
        crate::account_number::in_fours(self.digits())
    }
}

/// The check digit of the digits before it (ISO 7064 MOD 11,10: the remainder runs modulo 10, its double modulo 11).
fn check_digit(digits: &[u8]) -> u8 {
    let product = digits.iter().fold(10, |product, digit| {
        let sum = match (product + (digit - b'0')) % 10 {
            0 => 10,
            sum => sum,
        };
        sum * 2 % 11
    });
    b'0' + (11 - product) % 10
}

impl FromStr for BankCode {
    type Err = InvalidBankCode;

    fn from_str(text: &str) -> Result<Self, InvalidBankCode> {
        if text.bytes().any(|b| !b.is_ascii_digit()) {
            return Err(InvalidBankCode::Character);
        }
        let digits: [u8; 12] = text.as_bytes().try_into().map_err(|_| InvalidBankCode::Length)?;
        let [body @ .., last] = &digits;
        if check_digit(body) != *last {
            return Err(InvalidBankCode::CheckDigit);
        }
        Ok(Self(digits))
    }
}

impl TryFrom<String> for BankCode {
    type Error = InvalidBankCode;

    fn try_from(text: String) -> Result<Self, InvalidBankCode> {
        text.parse()
    }
}

impl From<BankCode> for String {
    fn from(code: BankCode) -> Self {
        code.digits().to_owned()
    }
}

impl fmt::Display for BankCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.digits())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Head offices of banks, as the banks publish them.
    const PUBLISHED: [&str; 8] = [
        "102100099996",
        "103100000026",
        "104100000004",
        "105100000017",
        "301290000007",
        "308584000013",
        "309391000011",
        "403100000004",
    ];

    #[test]
    fn published_codes_are_read() {
        for code in PUBLISHED {
            assert_eq!(code.parse::<BankCode>().unwrap().digits(), code);
        }
    }

    #[test]
    fn every_mistyped_digit_is_found() {
        for code in PUBLISHED {
            for (at, right) in code.char_indices() {
                for wrong in ('0'..='9').filter(|digit| *digit != right) {
                    let mut mistyped = code.to_owned();
                    mistyped.replace_range(at..=at, &wrong.to_string());
                    assert_eq!(mistyped.parse::<BankCode>(), Err(InvalidBankCode::CheckDigit));
                }
            }
        }
    }

    #[test]
    fn entries_are_brought_to_digits() {
        let code = BankCode::from_entry(" １021-0009 9996").unwrap();
        assert_eq!((code.bank(), code.grouped().as_str()), ("102", "1021 0009 9996"));
        assert_eq!(BankCode::from_entry("10210009999"), Err(InvalidBankCode::Length));
        assert_eq!(BankCode::from_entry("10210009999٦"), Err(InvalidBankCode::Character));
    }
}
