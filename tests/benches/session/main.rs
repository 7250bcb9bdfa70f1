//! What a session costs: `cargo xtask bench session`. Prints a table, and with `--json FILE` writes the same as JSON.
//!
//! Times are medians, taken in turns with what they are compared with, so that a busy machine slows both. They are good as ratios;
//! as times they belong to the machine they were taken on.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    reason = "a benchmark that cannot go on ends, and its output is what it is for"
)]

#[path = "../../tests/sandbox/bank.rs"]
#[allow(dead_code, reason = "shared with the tests, which need more of it")]
mod bank;
#[path = "../bare_key.rs"]
mod bare_key;
mod calls;
#[path = "../figures.rs"]
mod figures;
mod hardware;
#[path = "../../tests/sandbox/phone.rs"]
#[allow(dead_code, reason = "shared with the tests, which need more of it")]
mod phone;
mod requests;
mod unlock;
mod waiters;

use figures::Figures;
use tokio::runtime::Builder;

fn main() {
    let one_thread = Builder::new_current_thread().enable_all().build().unwrap();
    let mut figures = Figures::default();
    one_thread.block_on(requests::measure(&mut figures));
    one_thread.block_on(calls::measure(&mut figures));
    one_thread.block_on(waiters::measure(&mut figures));
    unlock::measure(&mut figures);
    figures.finish();
}
