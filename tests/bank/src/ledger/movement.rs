//! Movements: what customers see. Booked ones mirror a posting, pending ones hold money back.

use rusqlite::{Connection, Row, Transaction, params};
use serde::Serialize;

use super::account::unreadable;
use super::entry::{LedgerError, NewEntry, post};
use super::{AccountId, EntryId, MovementId};
use crate::money::{Currency, Money};

/// A text in the bank's two languages, at least one of them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct LocalizedText {
    /// English.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub en: Option<String>,
    /// Simplified Chinese.
    #[serde(rename = "zh-CN", skip_serializing_if = "Option::is_none")]
    pub zh: Option<String>,
}

impl LocalizedText {
    /// A text in both languages.
    pub fn both(en: &str, zh: &str) -> Self {
        Self { en: Some(en.to_owned()), zh: Some(zh.to_owned()) }
    }
}

/// Who is on the other side.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Counterparty {
    /// The name.
    pub name: LocalizedText,
    /// The number, if it is an account of this bank's customers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<String>,
}

/// Whether money has moved.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// Announced, and held back if it is a payment.
    Pending,
    /// Posted.
    Booked,
}

macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $word:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
        pub enum $name {
            $($(#[$each])* #[serde(rename = $word)] $variant,)*
        }

        impl $name {
            /// The protocol's word.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)*
                }
            }

            fn from_word(word: &str) -> Option<Self> {
                match word {
                    $($word => Some(Self::$variant),)*
                    _ => None,
                }
            }
        }
    };
}

words!(
    /// What kind of movement it is.
    #[allow(missing_docs, reason = "the variants are the protocol's words")]
    MovementKind {
        Salary = "salary",
        Pension = "pension",
        Transfer = "transfer",
        Card = "card",
        Qr = "qr",
        Subscription = "subscription",
        Rent = "rent",
        Fee = "fee",
        Interest = "interest",
        Refund = "refund",
        Cash = "cash",
        Exchange = "exchange",
        Bill = "bill",
    }
);

words!(
    /// What the money was for.
    #[allow(missing_docs, reason = "the variants are the protocol's words")]
    Category {
        Income = "income",
        Housing = "housing",
        Food = "food",
        Transport = "transport",
        Shopping = "shopping",
        Leisure = "leisure",
        Health = "health",
        Education = "education",
        Bills = "bills",
        Transfers = "transfers",
        Fees = "fees",
        Other = "other",
    }
);

/// A row a customer sees, as section 8 of the protocol writes it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Movement {
    /// Its id, which it keeps when it is booked.
    #[serde(rename = "transaction_id")]
    pub movement_id: MovementId,
    /// The account it is on.
    pub account_id: AccountId,
    /// Whether money has moved.
    pub status: Status,
    /// When, in seconds since 1970.
    #[serde(serialize_with = "as_rfc3339")]
    pub at: i64,
    /// What it adds to the account; negative when money left.
    pub amount: Money,
    /// What kind of movement it is.
    pub kind: MovementKind,
    /// What the money was for.
    pub category: Category,
    /// Who is on the other side.
    pub counterparty: Counterparty,
    /// What was written with it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub note: Option<String>,
    /// The payer's intent; on the payer's side only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub intent_id: Option<String>,
    /// What this gives back.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refund_of: Option<MovementId>,
}

#[allow(clippy::trivially_copy_pass_by_ref, reason = "serde asks for this signature")]
fn as_rfc3339<S: serde::Serializer>(second: &i64, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&crate::moment::rfc3339(*second))
}

/// The columns `Movement::from_row` reads, in its order; `change` comes first.
pub(crate) const COLUMNS: &str = "change, movement_id, account_id, status, at, minor, currency, kind, category, \
     counterparty_en, counterparty_zh, counterparty_account, note, intent_id, refund_of";

impl Movement {
    /// Reads [`COLUMNS`]; with the number of the change that made the row what it is.
    pub(crate) fn from_row(row: &Row<'_>) -> rusqlite::Result<(i64, Self)> {
        let status = match row.get_ref(3)?.as_str()? {
            "pending" => Status::Pending,
            "booked" => Status::Booked,
            _ => return Err(unreadable(3)),
        };
        let currency =
            Currency::from_code(row.get_ref(6)?.as_str()?).ok_or_else(|| unreadable(6))?;
        let movement = Self {
            movement_id: row.get(1)?,
            account_id: row.get(2)?,
            status,
            at: row.get(4)?,
            amount: Money::new(currency, row.get(5)?).map_err(|_| unreadable(5))?,
            kind: MovementKind::from_word(row.get_ref(7)?.as_str()?)
                .ok_or_else(|| unreadable(7))?,
            category: Category::from_word(row.get_ref(8)?.as_str()?)
                .ok_or_else(|| unreadable(8))?,
            counterparty: Counterparty {
                name: LocalizedText { en: row.get(9)?, zh: row.get(10)? },
                account: row.get(11)?,
            },
            note: row.get(12)?,
            intent_id: row.get(13)?,
            refund_of: row.get(14)?,
        };
        Ok((row.get(0)?, movement))
    }
}

