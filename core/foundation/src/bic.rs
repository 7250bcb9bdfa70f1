//! Business identifier codes: which bank, anywhere in the world (ISO 9362).

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::sensitivity::Class;

/// A BIC of 8 or 11 characters: four for the party, two letters for its country, two for the place, and three for a branch where one
/// is named. Class C1: SWIFT publishes them.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Bic(String);

/// Why a text is not a BIC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidBic {
    /// Neither 8 nor 11 characters.
    #[error("a BIC has 8 or 11 characters")]
    Length,
    /// Something else than digits and capitals, or digits where the country stands.
    #[error("a BIC has digits and the letters A to Z only, and letters for its country")]
    Character,
}

impl Bic {
    /// The class of every BIC.
    pub const CLASS: Class = Class::C1;

    /// From what a person typed or pasted: white space and hyphens are dropped, full-width characters become ASCII, letters become
    /// capitals.
    pub fn from_entry(entry: &str) -> Result<Self, InvalidBic> {
        let kept: String = entry
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| crate::text::half_width(c).to_ascii_uppercase())
            .collect();
        kept.parse()
    }

    /// The 8 or 11 characters.
    pub fn as_str(&self) -> &str {
        &self.0
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

impl FromStr for Bic {
    type Err = InvalidBic;

    fn from_str(text: &str) -> Result<Self, InvalidBic> {
        if !text.bytes().all(|b| b.is_ascii_digit() || b.is_ascii_uppercase()) {
            return Err(InvalidBic::Character);
        }
        if !matches!(text.len(), 8 | 11) {
            return Err(InvalidBic::Length);
        }
        let bic = Self(text.to_owned());
        let is_country = bic.country().bytes().all(|b| b.is_ascii_uppercase());
        if is_country { Ok(bic) } else { Err(InvalidBic::Character) }
    }
}

impl TryFrom<String> for Bic {
    type Error = InvalidBic;

    fn try_from(text: String) -> Result<Self, InvalidBic> {
        text.parse()
    }
}

impl From<Bic> for String {
    fn from(bic: Bic) -> Self {
        bic.0
    }
}

impl fmt::Debug for Bic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Display for Bic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bic_names_institution_country_and_branch() {
        let office = Bic::from_entry("deut-de ffＸＸＸ").unwrap();
        let bank: Bic = "DEUTDEFF".parse().unwrap();
        assert_eq!((office.institution(), office.country()), ("DEUTDEFF", "DE"));
        assert!(office.is_same_branch(&bank));
        assert!(!"DEUTDEFF500".parse::<Bic>().unwrap().is_same_branch(&bank));
    }

    #[test]
    fn other_forms_are_refused() {
        for (text, why) in [
            ("", InvalidBic::Length),
            ("DEUTDEF", InvalidBic::Length),
            ("DEUTDEFF50", InvalidBic::Length),
            ("DEUT1EFF", InvalidBic::Character),
            ("deutdeff", InvalidBic::Character),
            ("DEUTDEÉF", InvalidBic::Character),
        ] {
            assert_eq!(text.parse::<Bic>(), Err(why), "{text}");
        }
    }
}
