//! What a payment costs: `cargo xtask bench payments`. Prints a table, and with `--json FILE` writes the same as JSON.
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

mod approve;
#[path = "../bare_key.rs"]
#[allow(dead_code, reason = "shared with the other areas, which need more of it")]
mod bare_key;
#[path = "../figures.rs"]
#[allow(dead_code, reason = "shared with the other areas, which need more of it")]
mod figures;
mod peer;

use figures::Figures;
use tokio::runtime::Builder;

fn main() {
    let one_thread = Builder::new_current_thread().enable_all().build().unwrap();
    let mut figures = Figures::default();
    one_thread.block_on(approve::measure(&mut figures));
    figures.finish();
}
