//! The bank's answer to one sync request.

use std::collections::HashMap;
use std::fmt;

use guichet_foundation::ids::{AccountId, TransactionId};
use guichet_foundation::money::Currency;
use guichet_foundation::time::Timestamp;
use serde::Deserialize;

use crate::account::Account;
use crate::ingest::IngestRefusal;
use crate::transaction::Transaction;

/// The most transactions, accounts or removals in one page.
const ROWS_MAX: usize = 1000;

const CURSOR_MAX: usize = 4096;

/// The bank's mark of how far a sync has come. Opaque.
#[derive(Clone, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct Cursor(String);

/// The text cannot be a cursor: it is empty or longer than 4096 bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a cursor: 1 to 4096 bytes")]
pub struct InvalidCursor;

impl Cursor {
    /// As the bank wrote it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl TryFrom<String> for Cursor {
    type Error = InvalidCursor;

    fn try_from(text: String) -> Result<Self, InvalidCursor> {
        if (1..=CURSOR_MAX).contains(&text.len()) { Ok(Self(text)) } else { Err(InvalidCursor) }
    }
}

impl fmt::Debug for Cursor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Cursor")
    }
}

/// One answer of `GET /v1/sync` (docs/protocol.md, section 8).
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct SyncPage {
    /// Asks for what comes next.
    pub cursor: Cursor,
    /// Whether there is something next already.
    pub more: bool,
    /// When the bank wrote this.
    pub as_of: Timestamp,
    /// Accounts that are new or changed.
    pub accounts: Vec<Account>,
    /// Transactions that are new or changed.
    pub transactions: Vec<Transaction>,
    /// Transactions that are no more.
    pub removed: Vec<TransactionId>,
}

impl SyncPage {
    /// From the body of the answer.
    ///
    /// # Errors
    /// [`IngestRefusal::Unreadable`] if it is not JSON of this shape, holds an unknown word of a closed enumeration, or an id, amount,
    /// time or number that is none. What exactly is not said: the reason would quote the body.
    pub fn parse(body: &[u8]) -> Result<Self, IngestRefusal> {
        serde_json::from_slice(body).map_err(|_| IngestRefusal::Unreadable)
    }

    /// Checks the whole page against itself and the accounts that are stored already.
    pub(crate) fn check(&self, stored: &HashMap<AccountId, Currency>) -> Result<(), IngestRefusal> {
        let counts = [self.transactions.len(), self.accounts.len(), self.removed.len()];
        if counts.into_iter().any(|count| count > ROWS_MAX) {
            return Err(IngestRefusal::TooMany);
        }
        let mut currencies = stored.clone();
        for account in &self.accounts {
            let one_currency = [account.booked, account.available]
                .into_iter()
                .all(|balance| balance.currency() == account.currency);
            let before = currencies.insert(account.id.clone(), account.currency);
            if !one_currency || before.is_some_and(|before| before != account.currency) {
                return Err(IngestRefusal::WrongCurrency);
            }
        }
        for transaction in &self.transactions {
            let currency =
                currencies.get(&transaction.account_id).ok_or(IngestRefusal::UnknownAccount)?;
            if transaction.amount.currency() != *currency {
                return Err(IngestRefusal::WrongCurrency);
            }
        }
        Ok(())
    }
}
