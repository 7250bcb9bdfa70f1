//! The accounts as stored: what the bank said about them last, in the vault. No network.
//!
//! A [`SyncPage`] is the bank's answer to one sync request (docs/protocol.md, section 8). It is checked whole before a row is
//! written, and lands with its cursor in one transaction or not at all. Screens read accounts, pages of transactions and search
//! results; each is one indexed look-up, the same at ten thousand rows and at a million.

mod account;
mod ingest;
mod ledger;
mod localized;
mod page;
#[cfg(test)]
mod plans;
mod position;
mod rows;
mod schema;
mod search;
mod transaction;
mod words;

pub use account::{Account, AccountKind};
pub use ingest::{IngestRefusal, Ingested};
pub use ledger::{Ledger, Page};
pub use localized::LocalizedText;
pub use page::{Cursor, SyncPage};
pub use position::PageMark;
pub use schema::schema;
pub use transaction::{Category, Counterparty, Status, Transaction, TransactionKind};
