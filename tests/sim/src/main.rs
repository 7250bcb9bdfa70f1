//! `cargo xtask sim`, which builds it as it has to be built.

mod cli;
mod stopwatch;

use std::process::ExitCode;

fn main() -> ExitCode {
    cli::main()
}
