//! Formatting, clippy, and the Rust tests.

use crate::{apt, bench::Bench, failure::Failure, house::on_path};

pub(crate) fn fmt(bench: &Bench<'_>, _: &[String]) -> Result<(), Failure> {
    bench.run(&mut bench.cargo(&["fmt", "--all", "--check"]))
}

/// Clippy over the workspace, or over what `arguments` choose (`-p guichet-vault`).
pub(crate) fn lint(bench: &Bench<'_>, arguments: &[String]) -> Result<(), Failure> {
    let mut clippy = bench.cargo(&["clippy", "--all-targets"]);
    clippy.args(chosen_or_all(arguments)).args(["--", "-D", "warnings"]);
    bench.run(&mut clippy)
}

/// All Rust tests, or what `arguments` choose (`-p guichet-vault -- opens`).
pub(crate) fn tests(bench: &Bench<'_>, arguments: &[String]) -> Result<(), Failure> {
    if arguments.is_empty() {
        language_of_the_auditor(bench)?;
    }
    let mut test = bench.cargo(&["test", "--no-fail-fast"]);
    test.args(chosen_or_all(arguments));
    bench.run(&mut test)
}

/// The auditor of the bank's file is a program in Python. Where there is none to be had, the tests that need it say so.
fn language_of_the_auditor(bench: &Bench<'_>) -> Result<(), Failure> {
    if on_path("python3").is_some() {
        return Ok(());
    }
    match apt::install(bench, &["python3"]) {
        Err(Failure::Unavailable(why)) => bench.note(&why),
        outcome => outcome,
    }
}

fn chosen_or_all(arguments: &[String]) -> Vec<String> {
    if arguments.is_empty() { vec!["--workspace".into()] } else { arguments.to_vec() }
}
