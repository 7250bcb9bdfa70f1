//! The short texts of a code, each of its own form.

use std::fmt;
use std::str::FromStr;

use guichet_foundation::text;

/// A text that is not of the form its place in a code has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a text of this form")]
pub struct InvalidLabel;

/// 1 to 25 characters that show plainly: a bill number, a reference, a shop's name. Prints as dots.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Label(String);

/// A language as two letters (ISO 639-1), kept in lower case.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Language([u8; 2]);

/// What a merchant deals in: four digits (ISO 18245). `0000` where no category fits, as for a person.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Category(u16);

impl Label {
    /// The most characters of one.
    pub const MAX: usize = 25;

    /// The text.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl FromStr for Label {
    type Err = InvalidLabel;

    fn from_str(text: &str) -> Result<Self, InvalidLabel> {
        text::check(text, 1, Self::MAX).map_err(|_| InvalidLabel)?;
        Ok(Self(text.to_owned()))
    }
}

impl fmt::Debug for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("••")
    }
}

impl Language {
    /// Chinese.
    pub const ZH: Self = Self(*b"zh");

    /// The two letters, in lower case.
    pub fn code(&self) -> &str {
        str::from_utf8(&self.0).unwrap_or_default()
    }
}

impl FromStr for Language {
    type Err = InvalidLabel;

    fn from_str(text: &str) -> Result<Self, InvalidLabel> {
        letters(text)
            .map(|code| Self(code.map(|letter| letter.to_ascii_lowercase())))
            .ok_or(InvalidLabel)
    }
}

impl fmt::Debug for Language {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}

impl Category {
    /// The number the four digits make.
    pub const fn number(self) -> u16 {
        self.0
    }
}

impl FromStr for Category {
    type Err = InvalidLabel;

    fn from_str(text: &str) -> Result<Self, InvalidLabel> {
        let is_code = text.len() == 4 && text.bytes().all(|b| b.is_ascii_digit());
        is_code.then(|| text.parse().ok()).flatten().map(Self).ok_or(InvalidLabel)
    }
}

impl fmt::Display for Category {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04}", self.0)
    }
}

fn letters(text: &str) -> Option<[u8; 2]> {
    let letters: [u8; 2] = text.as_bytes().try_into().ok()?;
    letters.iter().all(u8::is_ascii_alphabetic).then_some(letters)
}
