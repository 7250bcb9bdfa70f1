//! International bank account numbers (ISO 13616).

use std::fmt;
use std::str::FromStr;

use iban::{IbanLike as _, ParseBaseIbanError, ParseIbanError};
use serde::{Deserialize, Serialize};

use crate::account_number::{AccountNumber, in_fours};
use crate::sensitivity::Class;

/// An IBAN of a country in the registry: its length, the form of its parts and its check digits are right. Class C2: it prints as
/// dots.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Iban(iban::Iban);

/// Why a text is not an IBAN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidIban {
    /// Not two letters, two digits, and up to 30 digits and letters.
    #[error("an IBAN begins with two letters and two digits, and has 15 to 34 characters")]
    Form,
    /// The check digits do not fit: something is mistyped.
    #[error("a character of the IBAN is wrong: its check digits do not fit")]
    CheckDigits,
    /// The registry has no such country.
    #[error("no country in the IBAN registry begins like this")]
    Country,
    /// Longer or shorter than that country's, or with letters where it has digits.
    #[error("the IBAN has not the length or the form of its country's")]
    CountryForm,
}

impl Iban {
    /// The class of every IBAN.
    pub const CLASS: Class = Class::C2;

    /// From what a person typed or pasted: white space, hyphens and a leading `IBAN` are dropped, full-width characters become ASCII,
    /// letters become capitals.
    pub fn from_entry(entry: &str) -> Result<Self, InvalidIban> {
        let kept: String = entry
            .chars()
            .filter(|c| !c.is_whitespace() && *c != '-')
            .map(|c| crate::text::half_width(c).to_ascii_uppercase())
            .collect();
        kept.strip_prefix("IBAN").unwrap_or(&kept).parse()
    }

    /// The electronic form, without spaces.
    pub fn expose(&self) -> &str {
        self.0.electronic_str()
    }

    /// The two letters of the country (ISO 3166-1 alpha-2, and XK).
    pub fn country(&self) -> &str {
        self.0.country_code()
    }

    /// In groups of four, as printed: `DE89 3704 0044 0532 0130 00`.
    pub fn grouped(&self) -> String {
        in_fours(self.expose())
    }

    /// The country, two dots and the last four characters: `DE ••3000`.
    pub fn masked(&self) -> String {
        format!("{} {}", self.country(), AccountNumber::from(*self).masked())
    }
}

impl FromStr for Iban {
    type Err = InvalidIban;

    fn from_str(text: &str) -> Result<Self, InvalidIban> {
        let iban: iban::Iban = text.parse().map_err(|cause| match cause {
            ParseIbanError::InvalidBaseIban { source: ParseBaseIbanError::InvalidChecksum } => {
                InvalidIban::CheckDigits
            }
            ParseIbanError::InvalidBaseIban { source: ParseBaseIbanError::InvalidFormat } => {
                InvalidIban::Form
            }
            ParseIbanError::UnknownCountry(_) => InvalidIban::Country,
            ParseIbanError::InvalidBban(_) => InvalidIban::CountryForm,
        })?;
        // 99 fits wherever 02 does: the check digits end at 98, so that an account has one IBAN (ISO 13616-1 section 6).
        if iban.check_digits_str() == "99" {
            return Err(InvalidIban::CheckDigits);
        }
        // The crate reads small letters and the printed form too.
        if iban.electronic_str() == text { Ok(Self(iban)) } else { Err(InvalidIban::Form) }
    }
}

impl TryFrom<String> for Iban {
    type Error = InvalidIban;

    fn try_from(text: String) -> Result<Self, InvalidIban> {
        text.parse()
    }
}

impl From<Iban> for String {
    fn from(iban: Iban) -> Self {
        iban.expose().to_owned()
    }
}

impl From<Iban> for AccountNumber {
    fn from(iban: Iban) -> Self {
        // 15 to 34 digits and capitals: what an account number is, and more.
        Self::of_digits_and_capitals(iban.into())
    }
}

impl fmt::Debug for Iban {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("••")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The examples of SWIFT's IBAN registry.
    const PUBLISHED: [&str; 10] = [
        "AE070331234567890123456",
        "BH67BMAG00001299123456",
        "CH9300762011623852957",
        "DE89370400440532013000",
        "FR1420041010050500013M02606",
        "GB29NWBK60161331926819",
        "LC55HEMM000100010012001200023015",
        "MT84MALT011000012345MTLCAST001S",
        "NO9386011117947",
        "SA0380000000608010167519",
    ];

    #[test]
    fn published_numbers_are_read() {
        for text in PUBLISHED {
            let iban: Iban = text.parse().unwrap();
            assert_eq!(Iban::from_entry(&iban.grouped().to_lowercase()), Ok(iban));
            assert_eq!(AccountNumber::from(iban).expose(), text);
        }
    }

    #[test]
    fn every_mistyped_digit_and_swapped_pair_is_found() {
        for text in PUBLISHED {
            for (at, right) in text.char_indices().filter(|(_, c)| c.is_ascii_digit()) {
                for wrong in ('0'..='9').filter(|digit| *digit != right) {
                    let mut mistyped = text.to_owned();
                    mistyped.replace_range(at..=at, &wrong.to_string());
                    assert!(mistyped.parse::<Iban>().is_err(), "{mistyped}");
                }
            }
            for at in 4..text.len() - 1 {
                let mut swapped = text.as_bytes().to_vec();
                swapped.swap(at, at + 1);
                let swapped = String::from_utf8(swapped).unwrap();
                assert!(swapped == text || swapped.parse::<Iban>().is_err(), "{swapped}");
            }
        }
    }

    #[test]
    fn refusals_name_what_is_wrong() {
        for (text, why) in [
            ("", InvalidIban::Form),
            ("DE89", InvalidIban::CheckDigits),
            ("DE89 3704 0044 0532 0130 00", InvalidIban::Form),
            ("de89370400440532013000", InvalidIban::Form),
            ("DE88370400440532013000", InvalidIban::CheckDigits),
            ("DE8937040044053201300٠", InvalidIban::Form),
            ("CN71370400440532013000", InvalidIban::Country),
        ] {
            assert_eq!(text.parse::<Iban>(), Err(why), "{text}");
        }
    }

    #[test]
    fn an_account_has_one_iban() {
        // Check digits 02 and 99 leave the same remainder.
        let base = (0..10_000).map(|n| format!("{n:018}")).find_map(|body| {
            let iban: Iban = format!("DE02{body}").parse().ok()?;
            Some(iban.expose().replacen("02", "99", 1))
        });
        assert_eq!(base.unwrap().parse::<Iban>(), Err(InvalidIban::CheckDigits));
    }

    #[test]
    fn shown_grouped_and_masked() {
        let iban = Iban::from_entry("iban DE89-3704 0044 0532 0130 ００").unwrap();
        assert_eq!(iban.grouped(), "DE89 3704 0044 0532 0130 00");
        assert_eq!(iban.masked(), "DE ••3000");
        assert_eq!(format!("{iban:?}"), "••");
    }
}
