//! The demo, as the built program, in both languages.

use std::process::Command;

use crate::{bench::Bench, failure::Failure};

/// Plays it once in each language, or once with `arguments`.
pub(crate) fn run(bench: &Bench<'_>, arguments: &[String]) -> Result<(), Failure> {
    bench.build_workspace()?;
    if !arguments.is_empty() {
        return play(bench, arguments);
    }
    for language in ["en", "zh-CN"] {
        let report = bench.house.logs.join(format!("demo-{language}.json"));
        let report = report.to_string_lossy().into_owned();
        let arguments = ["--lang", language, "--json", &report].map(str::to_owned);
        play(bench, &arguments)?;
    }
    Ok(())
}

/// Payments among kills and faults for so many minutes, drawn from `seed` or from this run's own. The report says which.
pub(crate) fn soak(bench: &Bench<'_>, minutes: u32, seed: Option<u64>) -> Result<(), Failure> {
    bench.build_workspace()?;
    let seed = seed.unwrap_or_else(|| std::process::id().into());
    let seconds = u64::from(minutes) * 60;
    play(bench, &["--soak", &seconds.to_string(), "--seed", &seed.to_string()].map(str::to_owned))
}

fn play(bench: &Bench<'_>, arguments: &[String]) -> Result<(), Failure> {
    let mut demo = Command::new(bench.house.built.join("demo"));
    demo.current_dir(&bench.house.root).args(arguments);
    bench.run(&mut demo)
}
