use std::fmt::Write as _;
use std::sync::Arc;

use guichet_ledger::{Cursor, IngestRefusal, Ledger, SyncPage};
use guichet_session::{BankCalls, Call, CallFailure, Reply};
use tokio::sync::Mutex;

/// Transactions asked for at once.
const PAGE_ROWS: usize = 500;

/// The most pages of one sync: with [`PAGE_ROWS`], four times the ten years of a busy shop. A bank that never ends is cut off
/// there; the next sync goes on.
const PAGES_MAX: usize = 2_000;

/// How far a sync has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SyncProgress {
    /// Pages taken in.
    pages: usize,
    /// Transactions in them.
    transactions: usize,
}

impl SyncProgress {
    /// Pages taken in.
    pub const fn pages(self) -> usize {
        self.pages
    }

    /// Transactions in them.
    pub const fn transactions(self) -> usize {
        self.transactions
    }
}

/// What a finished sync brought.
pub type Synced = SyncProgress;

/// Why a sync ended early. What it had taken in by then is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SyncFailure {
    /// The call did not come through.
    #[error(transparent)]
    Call(#[from] CallFailure),
    /// The bank's page is not what the protocol says. The ledger is as it was before it.
    #[error("the bank's page could not be understood")]
    Unreadable,
    /// The vault did not take the page: locked, or no space.
    #[error("the page could not be stored")]
    NotStored,
    /// The bank answered with an error of its own.
    #[error("the bank refused the sync with status {status}")]
    Refused {
        /// The HTTP status.
        status: u16,
    },
}

/// Brings the bank's accounts into the ledger. One sync at a time: a second caller waits and then finds nothing new.
pub struct AccountSync {
    bank: Arc<dyn BankCalls>,
    ledger: Ledger,
    turn: Mutex<()>,
}

impl AccountSync {
    /// A sync from `bank` into `ledger`.
    pub fn new(bank: Arc<dyn BankCalls>, ledger: Ledger) -> Self {
        Self { bank, ledger, turn: Mutex::default() }
    }

    /// Fetches all there is, telling `progress` after each page.
    pub async fn run(
        &self,
        progress: &(dyn Fn(SyncProgress) + Send + Sync),
    ) -> Result<Synced, SyncFailure> {
        let _turn = self.turn.lock().await;
        let mut so_far = SyncProgress::default();
        let mut begun_again = false;
        while so_far.pages < PAGES_MAX {
            let cursor = self.ledger.cursor().map_err(|_| SyncFailure::NotStored)?;
            let reply = self.bank.call(page_request(cursor.as_ref())).await?;
            if reply.status == 410 && cursor.is_some() && !begun_again {
                begun_again = true;
                self.ledger.clear_for_resync().map_err(|_| SyncFailure::NotStored)?;
                continue;
            }
            let page = readable(&reply)?;
            self.take_in(cursor.as_ref(), &page)?;
            so_far.pages += 1;
            so_far.transactions += page.transactions.len();
            progress(so_far);
            if !page.more {
                return Ok(so_far);
            }
            // A bank that says 'more' and goes nowhere would be asked for ever.
            if cursor.as_ref() == Some(&page.cursor) {
                return Err(SyncFailure::Unreadable);
            }
        }
        Ok(so_far)
    }

    fn take_in(&self, asked_with: Option<&Cursor>, page: &SyncPage) -> Result<(), SyncFailure> {
        match self.ledger.ingest(asked_with, page) {
            Ok(_) => Ok(()),
            Err(IngestRefusal::Vault(_)) => Err(SyncFailure::NotStored),
            Err(_) => Err(SyncFailure::Unreadable),
        }
    }
}

fn page_request(cursor: Option<&Cursor>) -> Call {
    let mut path = format!("/v1/sync?limit={PAGE_ROWS}");
    if let Some(cursor) = cursor {
        path.push_str("&cursor=");
        percent_encode(cursor.as_str(), &mut path);
    }
    Call::get(path)
}

/// RFC 3986 section 2.1: everything but unreserved characters.
fn percent_encode(text: &str, into: &mut String) {
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' => {
                into.push(char::from(byte));
            }
            _ => {
                let _ = write!(into, "%{byte:02X}");
            }
        }
    }
}

fn readable(reply: &Reply) -> Result<SyncPage, SyncFailure> {
    match reply.status {
        200 => SyncPage::parse(&reply.body).map_err(|_| SyncFailure::Unreadable),
        status => Err(SyncFailure::Refused { status }),
    }
}
