//! `GET /security` (section 7.6): the bank's own page for whoever has no phone at hand.
//!
//! As on the bank's other pages a browser is held by a page handle in a hidden field, a secret that
//! changes with every page: no cookie, so nothing that another site could make a browser send.

mod act;
mod visit;

use axum::Router;
use axum::extract::{RawQuery, State};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;
use axum::routing::{get, post};
use rusqlite::Transaction;

use self::visit::Visit;
use super::{Kind, News, tell};
use crate::oauth::{Attempt, Customer, Form, OAuthError, check_credentials};
use crate::pages::security::{SignIn, sign_in};
use crate::pages::{Locale, PageError, Trouble};
use crate::server::Bank;

pub(super) fn routes() -> Router<Bank> {
    Router::new()
        .route("/security", get(open))
        .route("/security/sign-in", post(submit_sign_in))
        .route("/security/act", post(act::act))
}

async fn open(headers: HeaderMap, RawQuery(query): RawQuery) -> Response {
    let query = query.unwrap_or_default();
    let asked = url::form_urlencoded::parse(query.as_bytes())
        .find(|(name, _)| name == "ui_locales")
        .and_then(|(_, tags)| Locale::from_ui_locales(&tags));
    let locale = asked.unwrap_or_else(|| Locale::of_browser(&headers));
    sign_in(&SignIn { locale, username: "", trouble: None })
}

async fn submit_sign_in(
    State(bank): State<Bank>,
    form: Result<Form, OAuthError>,
) -> Result<Response, PageError> {
    let form = own_form(form)?;
    let locale = form
        .optional("ui_locales")
        .and_then(Locale::from_ui_locales)
        .unwrap_or_else(|| Locale::of_browser(&form.headers));
    let username = form.optional("username").unwrap_or_default().trim();
    let password = form.optional("password").unwrap_or_default();
    let now = bank.clock.seconds();
    bank.store.write(|tx| match check_credentials(tx, username, password, now)? {
        Attempt::SignedIn(customer) => welcome(tx, &customer, locale, now),
        Attempt::Wrong => Ok(again(locale, username, Trouble::WrongPassword)),
        Attempt::SlowDown { wait_s } => Ok(again(locale, username, Trouble::SlowDown { wait_s })),
    })
}

/// Somebody who knows the password is here: every device hears of it.
fn welcome(
    tx: &Transaction<'_>,
    customer: &Customer,
    locale: Locale,
    now: i64,
) -> Result<Response, PageError> {
    tell(tx, &News::of_device(&customer.id, Kind::SignedIn, None), now)?;
    let visit = Visit { customer_id: customer.id.clone(), locale };
    act::show(tx, &visit, None, now)
}

fn again(locale: Locale, username: &str, trouble: Trouble) -> Response {
    sign_in(&SignIn { locale, username, trouble: Some(trouble) })
}

/// A form that the bank's own page sent. A browser that says where a form comes from (Fetch Metadata)
/// is believed: another site can neither sign a visitor in nor have passwords guessed through them.
fn own_form(form: Result<Form, OAuthError>) -> Result<Form, PageError> {
    let form = form.map_err(|_| PageError::SecurityUnusable(Locale::English))?;
    let site = form.headers.get("sec-fetch-site").map(HeaderValue::as_bytes);
    match site {
        None | Some(b"same-origin") => Ok(form),
        Some(_) => Err(PageError::SecurityUnusable(Locale::of_browser(&form.headers))),
    }
}
