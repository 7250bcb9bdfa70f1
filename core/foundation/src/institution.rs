//! Banks and countries, by the codes under which payments find them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::account_number::in_fours;
use crate::text::half_width;

/// The text is no such code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCode {
    /// A bank code has 12 digits.
    #[error("a bank code has 12 digits")]
    BankCode,
    /// The last digit of a bank code is not that of the others.
    #[error("a digit of the bank code is wrong: its check digit does not fit")]
    CheckDigit,
    /// A BIC has 8 or 11 letters and digits, the first six of them letters.
    #[error("a BIC has 8 or 11 letters and digits, six letters first")]
    Bic,
    /// A country is two letters.
    #[error("a country is two capital letters")]
    Country,
}

/// The CNAPS code of a bank in China (支付系统行号): 12 digits, of which 3 name the bank, 4 the city, 4 the branch, and the last one
/// checks the others (ISO 7064 MOD 11,10, GB/T 17710).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct BankCode(String);

/// A business identifier code (ISO 9362): 8 or 11 characters.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Bic(String);

/// A country (ISO 3166-1 alpha-2).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Country(String);

macro_rules! code {
    ($name:ident, $check:expr) => {
        impl $name {
            /// The code.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidCode;

            fn from_str(text: &str) -> Result<Self, InvalidCode> {
                let check: fn(&[u8]) -> Result<(), InvalidCode> = $check;
                check(text.as_bytes()).map(|()| Self(text.to_owned()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidCode;

            fn try_from(text: String) -> Result<Self, InvalidCode> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> Self {
                code.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

code!(BankCode, |code| {
    let digits: [u8; 12] = code.try_into().map_err(|_| InvalidCode::BankCode)?;
    ensure(digits.iter().all(u8::is_ascii_digit), InvalidCode::BankCode)?;
    let [others @ .., last] = &digits;
    ensure(check_digit(others) == *last, InvalidCode::CheckDigit)
});
code!(Bic, |code| {
    let is_bic = matches!(code.len(), 8 | 11)
        && code.iter().take(6).all(u8::is_ascii_uppercase)
        && code.iter().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit());
    ensure(is_bic, InvalidCode::Bic)
});
code!(Country, |code| {
    let is_country = code.len() == 2 && code.iter().all(u8::is_ascii_uppercase);
    ensure(is_country, InvalidCode::Country)
});

const fn ensure(holds: bool, otherwise: InvalidCode) -> Result<(), InvalidCode> {
    if holds { Ok(()) } else { Err(otherwise) }
}

/// The check digit of the digits before it (ISO 7064 MOD 11,10: the sum runs modulo 10, its double modulo 11).
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

impl BankCode {
    /// From what a person typed or pasted: white space and hyphens are dropped, full-width digits become ASCII.
    pub fn from_entry(entry: &str) -> Result<Self, InvalidCode> {
        from_entry(entry).parse()
    }

    /// The three digits that name the bank, whatever the branch: `102`.
    pub fn bank(&self) -> &str {
        self.0.get(..3).unwrap_or_default()
    }

    /// In groups of four: `1021 0009 9996`.
    pub fn grouped(&self) -> String {
        in_fours(&self.0)
    }
}

impl Bic {
    /// From what a person typed or pasted: white space and hyphens are dropped, full-width characters become ASCII, letters become
    /// capitals.
    pub fn from_entry(entry: &str) -> Result<Self, InvalidCode> {
        from_entry(entry).parse()
    }

    /// The two letters of the country (ISO 3166-1 alpha-2).
    pub fn country(&self) -> &str {
        self.0.get(4..6).unwrap_or_default()
    }

    /// The first eight characters: the institution, whichever of its branches.
    pub fn institution(&self) -> &str {
        self.0.get(..8).unwrap_or_default()
    }

    /// Whether both name the same branch. `XXX` is the head office, as is no branch at all.
    pub fn is_same_branch(&self, other: &Self) -> bool {
        self.institution() == other.institution() && self.branch() == other.branch()
    }

    fn branch(&self) -> Option<&str> {
        self.0.get(8..).filter(|branch| !branch.is_empty() && *branch != "XXX")
    }
}

fn from_entry(entry: &str) -> String {
    let kept = entry.chars().filter(|c| !c.is_whitespace() && *c != '-');
    kept.map(|c| half_width(c).to_ascii_uppercase()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_of_another_form_are_refused() {
        assert!("102100099996".parse::<BankCode>().is_ok());
        for bad in ["10210009999", "1021000999961", "10210009999A", ""] {
            assert_eq!(bad.parse::<BankCode>(), Err(InvalidCode::BankCode), "{bad}");
        }
        assert!("DEUTDEFF".parse::<Bic>().is_ok() && "DEUTDEFF500".parse::<Bic>().is_ok());
        for bad in ["DEUTDEF", "deutdeff", "DEUT1EFF", "DEUTDEFF50", ""] {
            assert_eq!(bad.parse::<Bic>(), Err(InvalidCode::Bic), "{bad}");
        }
        assert!("DE".parse::<Country>().is_ok());
        for bad in ["D", "DEU", "de", "D1"] {
            assert_eq!(bad.parse::<Country>(), Err(InvalidCode::Country), "{bad}");
        }
    }
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
    fn every_mistyped_digit_of_a_bank_code_is_found() {
        for code in PUBLISHED {
            assert!(code.parse::<BankCode>().is_ok(), "{code}");
            for (at, right) in code.char_indices() {
                for wrong in ('0'..='9').filter(|digit| *digit != right) {
                    let mut mistyped = code.to_owned();
                    mistyped.replace_range(at..=at, &wrong.to_string());
                    assert_eq!(mistyped.parse::<BankCode>(), Err(InvalidCode::CheckDigit));
                }
            }
        }
    }

    #[test]
    fn entries_are_brought_to_codes() {
        let code = BankCode::from_entry(" １021-0009 9996").unwrap();
        assert_eq!((code.bank(), code.grouped().as_str()), ("102", "1021 0009 9996"));
        assert_eq!(BankCode::from_entry("10210009999٦"), Err(InvalidCode::BankCode));
        assert!(Bic::from_entry("deut-de ff").is_ok());
    }

    #[test]
    fn a_bic_names_institution_country_and_branch() {
        let office = Bic::from_entry("DEUTDEFFＸＸＸ").unwrap();
        let bank: Bic = "DEUTDEFF".parse().unwrap();
        assert_eq!((office.institution(), office.country()), ("DEUTDEFF", "DE"));
        assert!(office.is_same_branch(&bank));
        assert!(!"DEUTDEFF500".parse::<Bic>().unwrap().is_same_branch(&bank));
    }
}
