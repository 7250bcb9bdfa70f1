//! The languages the core speaks.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

/// A language of the app. The names are those of BCP 47 and of the protocol.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Locale {
    /// English.
    #[serde(rename = "en")]
    #[default]
    En,
    /// Chinese, simplified, as written in mainland China.
    #[serde(rename = "zh-CN")]
    ZhCn,
}

impl Locale {
    /// Every language, English first.
    pub const ALL: [Self; 2] = [Self::En, Self::ZhCn];

    /// The BCP 47 tag, as the protocol writes it.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::En => "en",
            Self::ZhCn => "zh-CN",
        }
    }

    /// The language for a list of BCP 47 tags in the customer's order of preference. English where nothing fits.
    pub fn preferred<'a>(tags: impl IntoIterator<Item = &'a str>) -> Self {
        tags.into_iter().find_map(Self::for_language).unwrap_or_default()
    }

    fn for_language(tag: &str) -> Option<Self> {
        match tag.split(['-', '_']).next()?.to_ascii_lowercase().as_str() {
            "zh" => Some(Self::ZhCn),
            "en" => Some(Self::En),
            _ => None,
        }
    }
}

/// The tag names no language of the app: use `en` or `zh-CN`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown language; use en or zh-CN")]
pub struct UnknownLocale;

impl FromStr for Locale {
    type Err = UnknownLocale;

    fn from_str(tag: &str) -> Result<Self, UnknownLocale> {
        Self::ALL.into_iter().find(|locale| locale.tag() == tag).ok_or(UnknownLocale)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_language_that_fits_wins() {
        assert_eq!(Locale::preferred(["fr-FR", "zh-Hant-TW", "en"]), Locale::ZhCn);
        assert_eq!(Locale::preferred(["fr", "de"]), Locale::En);
        assert_eq!("zh-CN".parse(), Ok(Locale::ZhCn));
        assert_eq!("zh".parse::<Locale>(), Err(UnknownLocale));
    }
}
