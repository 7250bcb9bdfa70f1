//! The sign-in form: user name and password become a customer, or a page that says try again.

use axum::extract::State;
use axum::response::Response;
use rusqlite::Transaction;

use super::authorize::{self, OpenRequest};
use super::credentials::{Attempt, Customer, check_credentials};
use super::decide;
use super::fields::Form;
use crate::pages::{self, Locale, PageError, Trouble};
use crate::server::Bank;

/// Wrong passwords after which the pages end and the app is told `access_denied`.
const FAILURES_MAX: u32 = 10;

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
        match check_credentials(tx, username, given, now)? {
            Attempt::SignedIn(customer)
                if request.step_up && is_anothers_device(tx, &request.client_id, &customer.id)? =>
            {
                ask_again(tx, &bank, request, username, Trouble::OtherCustomer)
            }
            Attempt::SignedIn(customer) => ask_consent(tx, &bank, request, customer, now),
            Attempt::Wrong => refuse(tx, &bank, request, username),
            Attempt::SlowDown { wait_s } => {
                ask_again(tx, &bank, request, username, Trouble::SlowDown { wait_s })
            }
        }
    })
}

/// Whether the client's device is enrolled for somebody else: whoever shows to be there has to be the
/// one whose device it is.
fn is_anothers_device(
    tx: &Transaction<'_>,
    client_id: &str,
    customer_id: &str,
) -> rusqlite::Result<bool> {
    tx.query_row(
        "SELECT EXISTS (SELECT 1 FROM device WHERE client_id = ?1 AND customer_id <> ?2)",
        [client_id, customer_id],
        |row| row.get(0),
    )
}

fn ask_consent(
    tx: &Transaction<'_>,
    bank: &Bank,
    mut request: OpenRequest,
    customer: Customer,
    now: i64,
) -> Result<Response, PageError> {
    request.customer_id = Some(customer.id);
    request.signed_in_at = now;
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
        step_up: request.step_up,
        username,
        trouble: Some(trouble),
    }))
}
