//! The languages the pages speak.

use axum::http::HeaderMap;
use axum::http::header::ACCEPT_LANGUAGE;

/// A language of the bank's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Locale {
    /// `en`.
    English,
    /// `zh-CN`.
    Chinese,
}

impl Locale {
    /// The BCP 47 tag.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::Chinese => "zh-CN",
        }
    }

    /// The first language of `ui_locales` (`OpenID` Connect: tags in order, spaces between) that the
    /// bank speaks.
    pub fn from_ui_locales(tags: &str) -> Option<Self> {
        tags.split(' ').find_map(Self::from_tag)
    }

    /// The language a browser asks for, English if it asks for none of the bank's.
    pub fn of_browser(headers: &HeaderMap) -> Self {
        let accepted = headers.get(ACCEPT_LANGUAGE).and_then(|value| value.to_str().ok());
        accepted.and_then(Self::from_accept_language).unwrap_or(Self::English)
    }

    /// The first language of an `Accept-Language` header that the bank speaks; weights are ignored,
    /// since browsers send the tags in the order of preference.
    fn from_accept_language(header: &str) -> Option<Self> {
        header.split(',').filter_map(|part| part.split(';').next()).find_map(Self::from_tag)
    }

    fn from_tag(tag: &str) -> Option<Self> {
        let language = tag.trim().split('-').next()?;
        if language.eq_ignore_ascii_case("zh") {
            Some(Self::Chinese)
        } else if language.eq_ignore_ascii_case("en") {
            Some(Self::English)
        } else {
            None
        }
    }
}
