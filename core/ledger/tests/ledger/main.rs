//! The ledger from outside: pages of the bank in, screens out.
#![allow(clippy::unwrap_used, clippy::indexing_slicing, reason = "a test that cannot go on fails")]

mod bank;
mod hostile;
mod ingest;
mod old_vaults;
mod reading;
mod search;
