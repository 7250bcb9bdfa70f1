//! The route of section 8.

use axum::Json;
use axum::extract::{RawQuery, State};
use jiff::Timestamp;
use serde::Serialize;

use super::cursor::Position;
use super::page::{Page, page};
use super::secret;
use crate::calls::{ApiError, EnrolledCaller, ErrorCode};
use crate::ledger::{self, Account, LocalizedText, Movement, MovementId};
use crate::moment::Moment;
use crate::money::Money;
use crate::people;
use crate::server::Bank;

/// Rows in a page when the phone names no number.
const LIMIT_DEFAULT: usize = 500;
/// The most rows a phone may ask for.
const LIMIT_MAX: usize = 1000;

/// What the query asks for. Members the bank does not know are ignored.
struct Asked {
    cursor: Option<String>,
    limit: usize,
}

impl Asked {
    fn parse(query: &str) -> Result<Self, ApiError> {
        let mut asked = Self { cursor: None, limit: LIMIT_DEFAULT };
        for (name, value) in url::form_urlencoded::parse(query.as_bytes()) {
            match &*name {
                "cursor" => asked.cursor = Some(value.into_owned()),
                "limit" => asked.limit = limit(&value)?,
                _ => {}
            }
        }
        Ok(asked)
    }
}

fn limit(text: &str) -> Result<usize, ApiError> {
    text.parse().ok().filter(|limit| (1..=LIMIT_MAX).contains(limit)).ok_or_else(|| {
        ApiError::new(ErrorCode::InvalidRequest, "limit is not a whole number from 1 to 1000")
    })
}

#[derive(Serialize)]
pub(super) struct SyncAnswer {
    cursor: String,
    more: bool,
    as_of: Moment,
    accounts: Vec<AccountView>,
    transactions: Vec<Movement>,
    removed: Vec<MovementId>,
}

#[derive(Serialize)]
struct AccountView {
    account_id: String,
    kind: &'static str,
    number: String,
    name: LocalizedText,
    currency: &'static str,
    booked: Money,
    available: Money,
    can_pay: bool,
}

impl From<Account> for AccountView {
    fn from(account: Account) -> Self {
        Self {
            account_id: account.account_id.as_str().to_owned(),
            kind: account.kind.as_str(),
            number: account.number,
            name: account.name,
            currency: account.booked.currency().code(),
            booked: account.booked,
            available: account.available,
            can_pay: account.can_pay,
        }
    }
}

/// `GET /v1/sync`.
pub(super) async fn get_sync(
    State(bank): State<Bank>,
    RawQuery(query): RawQuery,
    caller: EnrolledCaller,
) -> Result<Json<SyncAnswer>, ApiError> {
    let asked = Asked::parse(query.as_deref().unwrap_or_default())?;
    let now = bank.clock.now();
    settle_what_is_due(&bank, &caller.customer_id, now.as_second())?;
    bank.store.read(|conn| {
        let key = secret::cursor_key(conn)?;
        let position = match &asked.cursor {
            None => Position::Start,
            Some(cursor) => key.open(&caller.customer_id, cursor).ok_or_else(|| {
                ApiError::new(
                    ErrorCode::CursorExpired,
                    "not a cursor of these books: begin without one",
                )
            })?,
        };
        let page = page(conn, &caller.customer_id, &position, asked.limit)?;
        let cursor = key.seal(&caller.customer_id, &page.next)?;
        Ok(Json(answer(page, cursor, now)))
    })
}

/// Other banks' batch runs at night; here a customer who looks finds it done.
fn settle_what_is_due(bank: &Bank, customer_id: &str, now: i64) -> Result<(), ApiError> {
    if bank.store.read(|conn| ledger::due(conn, customer_id, now))?.is_empty() {
        return Ok(());
    }
    let settled =
        bank.store.write(|tx| ledger::settle_due(tx, customer_id, people::clearing_account, now));
    settled.map_err(|error| {
        tracing::error!(%error, "pending items could not be booked");
        ApiError::new(ErrorCode::Unavailable, "the bank cannot book what is due")
    })
}

fn answer(page: Page, cursor: String, now: Timestamp) -> SyncAnswer {
    SyncAnswer {
        cursor,
        more: page.more,
        as_of: Moment::of(now),
        accounts: page.accounts.into_iter().map(AccountView::from).collect(),
        transactions: page.movements,
        removed: page.removed,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn limits_outside_1_to_1000_are_refused() {
        for good in ["", "limit=1", "limit=1000", "limit=500&unknown=1", "cursor=abc"] {
            assert!(Asked::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "limit=0",
            "limit=1001",
            "limit=-1",
            "limit=",
            "limit=1.5",
            "limit=x",
            "limit=99999999999999999999",
        ] {
            assert!(Asked::parse(bad).is_err(), "{bad}");
        }
        assert_eq!(Asked::parse("cursor=a-b_c&limit=7").unwrap().cursor.as_deref(), Some("a-b_c"));
    }
}
