//! Stored rows and what they mean.

use std::str::FromStr;

use guichet_foundation::money::{Currency, Money};
use guichet_foundation::sensitivity::C2;
use guichet_foundation::time::Timestamp;
use guichet_vault::VaultFailure;
use guichet_vault::rusqlite::Row;

use crate::account::{Account, AccountKind};
use crate::localized::LocalizedText;
use crate::transaction::{Category, Counterparty, Status, Transaction, TransactionKind};

/// The columns that [`account`] reads, in its order.
pub(crate) const ACCOUNT_COLUMNS: &str =
    "account_id, kind, number, name_en, name_zh, currency, booked, available, can_pay";

/// The columns that [`transaction`] reads, in its order, of `ledger_transaction AS t` and `ledger_account AS a`.
pub(crate) const TRANSACTION_COLUMNS: &str = "t.transaction_id, a.account_id, a.currency, \
     t.is_booked, t.at, t.minor, t.kind, t.category, t.name_en, t.name_zh, t.counterparty_account, \
     t.note, t.intent_id, t.refund_of, t.row";

pub(crate) fn account(row: &Row<'_>) -> Result<Account, VaultFailure> {
    let currency: Currency = parsed(row, 5)?;
    Ok(Account {
        id: parsed(row, 0)?,
        kind: AccountKind::from(row.get::<_, String>(1)?),
        number: parsed(row, 2)?,
        name: name(row, 3, 4)?,
        currency,
        booked: Money::new(currency, row.get(6)?),
        available: Money::new(currency, row.get(7)?),
        can_pay: row.get(8)?,
    })
}

pub(crate) fn transaction(row: &Row<'_>) -> Result<Transaction, VaultFailure> {
    let status = if row.get(3)? { Status::Booked } else { Status::Pending };
    Ok(Transaction {
        id: parsed(row, 0)?,
        account_id: parsed(row, 1)?,
        status,
        at: Timestamp::from_unix_seconds(row.get(4)?).map_err(|_| UNEXPECTED)?,
        amount: Money::new(parsed(row, 2)?, row.get(5)?),
        kind: TransactionKind::from(row.get::<_, String>(6)?),
        category: Category::from(row.get::<_, String>(7)?),
        counterparty: Counterparty { name: name(row, 8, 9)?, account: parsed_if_any(row, 10)? },
        note: row.get::<_, Option<String>>(11)?.map(C2::new),
        intent_id: parsed_if_any(row, 12)?,
        refund_of: parsed_if_any(row, 13)?,
    })
}

/// The place of `row` in [`TRANSACTION_COLUMNS`].
pub(crate) const TRANSACTION_ROW: usize = 14;

/// A row of ours that we cannot read.
const UNEXPECTED: VaultFailure = VaultFailure::Refused { code: 0 };

fn name(row: &Row<'_>, en: usize, zh: usize) -> Result<LocalizedText, VaultFailure> {
    LocalizedText::from_languages(row.get(en)?, row.get(zh)?).map_err(|_| UNEXPECTED)
}

pub(crate) fn parsed<T: FromStr>(row: &Row<'_>, column: usize) -> Result<T, VaultFailure> {
    row.get::<_, String>(column)?.parse().map_err(|_| UNEXPECTED)
}

fn parsed_if_any<T: FromStr>(row: &Row<'_>, column: usize) -> Result<Option<T>, VaultFailure> {
    let text: Option<String> = row.get(column)?;
    text.map(|text| text.parse().map_err(|_| UNEXPECTED)).transpose()
}
