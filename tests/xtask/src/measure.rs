//! Benchmarks: each area is a bench target of `guichet-tests`, built as a release is.

use std::{env, path::Path};

use crate::{bench::Bench, failure::Failure};

/// The areas there are figures for.
pub(crate) const AREAS: [&str; 2] = ["session", "payments"];

/// Measures an area, straight to the terminal.
pub(crate) fn run(bench: &Bench<'_>, area: &str, json: Option<&Path>) -> Result<(), Failure> {
    let mut cargo =
        bench.cargo(&["bench", "--quiet", "--package", "guichet-tests", "--bench", area]);
    if let Some(file) = json {
        // Cargo runs a benchmark in its package's folder, a person is somewhere else.
        let here = env::current_dir().unwrap_or_default();
        cargo.args(["--", "--json"]).arg(here.join(file));
    }
    bench.run(&mut cargo)
}
