//! `GET /oauth/authorize` (section 3.6): a pushed request is opened, once, and becomes a page.
//!
//! From here on the request is held by two secrets: a page handle in a hidden field, which changes with
//! every page and so makes each form good once, and the cookie of the browser that opened it.

use axum::extract::{RawQuery, State};
use axum::http::HeaderMap;
use axum::response::Response;
use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::browser::Browser;
use super::par::REQUEST_URI_PREFIX;
use super::secrets::hash;
use crate::pages::{self, Locale, PageError};
use crate::random;
use crate::server::Bank;

/// Seconds a person has for signing in and deciding.
pub(super) const PAGES_LIFETIME_S: i64 = 600;

/// An authorization request that a browser has open.
#[derive(Debug)]
pub(super) struct OpenRequest {
    pub(super) request_hash: String,
    pub(super) client_id: String,
    pub(super) client_name: String,
    pub(super) redirect_uri: String,
    pub(super) code_challenge: String,
    pub(super) state: String,
    pub(super) locale: Locale,
    pub(super) failures: u32,
    pub(super) customer_id: Option<String>,
    /// Asked for so that the customer shows to be there again.
    pub(super) step_up: bool,
    /// When the right password was given, in seconds since 1970.
    pub(super) signed_in_at: i64,
}

pub(super) async fn open(
    State(bank): State<Bank>,
    headers: HeaderMap,
    RawQuery(query): RawQuery,
) -> Result<Response, PageError> {
    let fallback = Locale::of_browser(&headers);
    let query = query.unwrap_or_default();
    let parameter = |name: &str| {
        url::form_urlencoded::parse(query.as_bytes())
            .find(|(key, _)| key == name)
            .map(|(_, value)| value.into_owned())
    };
    let (Some(client_id), Some(request_uri)) = (parameter("client_id"), parameter("request_uri"))
    else {
        return Err(PageError::Unusable(fallback));
    };
    let Some(handle) = request_uri.strip_prefix(REQUEST_URI_PREFIX) else {
        return Err(PageError::Unusable(fallback));
    };

    let now = bank.clock.seconds();
    let browser = match Browser::of(&headers) {
        Some(browser) => browser,
        None => Browser::new()?,
    };
    let opened =
        bank.store.write(|tx| open_once(tx, (handle, &client_id), &browser, fallback, now))?;
    let Some(Opened { page, locale, step_up }) = opened else {
        return Err(PageError::Unusable(fallback));
    };
    let mut response = pages::sign_in(&pages::SignIn {
        page: &page,
        locale,
        redirect_uri: &bank.config.redirect_uri,
        step_up,
        username: "",
        trouble: None,
    });
    browser.keep(&mut response);
    Ok(response)
}

/// The first page of a request.
struct Opened {
    page: String,
    locale: Locale,
    step_up: bool,
}

/// Opens a live, unopened request of this client in this browser and gives its first page handle.
fn open_once(
    tx: &Transaction<'_>,
    (handle, client_id): (&str, &str),
    browser: &Browser,
    fallback: Locale,
    now: i64,
) -> Result<Option<Opened>, PageError> {
    let found: Option<(Option<String>, bool)> = tx
        .query_row(
            "SELECT locale, step_up FROM authorization_request
             WHERE request_hash = ?1 AND client_id = ?2 AND expires_at >= ?3 AND page_hash IS NULL",
            params![hash(handle), client_id, now],
            |row| Ok((row.get(0)?, row.get(1)?)),
        )
        .optional()?;
    let Some((asked, step_up)) = found else { return Ok(None) };
    let locale = asked.as_deref().and_then(Locale::from_ui_locales).unwrap_or(fallback);
    let page = random::secret()?;
    tx.execute(
        "UPDATE authorization_request
         SET page_hash = ?1, locale = ?2, expires_at = ?3, browser_hash = ?5
         WHERE request_hash = ?4",
        params![hash(&page), locale.as_str(), now + PAGES_LIFETIME_S, hash(handle), browser.hash()],
    )?;
    Ok(Some(Opened { page, locale, step_up }))
}

/// The open request whose current page this is, in the browser that sent these headers.
pub(super) fn by_page(
    tx: &Transaction<'_>,
    page: &str,
    headers: &HeaderMap,
    now: i64,
) -> rusqlite::Result<Option<OpenRequest>> {
    let Some(browser) = Browser::of(headers) else { return Ok(None) };
    tx.query_row(
        "SELECT request_hash, client_id, client.name, redirect_uri, code_challenge, state, locale,
                failures, customer_id, step_up, signed_in_at
         FROM authorization_request JOIN client USING (client_id)
         WHERE page_hash = ?1 AND expires_at >= ?2 AND browser_hash = ?3",
        params![hash(page), now, browser.hash()],
        from_row,
    )
    .optional()
}

/// Gives an open request its next page; the one before it is worthless from now on.
pub(super) fn turn_page(tx: &Transaction<'_>, request: &OpenRequest) -> Result<String, PageError> {
    let page = random::secret()?;
    tx.execute(
        "UPDATE authorization_request SET page_hash = ?1, failures = ?2, customer_id = ?3, signed_in_at = ?4
         WHERE request_hash = ?5",
        params![
            hash(&page),
            request.failures,
            request.customer_id,
            request.signed_in_at,
            request.request_hash
        ],
    )?;
    Ok(page)
}

/// Ends a request; none of its pages can be used again.
pub(super) fn close(tx: &Transaction<'_>, request: &OpenRequest) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM authorization_request WHERE request_hash = ?1", [&request.request_hash])
        .map(drop)
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<OpenRequest> {
    let locale: String = row.get(6)?;
    Ok(OpenRequest {
        request_hash: row.get(0)?,
        client_id: row.get(1)?,
        client_name: row.get(2)?,
        redirect_uri: row.get(3)?,
        code_challenge: row.get(4)?,
        state: row.get(5)?,
        locale: Locale::from_ui_locales(&locale).unwrap_or(Locale::English),
        failures: row.get(7)?,
        customer_id: row.get(8)?,
        step_up: row.get(9)?,
        signed_in_at: row.get(10)?,
    })
}
