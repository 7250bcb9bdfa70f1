//! The sign-in form: user name and password become a customer, or a page that says try again.

use axum::extract::State;
use axum::response::Response;
use rusqlite::{OptionalExtension, Transaction};

use super::authorize::{self, OpenRequest};
use super::fields::Form;
use super::{decide, password, throttle};
use crate::pages::{self, Locale, PageError, Trouble};
use crate::server::Bank;

/// Wrong passwords after which the pages end and the app is told `access_denied`.
const FAILURES_MAX: u32 = 10;

/// Longest user name and password that are looked at, in bytes.
const INPUT_MAX: usize = 256;

pub(super) async fn submit(
    State(bank): State<Bank>,
    form: Result<Form, super::OAuthError>,
) -> Result<Response, PageError> {
    let form = form.map_err(|_| PageError::Unusable(Locale::English))?;
    let fallback = Locale::of_browser(&form.headers);
    let page = form.optional("page").unwrap_or_default();
    let username = form.optional("username").unwrap_or_default().trim();
    let given = form.optional("password").unwrap_or_default();
    let now = bank.clock.seconds();

    bank.store.write(|tx| {
        let request = authorize::by_page(tx, page, &form.headers, now)?
            .filter(|request| request.customer_id.is_none())
            .ok_or(PageError::Unusable(fallback))?;
        let wait_s = throttle::wait_s(tx, username, now)?;
        if wait_s > 0 {
            return ask_again(tx, &bank, request, username, Trouble::SlowDown { wait_s });
        }
        if let Some(customer) = customer_of(tx, username, given)? {
            throttle::succeeded(tx, username)?;
            ask_consent(tx, &bank, request, customer)
        } else {
            throttle::failed(tx, username, now)?;
            refuse(tx, &bank, request, username)
        }
    })
}

struct Customer {
    id: String,
    name_en: String,
    name_zh: String,
}

/// The customer whose password this is. An unknown user name costs as much time as a wrong password.
fn customer_of(
    tx: &Transaction<'_>,
    username: &str,
    given: &str,
) -> Result<Option<Customer>, PageError> {
    if username.len() > INPUT_MAX || given.len() > INPUT_MAX {
        return Ok(None);
    }
    let found = tx
        .query_row(
            "SELECT customer_id, name_en, name_zh, password_hash FROM customer WHERE username = ?1",
            [username],
            |row| {
                let customer =
                    Customer { id: row.get(0)?, name_en: row.get(1)?, name_zh: row.get(2)? };
                Ok((customer, row.get::<_, String>(3)?))
            },
        )
        .optional()?;
    let phc = found.as_ref().map_or(password::NOBODY, |(_, phc)| phc);
    let is_theirs = password::verify(given, phc);
    Ok(found.filter(|_| is_theirs).map(|(customer, _)| customer))
}

fn ask_consent(
    tx: &Transaction<'_>,
    bank: &Bank,
    mut request: OpenRequest,
    customer: Customer,
) -> Result<Response, PageError> {
    request.customer_id = Some(customer.id);
    let page = authorize::turn_page(tx, &request)?;
    Ok(pages::consent(&pages::Consent {
        page: &page,
        locale: request.locale,
        redirect_uri: &bank.config.redirect_uri,
        customer_name: match request.locale {
            Locale::English => &customer.name_en,
            Locale::Chinese => &customer.name_zh,
        },
        client_name: &request.client_name,
    }))
}

fn refuse(
    tx: &Transaction<'_>,
    bank: &Bank,
    mut request: OpenRequest,
    username: &str,
) -> Result<Response, PageError> {
    request.failures += 1;
    if request.failures >= FAILURES_MAX {
        authorize::close(tx, &request)?;
        return decide::send_back(&request, &bank.issuer, ("error", "access_denied"));
    }
    ask_again(tx, bank, request, username, Trouble::WrongPassword)
}

fn ask_again(
    tx: &Transaction<'_>,
    bank: &Bank,
    request: OpenRequest,
    username: &str,
    trouble: Trouble,
) -> Result<Response, PageError> {
    let page = authorize::turn_page(tx, &request)?;
    Ok(pages::sign_in(&pages::SignIn {
        page: &page,
        locale: request.locale,
        redirect_uri: &bank.config.redirect_uri,
        username,
        trouble: Some(trouble),
    }))
}
