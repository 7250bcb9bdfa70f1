//! Formatting, clippy, and the Rust tests.

use crate::{bench::Bench, failure::Failure};

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
    let mut test = bench.cargo(&["test", "--no-fail-fast"]);
    test.args(chosen_or_all(arguments));
    bench.run(&mut test)
}

fn chosen_or_all(arguments: &[String]) -> Vec<String> {
    if arguments.is_empty() { vec!["--workspace".into()] } else { arguments.to_vec() }
}
