//! The sign-in page.

use axum::http::header::RETRY_AFTER;
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;
use maud::{Markup, html};

use super::words::{slow_down, words};
use super::{Locale, shell};

/// What the sign-in page shows.
#[derive(Debug)]
pub struct SignIn<'a> {
    /// The page handle for the hidden field.
    pub page: &'a str,
    /// The language.
    pub locale: Locale,
    /// Where the browser goes in the end.
    pub redirect_uri: &'a str,
    /// Whether a customer who is signed in shows to be there again.
    pub step_up: bool,
    /// What was typed before, so that it need not be typed again.
    pub username: &'a str,
    /// What went wrong before.
    pub trouble: Option<Trouble>,
}

/// Why the person sees the sign-in page again.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Trouble {
    /// User name or password; which one is not said.
    WrongPassword,
    /// The phone is another customer's.
    OtherCustomer,
    /// Too many attempts for this user name.
    SlowDown {
        /// Seconds to wait.
        wait_s: i64,
    },
}

/// Shows the sign-in page.
pub fn sign_in(shown: &SignIn<'_>) -> Response {
    let words = words(shown.locale);
    let content = html! {
        p { (if shown.step_up { words.step_up_lead } else { words.sign_in_lead }) }
        form method="post" action="/oauth/sign-in" {
            input type="hidden" name="page" value=(shown.page);
            (credentials(shown.locale, shown.username, shown.trouble))
        }
    };
    let redirect_uri = Some(shown.redirect_uri);
    let mut response = shell::page(
        status(shown.trouble),
        shown.locale,
        words.sign_in_title,
        redirect_uri,
        content,
    );
    if let Some(Trouble::SlowDown { wait_s }) = shown.trouble {
        response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(wait_s));
    }
    response
}

/// The fields of every sign-in form, with what went wrong before.
pub(super) fn credentials(locale: Locale, username: &str, trouble: Option<Trouble>) -> Markup {
    let words = words(locale);
    let trouble = trouble.map(|trouble| match trouble {
        Trouble::WrongPassword => words.wrong_password.to_owned(),
        Trouble::OtherCustomer => words.other_customer.to_owned(),
        Trouble::SlowDown { wait_s } => slow_down(locale, wait_s),
    });
    let described = trouble.as_ref().map(|_| "trouble");
    html! {
        @if let Some(trouble) = &trouble {
            p #trouble .trouble role="alert" { (trouble) }
        }
        label for="username" { (words.username) }
        input #username type="text" name="username" value=(username) required
            autocomplete="username" autocapitalize="none" autocorrect="off" spellcheck="false"
            aria-describedby=[described];
        label for="password" { (words.password) }
        input #password type="password" name="password" required
            autocomplete="current-password" aria-describedby=[described];
        button type="submit" { (words.sign_in) }
    }
}

pub(super) fn status(trouble: Option<Trouble>) -> StatusCode {
    match trouble {
        None => StatusCode::OK,
        Some(Trouble::WrongPassword | Trouble::OtherCustomer) => StatusCode::FORBIDDEN,
        Some(Trouble::SlowDown { .. }) => StatusCode::TOO_MANY_REQUESTS,
    }
}
