//! Accounts in depth: pages of transactions and search. Local reads; they never wait for the bank.

use std::sync::Arc;

use guichet_foundation::ids::AccountId;

use crate::rooms::Rooms;
use crate::rows::{PageMark, TransactionPage, TransactionRow};

/// Rows of a page.
const PAGE_ROWS: usize = 50;

/// The verbs of the account and search screens.
pub struct History {
    rooms: Arc<Rooms>,
}

impl History {
    pub(crate) const fn new(rooms: Arc<Rooms>) -> Self {
        Self { rooms }
    }

    /// The newest transactions of an account, or those older than a page that was shown. Empty while locked.
    pub fn page(&self, account: &AccountId, older: Option<&PageMark>) -> TransactionPage {
        let before = older.map(|mark| guichet_ledger::PageMark::from_number(mark.0));
        let Ok(page) = self.rooms.ledger.page(account, before, PAGE_ROWS) else {
            return TransactionPage::default();
        };
        let words = self.rooms.words();
        TransactionPage {
            heading: page.transactions.is_empty().then(|| words.say("home-empty").into()),
            rows: page.transactions.iter().map(|row| TransactionRow::new(row, &words)).collect(),
            older: page.next.map(|mark| PageMark(mark.number())),
        }
    }

    /// The newest transactions that fit what the customer typed (names, notes, amounts), or those older than a page that was
    /// shown. Empty while locked.
    pub fn search(&self, query: &str, older: Option<&PageMark>) -> TransactionPage {
        let query = query.trim();
        if query.is_empty() {
            return TransactionPage::default();
        }
        let before = older.map(|mark| guichet_ledger::PageMark::from_number(mark.0));
        let Ok(found) = self.rooms.ledger.search(query, before, PAGE_ROWS) else {
            return TransactionPage::default();
        };
        let words = self.rooms.words();
        let heading = if found.transactions.is_empty() {
            words.say_with("search-nothing", &[("query", query.into())])
        } else {
            words.say("search-found")
        };
        TransactionPage {
            heading: Some(heading.into()),
            rows: found.transactions.iter().map(|row| TransactionRow::new(row, &words)).collect(),
            older: found.next.map(|mark| PageMark(mark.number())),
        }
    }
}
