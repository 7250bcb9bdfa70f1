//! Codes of external code sets: four characters, and the enumerations made of them.

use std::fmt;
use std::str::FromStr;

/// A code of an ISO 20022 external code set that this version gives no name to: four characters of `A-Z 0-9`.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Code([u8; 4]);

/// Why a text is no code of ISO 20022.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a code of ISO 20022 has four characters out of A-Z and 0-9")]
pub struct InvalidCode;

impl Code {
    /// The four characters.
    pub fn as_str(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for Code {
    type Err = InvalidCode;

    fn from_str(text: &str) -> Result<Self, InvalidCode> {
        let code: [u8; 4] = text.as_bytes().try_into().map_err(|_| InvalidCode)?;
        let is_code = code.iter().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase());
        if is_code { Ok(Self(code)) } else { Err(InvalidCode) }
    }
}

impl fmt::Debug for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// An open enumeration of codes: named ones, and [`Code`] for the others.
macro_rules! code_set {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $code:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub enum $name {
            $($(#[$variant_doc])* $variant,)+
            /// A code that this version has no name for.
            Other($crate::iso20022::Code),
        }

        impl $name {
            /// Every code that has a name here.
            pub const NAMED: &[Self] = &[$(Self::$variant,)+];

            /// The four characters.
            pub fn code(&self) -> &str {
                match self {
                    $(Self::$variant => $code,)+
                    Self::Other(code) => code.as_str(),
                }
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::iso20022::InvalidCode;

            fn from_str(text: &str) -> Result<Self, $crate::iso20022::InvalidCode> {
                match text {
                    $($code => Ok(Self::$variant),)+
                    other => other.parse().map(Self::Other),
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::iso20022::InvalidCode;

            fn try_from(text: String) -> Result<Self, $crate::iso20022::InvalidCode> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(code: $name) -> Self {
                code.code().to_owned()
            }
        }
    };
}

pub(super) use code_set;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_code_has_one_form() {
        assert_eq!("G000".parse::<Code>().unwrap().as_str(), "G000");
        for bad in ["", "ACC", "ACCCC", "accc", "AC C", "AC\u{0130}"] {
            assert_eq!(bad.parse::<Code>(), Err(InvalidCode), "{bad}");
        }
    }
}
