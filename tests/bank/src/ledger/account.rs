//! Accounts and their balances.

use rusqlite::{Connection, OptionalExtension, Row, Transaction, params};

use super::{AccountId, LocalizedText};
use crate::money::{Currency, Money};

/// What an account is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AccountKind {
    /// Everyday money.
    Current,
    /// Money put aside.
    Savings,
    /// A credit card: below zero when money is owed.
    Card,
    /// Everyday money in another currency than CNY.
    Foreign,
    /// The bank's own: the other side of what comes in from and goes out to the world.
    Internal,
}

impl AccountKind {
    const ALL: [Self; 5] =
        [Self::Current, Self::Savings, Self::Card, Self::Foreign, Self::Internal];

    /// The word the file and the protocol use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Current => "current",
            Self::Savings => "savings",
            Self::Card => "card",
            Self::Foreign => "foreign",
            Self::Internal => "internal",
        }
    }
}

/// An account to be opened, at a balance of zero.
#[derive(Clone, Debug)]
pub struct NewAccount<'a> {
    /// Its id.
    pub account_id: AccountId,
    /// Whose it is; the bank's own without.
    pub customer_id: Option<&'a str>,
    /// 8 to 34 characters out of `0-9 A-Z`, unique.
    pub number: &'a str,
    /// What it is for.
    pub kind: AccountKind,
    /// The only currency it holds.
    pub currency: Currency,
    /// What it is called.
    pub name: LocalizedText,
    /// Whether transfers may be made from it.
    pub can_pay: bool,
}

impl NewAccount<'_> {
    /// Opens the account. Fails when the id or the number is taken, or the customer unknown.
    pub fn open(&self, tx: &Transaction<'_>) -> rusqlite::Result<()> {
        let sql = "INSERT INTO account (account_id, customer_id, number, kind, currency, name_en, name_zh, can_pay) \
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)";
        tx.prepare_cached(sql)?.execute(params![
            self.account_id,
            self.customer_id,
            self.number,
            self.kind.as_str(),
            self.currency.code(),
            self.name.en,
            self.name.zh,
            self.can_pay,
        ])?;
        Ok(())
    }
}

/// An account as it stands.
#[derive(Clone, Debug)]
pub struct Account {
    /// Its id.
    pub account_id: AccountId,
    /// Whose it is; the bank's own without.
    pub customer_id: Option<String>,
    /// Its number.
    pub number: String,
    /// What it is for.
    pub kind: AccountKind,
    /// What it is called.
    pub name: LocalizedText,
    /// Whether transfers may be made from it.
    pub can_pay: bool,
    /// The balance of its postings.
    pub booked: Money,
    /// The balance with pending payments taken off. Pending money coming in does not count before
    /// it is booked.
    pub available: Money,
}

const SELECT: &str = "SELECT account_id, customer_id, number, kind, currency, name_en, name_zh, can_pay, booked, \
     (SELECT coalesce(sum(minor), 0) FROM movement \
       WHERE movement.account_id = account.account_id AND status = 'pending' AND minor < 0) FROM account";

impl Account {
    /// The account of this number, anybody's.
    pub fn by_number(conn: &Connection, number: &str) -> rusqlite::Result<Option<Self>> {
        conn.prepare_cached(&format!("{SELECT} WHERE number = ?1"))?
            .query_row([number], Self::from_row)
            .optional()
    }

    fn from_row(row: &Row<'_>) -> rusqlite::Result<Self> {
        let kind: String = row.get(3)?;
        let kind = AccountKind::ALL
            .into_iter()
            .find(|known| known.as_str() == kind)
            .ok_or_else(|| unreadable(3))?;
        let currency: String = row.get(4)?;
        let currency = Currency::from_code(&currency).ok_or_else(|| unreadable(4))?;
        let booked = Money::new(currency, row.get(8)?).map_err(|_| unreadable(8))?;
        let held = Money::new(currency, row.get(9)?).map_err(|_| unreadable(9))?;
        Ok(Self {
            account_id: row.get(0)?,
            customer_id: row.get(1)?,
            number: row.get(2)?,
            kind,
            name: LocalizedText { en: row.get(5)?, zh: row.get(6)? },
            can_pay: row.get(7)?,
            booked,
            available: booked.plus(held).map_err(|_| unreadable(9))?,
        })
    }
}

/// A column that holds what this program never writes.
pub(super) fn unreadable(column: usize) -> rusqlite::Error {
    rusqlite::Error::InvalidColumnType(
        column,
        "of the books".to_owned(),
        rusqlite::types::Type::Text,
    )
}

/// The customer's accounts whose last change lies in `after < change <= upto`, in the order they
/// were opened.
pub(crate) fn accounts_changed(
    conn: &Connection,
    customer_id: &str,
    after: i64,
    upto: i64,
) -> rusqlite::Result<Vec<Account>> {
    conn.prepare_cached(&format!(
        "{SELECT} WHERE customer_id = ?1 AND change > ?2 AND change <= ?3 ORDER BY rowid"
    ))?
    .query_map(params![customer_id, after, upto], Account::from_row)?
    .collect()
}

/// Every account of the customer, in the order they were opened.
pub(crate) fn balances(conn: &Connection, customer_id: &str) -> rusqlite::Result<Vec<Account>> {
    accounts_changed(conn, customer_id, -1, i64::MAX)
}
