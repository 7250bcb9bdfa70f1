//! Balances and movements, fetched from the bank into the ledger (docs/protocol.md, section 8).
//!
//! A sync asks for page after page, each taken in whole before the next is asked for. It can stop anywhere, be killed
//! anywhere, and goes on from the last page that was taken in.

mod sync;

pub use sync::{AccountSync, SyncFailure, SyncProgress, Synced};
