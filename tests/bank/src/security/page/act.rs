//! What a customer does at the page, and the page after it. Both in one transaction: a form that is
//! sent twice is carried out once.

use axum::extract::State;
use axum::response::Response;
use rusqlite::Transaction;

use super::super::{freeze, frozen_at, notices, unfreeze};
use super::own_form;
use super::visit::Visit;
use crate::devices::{self, Device, Revocation, Revoked};
use crate::oauth::{Attempt, Form, OAuthError, check_credentials};
use crate::pages::security::{Centre, Event, Said, centre, confirm_sign_out, farewell};
use crate::pages::{Locale, PageError};
use crate::server::Bank;

/// Notices shown at the foot of the page.
const LATELY: u32 = 10;

pub(super) async fn act(
    State(bank): State<Bank>,
    form: Result<Form, OAuthError>,
) -> Result<Response, PageError> {
    let form = own_form(form)?;
    let fallback = Locale::of_browser(&form.headers);
    let page = form.optional("page").unwrap_or_default();
    let device_id = form.optional("device").unwrap_or_default();
    let now = bank.clock.seconds();
    bank.store.write(|tx| {
        let visit = Visit::take(tx, page, now)?.ok_or(PageError::SecurityUnusable(fallback))?;
        let customer_id = visit.customer_id.as_str();
        match form.optional("action").unwrap_or_default() {
            "leave" => Ok(farewell(visit.locale)),
            "ask_sign_out" => ask(tx, &visit, device_id, now),
            "sign_out" => {
                let said = sign_out(tx, customer_id, device_id, now)?;
                show(tx, &visit, Some(said), now)
            }
            "freeze" => {
                freeze(tx, customer_id, None, now)?;
                show(tx, &visit, Some(Said::Frozen), now)
            }
            "unfreeze" => {
                let said = let_go(tx, customer_id, form.optional("password"), now)?;
                show(tx, &visit, Some(said), now)
            }
            // Also 'go back' on the page that asks.
            _ => show(tx, &visit, None, now),
        }
    })
}

/// Signing a phone out erases what it holds: asked twice.
fn ask(
    tx: &Transaction<'_>,
    visit: &Visit,
    device_id: &str,
    now: i64,
) -> Result<Response, PageError> {
    let devices = devices::of_customer(tx, &visit.customer_id)?;
    let is_meant = |device: &&Device| device.device_id == device_id && device.revoked_at.is_none();
    let Some(device) = devices.iter().find(is_meant) else {
        return show(tx, visit, Some(Said::Gone), now);
    };
    let page = visit.turn_page(tx, now)?;
    Ok(confirm_sign_out(&page, visit.locale, device))
}

fn sign_out(
    tx: &Transaction<'_>,
    customer_id: &str,
    device_id: &str,
    now: i64,
) -> rusqlite::Result<Said> {
    let revocation = Revocation { device_id, customer_id: Some(customer_id), by_device_id: None };
    Ok(match devices::revoke(tx, revocation, now)? {
        Revoked::Done => Said::SignedOut,
        Revoked::Unknown => Said::Gone,
    })
}

/// Payments go again for whoever shows the password once more: an open page that somebody walked away
/// from is not enough.
fn let_go(
    tx: &Transaction<'_>,
    customer_id: &str,
    password: Option<&str>,
    now: i64,
) -> rusqlite::Result<Said> {
    let username: String = tx.query_row(
        "SELECT username FROM customer WHERE customer_id = ?1",
        [customer_id],
        |row| row.get(0),
    )?;
    Ok(match check_credentials(tx, &username, password.unwrap_or_default(), now)? {
        Attempt::SignedIn(_) => {
            unfreeze(tx, customer_id, None, now)?;
            Said::Unfrozen
        }
        Attempt::Wrong => Said::WrongPassword,
        Attempt::SlowDown { wait_s } => Said::SlowDown { wait_s },
    })
}

/// The page as things stand now.
pub(super) fn show(
    tx: &Transaction<'_>,
    visit: &Visit,
    said: Option<Said>,
    now: i64,
) -> Result<Response, PageError> {
    let customer_id = visit.customer_id.as_str();
    let customer_name: String = tx.query_row(
        "SELECT CASE ?2 WHEN 'zh-CN' THEN name_zh ELSE name_en END
         FROM customer WHERE customer_id = ?1",
        [customer_id, visit.locale.as_str()],
        |row| row.get(0),
    )?;
    let all = devices::of_customer(tx, customer_id)?;
    let events = notices::latest(tx, customer_id, LATELY)?.into_iter().map(|notice| {
        let device = all.iter().find(|it| notice.device_id.as_ref() == Some(&it.device_id));
        Event { kind: notice.kind, at: notice.at, device }
    });
    let page = visit.turn_page(tx, now)?;
    Ok(centre(&Centre {
        page: &page,
        locale: visit.locale,
        customer_name: &customer_name,
        frozen_at: frozen_at(tx, customer_id)?,
        devices: all.iter().filter(|device| device.revoked_at.is_none()).collect(),
        events: events.collect(),
        said,
    }))
}
