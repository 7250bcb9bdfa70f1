//! Banks and countries, by the codes under which payments find them.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// The text is no such code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCode {
    /// A bank code has 12 digits.
    #[error("a bank code has 12 digits")]
    BankCode,
    /// A BIC has 8 or 11 letters and digits, the first six of them letters.
    #[error("a BIC has 8 or 11 letters and digits, six letters first")]
    Bic,
    /// A country is two letters.
    #[error("a country is two capital letters")]
    Country,
}

/// The CNAPS code of a bank in China: 12 digits.
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
    ($name:ident, $invalid:expr, $is_valid:expr) => {
        impl $name {
            /// The code.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidCode;

            fn from_str(text: &str) -> Result<Self, InvalidCode> {
                let is_valid: fn(&[u8]) -> bool = $is_valid;
                if is_valid(text.as_bytes()) { Ok(Self(text.to_owned())) } else { Err($invalid) }
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

code!(BankCode, InvalidCode::BankCode, |code| code.len() == 12
    && code.iter().all(u8::is_ascii_digit));
code!(Bic, InvalidCode::Bic, |code| matches!(code.len(), 8 | 11)
    && code.iter().take(6).all(u8::is_ascii_uppercase)
    && code.iter().all(|c| c.is_ascii_uppercase() || c.is_ascii_digit()));
code!(Country, InvalidCode::Country, |code| code.len() == 2
    && code.iter().all(u8::is_ascii_uppercase));

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
}
