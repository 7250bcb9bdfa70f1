//! When there is no page to show.

use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use maud::html;

use super::words::words;
use super::{Locale, security, shell};
use crate::random::NoRandomness;

/// Why the person sees a dead end. Nothing is sent back to the app: whatever names the app in such a
/// request cannot be believed.
#[derive(Debug)]
pub enum PageError {
    /// Unknown, used, expired, or not of the form the page gave.
    Unusable(Locale),
    /// The same of the security page, which no app has opened.
    SecurityUnusable(Locale),
    /// The bank cannot reach its books.
    Busy,
}

impl IntoResponse for PageError {
    fn into_response(self) -> Response {
        let (status, locale) = match self {
            Self::Unusable(locale) | Self::SecurityUnusable(locale) => {
                (StatusCode::BAD_REQUEST, locale)
            }
            Self::Busy => (StatusCode::SERVICE_UNAVAILABLE, Locale::English),
        };
        let words = words(locale);
        let (title, content) = match self {
            Self::Unusable(_) => (words.unusable_title, html! { p { (words.unusable) } }),
            Self::SecurityUnusable(_) => (words.unusable_title, security::unusable(locale)),
            Self::Busy => (words.busy_title, html! { p { (words.busy) } }),
        };
        shell::page(status, locale, title, None, content)
    }
}

impl From<rusqlite::Error> for PageError {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(%error, "the store failed");
        Self::Busy
    }
}

impl From<NoRandomness> for PageError {
    fn from(error: NoRandomness) -> Self {
        tracing::error!(%error, "nothing can be issued");
        Self::Busy
    }
}
