//! The frame around every page, and the headers that keep it to itself.

use axum::http::StatusCode;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_LANGUAGE, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::response::{IntoResponse, Response};
use maud::{DOCTYPE, Markup, html};
use url::Url;

use super::Locale;
use super::words::words;

/// Puts `content` under a title and sends it.
///
/// Browsers apply `form-action` to the redirect that follows a form, so the app's own origin has to
/// be among the allowed targets; nothing else is.
pub(super) fn page(
    status: StatusCode,
    locale: Locale,
    title: &str,
    redirect_uri: Option<&str>,
    content: Markup,
) -> Response {
    let words = words(locale);
    let document = html! {
        (DOCTYPE)
        html lang=(locale.as_str()) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · " (words.bank) }
                link rel="stylesheet" href="/oauth/style.css";
            }
            body {
                header { p.bank { (words.bank) } }
                main { h1 { (title) } (content) }
                footer { p { (words.sandbox) } }
            }
        }
    };
    let policy = format!(
        "default-src 'none'; style-src 'self'; form-action 'self'{}; base-uri 'none'; \
         frame-ancestors 'none'",
        redirect_uri.map(form_target).unwrap_or_default()
    );
    let headers = [
        (CONTENT_TYPE, "text/html; charset=utf-8"),
        (CONTENT_LANGUAGE, locale.as_str()),
        (CACHE_CONTROL, "no-store"),
        (CONTENT_SECURITY_POLICY, policy.as_str()),
        (REFERRER_POLICY, "no-referrer"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (X_FRAME_OPTIONS, "DENY"),
    ];
    (status, headers, document.into_string()).into_response()
}

/// The origin of an `https` redirect URI, or the scheme of a private one.
fn form_target(redirect_uri: &str) -> String {
    let Ok(url) = Url::parse(redirect_uri) else { return String::new() };
    let origin = url.origin();
    if origin.is_tuple() {
        format!(" {}", origin.ascii_serialization())
    } else {
        format!(" {}:", url.scheme())
    }
}
