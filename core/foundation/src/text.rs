//! Text that people type and banks send: what may stand in it, and how it is brought to one form.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::is_nfc;
use unicode_properties::{GeneralCategory, UnicodeGeneralCategory as _};

use crate::sensitivity::Class;

/// Why a text may not stand in what a customer signs (docs/protocol.md, section 9.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidText {
    /// Nothing is left of it.
    #[error("the text is empty")]
    Empty,
    /// It is longer than the field holds.
    #[error("the text is longer than {max} characters")]
    TooLong {
        /// The most Unicode scalar values the field holds.
        max: usize,
    },
    /// It holds a character that does not show or that changes how others show: control, format (bidirectional, zero-width),
    /// private or unassigned.
    #[error("the text holds a character that cannot be shown plainly")]
    Deceptive,
    /// It is not in Unicode Normalization Form C, or has white space at an end.
    #[error("the text is not in normal form")]
    NotNormal,
}

/// A payee's name: 1 to 70 characters. Class C2: it prints as dots.
#[derive(Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct PartyName(String);

/// The message that goes with a payment: 0 to 140 characters. Class C2: it prints as dots.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Note(String);

/// What a payee knows a payment by, such as a bill's or an order's number: 0 to 35 characters. Class C2: it prints as dots.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Reference(String);

/// Where a merchant is: 0 to 70 characters. Class C2: it prints as dots.
#[derive(Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct City(String);

macro_rules! signed_text {
    ($name:ident, $min:expr, $max:expr) => {
        impl $name {
            /// The class of every such text.
            pub const CLASS: Class = Class::C2;
            /// The most Unicode scalar values it holds.
            pub const MAX: usize = $max;

            /// From what a person typed: white space at the ends goes, the rest is brought to NFC, then checked.
            pub fn from_entry(entry: &str) -> Result<Self, InvalidText> {
                let normal: String = entry.trim().nfc().collect();
                normal.parse()
            }

            /// The text, for a screen, the vault or the bank.
            pub fn expose(&self) -> &str {
                &self.0
            }
        }

        impl FromStr for $name {
            type Err = InvalidText;

            fn from_str(text: &str) -> Result<Self, InvalidText> {
                check(text, $min, $max)?;
                Ok(Self(text.to_owned()))
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidText;

            fn try_from(text: String) -> Result<Self, InvalidText> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(text: $name) -> Self {
                text.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("••")
            }
        }
    };
}

signed_text!(PartyName, 1, 70);
signed_text!(Note, 0, 140);
signed_text!(Reference, 0, 35);
signed_text!(City, 0, 70);

fn check(text: &str, min: usize, max: usize) -> Result<(), InvalidText> {
    let length = text.chars().take(max + 1).count();
    if length < min {
        return Err(InvalidText::Empty);
    }
    if length > max {
        return Err(InvalidText::TooLong { max });
    }
    if !text.chars().all(shows_plainly) {
        return Err(InvalidText::Deceptive);
    }
    if text.trim() != text || !is_nfc(text) {
        return Err(InvalidText::NotNormal);
    }
    Ok(())
}

fn shows_plainly(c: char) -> bool {
    !matches!(
        c.general_category(),
        GeneralCategory::Control
            | GeneralCategory::Format
            | GeneralCategory::Surrogate
            | GeneralCategory::PrivateUse
            | GeneralCategory::Unassigned
            | GeneralCategory::LineSeparator
            | GeneralCategory::ParagraphSeparator
    )
}

/// What is left of somebody else's text when nothing in it is hidden or turns the line around it: characters that do not show
/// plainly are left out, white space at the ends too, and what is longer than `max` characters.
pub fn plainly(text: &str, max: usize) -> String {
    let shown: String = text.chars().filter(|c| shows_plainly(*c)).take(max).collect();
    shown.trim().to_owned()
}

/// The ASCII twin of a full-width character (U+FF01 to U+FF5E, and U+3000); others stay.
pub fn half_width(c: char) -> char {
    match c {
        '\u{3000}' => ' ',
        '\u{FF01}'..='\u{FF5E}' => char::from_u32(c as u32 - 0xFEE0).unwrap_or(c),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_brought_to_one_form() {
        assert_eq!(PartyName::from_entry("  Zoe\u{308} ").unwrap().expose(), "Zoë");
        assert_eq!(PartyName::from_entry("　李娜　").unwrap().expose(), "李娜");
        assert_eq!("Zoe\u{308}".parse::<PartyName>(), Err(InvalidText::NotNormal));
    }

    #[test]
    fn deceptive_characters_are_refused() {
        for bad in [
            "a\u{202E}b",
            "a\u{200B}b",
            "a\u{2066}b",
            "a\nb",
            "a\u{E000}b",
            "a\u{2028}b",
            "\u{FEFF}a",
        ] {
            assert_eq!(bad.parse::<PartyName>(), Err(InvalidText::Deceptive), "{bad:?}");
        }
        assert!("妈妈 🎂".parse::<Note>().is_ok());
    }

    #[test]
    fn what_others_wrote_is_shown_without_what_hides_in_it() {
        assert_eq!(plainly(" Li\u{202E}Ming\u{200B}\n's phone ", 64), "LiMing's phone");
        assert_eq!(plainly("\u{2066}\u{FEFF}\t", 64), "");
        assert_eq!(plainly("李明的手机", 3), "李明的");
    }

    #[test]
    fn lengths_are_counted_in_characters() {
        assert!("李".repeat(70).parse::<PartyName>().is_ok());
        assert_eq!("李".repeat(71).parse::<PartyName>(), Err(InvalidText::TooLong { max: 70 }));
        assert_eq!(PartyName::from_entry("  "), Err(InvalidText::Empty));
        assert!(Note::from_entry("").is_ok());
    }
}
