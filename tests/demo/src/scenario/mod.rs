//! The Rust runner of tests/scenarios: the same files that Kotlin and Swift run, word for word.

mod acts;
mod app;
mod file;
mod paths;
mod private_texts;
mod runner;
mod security;
mod witness;

use std::path::PathBuf;

use anyhow::{Context as _, Result};
use console::{Term, style};

use crate::conductor::Sandbox;
use crate::phone::{self, log::Detail};
use crate::report::{duration, kilobytes};
use crate::stopwatch::Stopwatch;
use file::Scenario;
use runner::Runner;
use witness::{KeptLog, Testimony};

/// Which scenarios.
#[derive(Debug, clap::Args)]
pub(crate) struct ScenarioOptions {
    /// Scenarios to run, each against a sandbox bank of its own
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Phones whose key is in a security chip, and whose maker the bank believes
    #[arg(long)]
    attested: bool,
}

/// Runs every file; `Ok` if all of it held. No process and no folder is left, also after a signal.
pub(crate) async fn run(
    options: ScenarioOptions,
    interrupted: impl Future<Output = anyhow::Error>,
) -> Result<()> {
    tokio::pin!(interrupted);
    let log = KeptLog::default();
    phone::log::to(log.clone(), Detail::Everything);
    for file in options.files {
        let scenario = Scenario::read(&file)?;
        let mut sandbox = Sandbox::new()?;
        let outcome = tokio::select! {
            outcome = run_one(&scenario, &mut sandbox, &log, options.attested) => outcome,
            signal = &mut interrupted => Err(signal),
        };
        sandbox.clear().await?;
        outcome.with_context(|| format!("{}: {}", file.display(), scenario.title))?;
    }
    Ok(())
}

async fn run_one(
    scenario: &Scenario,
    sandbox: &mut Sandbox,
    log: &KeptLog,
    attested: bool,
) -> Result<()> {
    let time = Stopwatch::start();
    let mut runner = Runner::open(scenario, sandbox, attested).await?;
    runner.play(scenario).await?;
    let steps = scenario.steps.len();
    let Testimony { secrets, printed, logged } = runner.testify(&log.take())?;
    let logged = kilobytes(u64::try_from(logged)?);
    let (title, took) = (&scenario.title, duration(time.milliseconds()));
    let out = Term::stdout();
    out.write_line(&format!(
        "{} {title}: {steps} steps in {took}; none of {secrets} secrets in {printed} printed states and {logged} of log",
        style("✓").green()
    ))?;
    Ok(())
}
