//! The deterministic simulation (docs/simulation.md): worlds from seeds, and the planted bugs that show that it can fail.
//!
//! It is built apart, in `target/sim`: Tokio takes a seed for its own choices only with a `cfg` that nothing else is built with.
//! The planted bugs stand in a copy of the sources that is made there, too.

use std::{path::PathBuf, process::Command};

use crate::{bench::Bench, count::Count, failure::Failure};

const RUSTFLAGS: &str = "--cfg tokio_unstable";

/// The fixed seeds, then the table of planted bugs.
pub(crate) fn run(bench: &Bench<'_>, _: &[String]) -> Result<(), Failure> {
    let fixed = live(bench, &["--fixed".to_owned()]);
    if matches!(fixed, Err(Failure::Interrupted)) {
        return fixed;
    }
    fixed.and(live(bench, &["--plants".to_owned()]))
}

/// What `arguments` ask for. Worlds with a bug are lived by the program that was built from the copy.
pub(crate) fn live(bench: &Bench<'_>, arguments: &[String]) -> Result<(), Failure> {
    let program = if arguments.iter().any(|argument| argument.starts_with("--plant")) {
        built_with_plants(bench)?
    } else {
        built(bench)?
    };
    let mut sim = Command::new(program);
    sim.current_dir(&bench.house.root).args(arguments);
    bench.run(&mut sim)
}

/// Each line of a verdict is a test.
pub(crate) fn count(log: &str) -> Count {
    let lines = |verdict| log.lines().filter(|line| line.starts_with(verdict)).count();
    let number = |count: usize| u64::try_from(count).unwrap_or(u64::MAX);
    Count { passed: number(lines("ok    ")), failed: number(lines("FAILED")) }
}

fn built(bench: &Bench<'_>) -> Result<PathBuf, Failure> {
    let mut build = bench.cargo(&["build", "--profile", "sim", "--package", "guichet-sim"]);
    build.env("RUSTFLAGS", RUSTFLAGS).env("CARGO_TARGET_DIR", target(bench));
    bench.run(&mut build)?;
    Ok(target(bench).join("sim/sim"))
}

fn built_with_plants(bench: &Bench<'_>) -> Result<PathBuf, Failure> {
    let copy = target(bench).join("planted");
    let mut write = Command::new(built(bench)?);
    write.current_dir(&bench.house.root).arg("--write-planted").arg(&copy);
    bench.run(&mut write)?;
    let mut build = Command::new("cargo");
    // The copy has fewer crates than its lock file, which Cargo puts right; nothing is fetched for that.
    build.args(["build", "--offline", "--profile", "sim", "--package", "guichet-sim"]);
    build.current_dir(copy).env("RUSTFLAGS", RUSTFLAGS).env("CARGO_TARGET_DIR", target(bench));
    bench.run(&mut build)?;
    Ok(target(bench).join("sim/sim-planted"))
}

fn target(bench: &Bench<'_>) -> PathBuf {
    let logs = &bench.house.logs;
    logs.parent().unwrap_or(logs).join("sim")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_verdict_counts_and_a_story_does_not() {
        let log = "ok     seed 1 holds\nFAILED seed 2 holds\n\nseed 2: invariant 4\n  ok     said somebody\nok     new-id-on-retry\n";
        assert_eq!(count(log), Count { passed: 2, failed: 1 });
    }
}
