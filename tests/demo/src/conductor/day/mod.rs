//! The day, in eight steps.

mod first_opening;
mod first_sync;
mod locking;
mod offline;
mod payment;
mod resolution;
mod revocation;
mod stage;
mod thief;

use std::path::PathBuf;

use anyhow::Result;
use console::style;

use crate::lang::{Locale, say};
use crate::report::Report;
use crate::report::record::{Cost, Run};
use crate::report::{duration, layout};
use crate::stopwatch::Stopwatch;
use stage::Stage;

/// How the day goes.
#[derive(Clone, Debug)]
pub(crate) struct DayOptions {
    /// The customer's language, and the conductor's.
    pub(crate) locale: Locale,
    /// The seed of the bank's invented past.
    pub(crate) seed: u64,
    /// Where bank and phone keep what they have, if it is to stay.
    pub(crate) data: Option<PathBuf>,
    /// Where the record goes, if one is wanted.
    pub(crate) json: Option<PathBuf>,
}

/// Plays the day. `Ok` if every expectation held. Whatever happens, no process is left, and no folder but one that was asked for.
pub(crate) async fn run(
    options: &DayOptions,
    interrupted: impl Future<Output = anyhow::Error>,
) -> Result<()> {
    let time = Stopwatch::start();
    let mut report = Report::to_terminal(options.locale);
    let mut stage = Stage::set(options)?;
    let outcome = tokio::select! {
        outcome = steps(&mut stage, &mut report) => outcome,
        signal = interrupted => Err(signal),
    };
    stage.clear().await?;
    let steps = report.finish();
    let run = Run {
        version: 1,
        language: options.locale,
        seed: options.seed,
        keys: "software keys stand in for the phone's secure hardware",
        passed: outcome.is_ok(),
        failure: outcome.as_ref().err().map(|error| format!("{error:#}")),
        milliseconds: time.milliseconds(),
        steps,
    };
    if let Some(file) = &options.json {
        run.write(file)?;
    }
    if outcome.is_ok() {
        say_goodbye(&report, &run, options);
    }
    outcome
}

async fn steps(stage: &mut Stage, report: &mut Report) -> Result<()> {
    stage.open(report).await?;
    first_opening::play(stage, report).await?;
    first_sync::play(stage, report).await?;
    locking::play(stage, report).await?;
    let draft = offline::play(stage, report).await?;
    let approved = payment::play(stage, report, &draft).await?;
    resolution::play(stage, report, &approved).await?;
    thief::play(stage, report, &approved).await?;
    revocation::play(stage, report).await
}

fn say_goodbye(report: &Report, run: &Run, options: &DayOptions) {
    let checks: usize = run.steps.iter().map(|step| step.checks.len()).sum();
    let steps = run.steps.len();
    let cost = run.steps.iter().fold(Cost::default(), |sum, step| sum.plus(step.cost));
    let time = duration(run.milliseconds);
    let cost = report.cost(Cost { milliseconds: run.milliseconds, ..cost });
    let verdict = say!(
        options.locale,
        "{steps} steps, {checks} checks: every one held ({time}).",
        "共 {steps} 步、{checks} 项检查，全部成立（{time}）。"
    );
    report.line("");
    report.line(&format!(" {} {}", style("✓").green().bold(), style(verdict).bold()));
    report.line(&style(format!("   {cost}")).dim().to_string());
    for text in remarks(options) {
        for line in layout::wrap(&text, layout::WIDTH - 3) {
            report.line(&style(format!("   {line}")).dim().to_string());
        }
    }
    report.line("");
}

fn remarks(options: &DayOptions) -> Vec<String> {
    let mut remarks = vec![say!(
        options.locale,
        "Software keys stood in for the phone's secure hardware.",
        "手机安全芯片中的密钥由软件密钥代替。"
    )];
    if let Some(folder) = &options.data {
        let folder = folder.display();
        remarks.push(say!(
            options.locale,
            "The bank's and the phone's files are in {folder}; see the books with: cargo bank --data {folder}/bank",
            "银行与手机的文件保存在 {folder}；可用 cargo bank --data {folder}/bank 再次打开该银行。"
        ));
    }
    remarks
}
