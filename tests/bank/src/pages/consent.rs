//! The consent page.

use axum::http::StatusCode;
use axum::response::Response;
use maud::html;

use super::words::words;
use super::{Locale, shell};

/// What the consent page shows.
#[derive(Debug)]
pub struct Consent<'a> {
    /// The page handle for the hidden field.
    pub page: &'a str,
    /// The language.
    pub locale: Locale,
    /// Where the browser goes in the end.
    pub redirect_uri: &'a str,
    /// Who has signed in.
    pub customer_name: &'a str,
    /// The name the client registered under.
    pub client_name: &'a str,
}

/// Shows the consent page.
pub fn consent(shown: &Consent<'_>) -> Response {
    let words = words(shown.locale);
    let [greeting, greeting_end] = words.consent_greeting;
    let [asks, asks_end] = words.consent_asks;
    let content = html! {
        p { (greeting) strong { (shown.customer_name) } (greeting_end) }
        p { (asks) strong { (shown.client_name) } (asks_end) }
        ul {
            li { (words.may_see) }
            li { (words.may_search) }
            li { (words.may_pay) }
        }
        p { (words.consent_end) }
        form method="post" action="/oauth/decision" {
            input type="hidden" name="page" value=(shown.page);
            button type="submit" name="decision" value="allow" { (words.allow) }
            button.quiet type="submit" name="decision" value="deny" { (words.deny) }
        }
    };
    let redirect_uri = Some(shown.redirect_uri);
    shell::page(StatusCode::OK, shown.locale, words.consent_title, redirect_uri, content)
}
