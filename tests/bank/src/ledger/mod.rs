//! The double-entry ledger, and the rows customers see of it.
//!
//! Every amount is an integer number of minor units. A balance changes only by an *entry*: two or
//! more *postings* that sum to zero in every currency. The schema itself refuses anything else, so
//! that a program with a mistake cannot make money. A *movement* is what a customer sees of a
//! posting; a pending movement is a hold, and has no posting until it is booked.

mod account;
mod entry;
mod ids;
mod movement;
mod settlement;

pub use account::{Account, AccountKind, NewAccount};
pub(crate) use account::{accounts_changed, balances};
pub use entry::{LedgerError, NewEntry, post};
pub use ids::{AccountId, EntryId, MovementId, ReceiptId};
pub(crate) use movement::{COLUMNS, latest_change, removals_after};
pub use movement::{
    Category, Counterparty, LocalizedText, Movement, MovementKind, Status, book, drop_hold, hold,
    settle,
};
pub use settlement::{PENDING_S, due, settle_due};

/// The tables of the books; they refer to the table `customer`.
pub const SCHEMA: &str = include_str!("schema.sql");
