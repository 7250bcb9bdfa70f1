//! `cargo bank`: the sandbox bank as a command.

use std::process::ExitCode;

fn main() -> ExitCode {
    guichet_bank::cli::main_with(std::env::args_os())
}
