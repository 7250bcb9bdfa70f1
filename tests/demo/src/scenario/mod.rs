//! The Rust runner of tests/scenarios: the same files that Kotlin and Swift run, word for word.

mod acts;
mod file;
mod paths;
mod phone;
mod private_texts;
mod runner;
mod security;
mod witness;

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use console::{Term, style};

use crate::conductor::Sandbox;
use crate::report::duration;
use crate::stopwatch::Stopwatch;
use file::Scenario;
use runner::Runner;

/// Which scenarios.
#[derive(Debug, clap::Args)]
pub(crate) struct ScenarioOptions {
    /// Scenarios to run, each against a sandbox bank of its own
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

/// Runs every file; `Ok` if all of it held. No process and no folder is left, also after a signal.
pub(crate) async fn run(
    options: ScenarioOptions,
    interrupted: impl Future<Output = anyhow::Error>,
) -> Result<()> {
    tokio::pin!(interrupted);
    for file in options.files {
        let scenario = Scenario::read(&file)?;
        let mut sandbox = Sandbox::new()?;
        let outcome = tokio::select! {
            outcome = run_one(&scenario, &mut sandbox) => outcome,
            signal = &mut interrupted => Err(signal),
        };
        sandbox.clear().await?;
        outcome.with_context(|| format!("{}: {}", file.display(), scenario.title))?;
    }
    Ok(())
}

async fn run_one(scenario: &Scenario, sandbox: &mut Sandbox) -> Result<()> {
    let time = Stopwatch::start();
    let mut runner = Runner::open(scenario, sandbox).await?;
    runner.play(scenario).await?;
    let steps = scenario.steps.len();
    let (private, printed) = runner.testify()?;
    let (title, took) = (&scenario.title, duration(time.milliseconds()));
    let out = Term::stdout();
    out.write_line(&format!(
        "{} {title}: {steps} steps in {took}; none of {private} private texts in {printed} printed states",
        style("✓").green()
    ))?;
    Ok(())
}