/// Shows a posting of `entry_id` to the account's customer. The posting must be there, to the
/// movement's account.
pub fn book(
    tx: &Transaction<'_>,
    movement: &Movement,
    entry_id: &EntryId,
) -> Result<(), LedgerError> {
    insert(tx, movement, Status::Booked, Some(entry_id))
}

/// Shows a pending item, and holds its amount back if money is to leave.
pub fn hold(tx: &Transaction<'_>, movement: &Movement) -> Result<(), LedgerError> {
    insert(tx, movement, Status::Pending, None)
}

/// Books a pending movement under its own id, against one of the bank's own accounts.
pub fn settle(
    tx: &Transaction<'_>,
    movement_id: &MovementId,
    against: &AccountId,
    at: i64,
) -> Result<(), LedgerError> {
    let (account_id, amount) = pending(tx, movement_id)?;
    let entry_id = EntryId::derived(&["settle", movement_id.as_str()]);
    let postings = [(&account_id, amount), (against, amount.negated())];
    let entry = NewEntry {
        entry_id: &entry_id,
        at,
        description: "pending item booked",
        intent_id: None,
        postings: &postings,
    };
    post(tx, &entry)?;
    let change = next_change(tx, &account_id)?;
    tx.execute(
        "UPDATE movement SET status = 'booked', entry_id = ?2, at = ?3, change = ?4 WHERE movement_id = ?1",
        params![movement_id, entry_id, at, change],
    )?;
    Ok(())
}

/// Drops a pending movement; sync names it in `removed`.
pub fn drop_hold(tx: &Transaction<'_>, movement_id: &MovementId) -> Result<(), LedgerError> {
    let (account_id, _) = pending(tx, movement_id)?;
    let change = next_change(tx, &account_id)?;
    tx.execute(
        "INSERT INTO removal (change, customer_id, movement_id) \
         SELECT ?2, customer_id, movement_id FROM movement WHERE movement_id = ?1",
        params![movement_id, change],
    )?;
    tx.execute("DELETE FROM movement WHERE movement_id = ?1", [movement_id])?;
    Ok(())
}

fn pending(
    tx: &Transaction<'_>,
    movement_id: &MovementId,
) -> Result<(AccountId, Money), LedgerError> {
    let sql =
        format!("SELECT {COLUMNS} FROM movement WHERE movement_id = ?1 AND status = 'pending'");
    match tx.prepare_cached(&sql)?.query_row([movement_id], Movement::from_row) {
        Ok((_, movement)) => Ok((movement.account_id, movement.amount)),
        Err(rusqlite::Error::QueryReturnedNoRows) => Err(LedgerError::NotPending),
        Err(error) => Err(error.into()),
    }
}

fn insert(
    tx: &Transaction<'_>,
    movement: &Movement,
    status: Status,
    entry_id: Option<&EntryId>,
) -> Result<(), LedgerError> {
    let change = next_change(tx, &movement.account_id)?;
    let sql = "INSERT INTO movement (movement_id, customer_id, account_id, change, status, at, minor, currency, kind, category, \
               counterparty_en, counterparty_zh, counterparty_account, note, intent_id, refund_of, entry_id) \
               VALUES (?1, (SELECT customer_id FROM account WHERE account_id = ?2), ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, \
               ?12, ?13, ?14, ?15, ?16)";
    tx.prepare_cached(sql)?.execute(params![
        movement.movement_id,
        movement.account_id,
        change,
        if status == Status::Booked { "booked" } else { "pending" },
        movement.at,
        movement.amount.minor(),
        movement.amount.currency().code(),
        movement.kind.as_str(),
        movement.category.as_str(),
        movement.counterparty.name.en,
        movement.counterparty.name.zh,
        movement.counterparty.account,
        movement.note,
        movement.intent_id,
        movement.refund_of,
        entry_id,
    ])?;
    Ok(())
}

/// Counts one more change, and notes it at the account it touches.
fn next_change(tx: &Transaction<'_>, account_id: &AccountId) -> rusqlite::Result<i64> {
    let change: i64 = tx
        .prepare_cached("UPDATE change_count SET latest = latest + 1 RETURNING latest")?
        .query_row([], |row| row.get(0))?;
    tx.prepare_cached("UPDATE account SET change = ?2 WHERE account_id = ?1")?
        .execute(params![account_id, change])?;
    Ok(change)
}

/// The number of the latest change, anybody's.
pub(crate) fn latest_change(conn: &Connection) -> rusqlite::Result<i64> {
    conn.prepare_cached("SELECT latest FROM change_count")?.query_row([], |row| row.get(0))
}

/// The customer's removals after a change, oldest first, at most `limit`.
pub(crate) fn removals_after(
    conn: &Connection,
    customer_id: &str,
    after: i64,
    limit: i64,
) -> rusqlite::Result<Vec<(i64, MovementId)>> {
    conn.prepare_cached(
        "SELECT change, movement_id FROM removal WHERE customer_id = ?1 AND change > ?2 ORDER BY change LIMIT ?3",
    )?
    .query_map(params![customer_id, after, limit], |row| Ok((row.get(0)?, row.get(1)?)))?
    .collect()
}
