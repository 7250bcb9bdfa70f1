//! The day, in eight steps.

mod first_opening;
mod first_sync;
mod locking;
mod offline;
mod payment;
mod resolution;
mod revocation;
mod thief;

use anyhow::Result;
use console::style;

use crate::conductor::DayOptions;
use crate::conductor::stage::Stage;
use crate::lang::say;
use crate::report::Report;
use crate::report::record::{Cost, Run};
use crate::report::{duration, layout};

pub(super) use revocation::{leftovers, what_is_left};

/// Steps of the day.
pub(super) const LENGTH: u64 = 8;

/// Plays the day on the stage. `Ok` if every expectation held.
pub(super) async fn play(stage: &mut Stage, report: &mut Report) -> Result<()> {
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

/// Says how it went.
pub(super) fn say_goodbye(report: &Report, run: &Run, options: &DayOptions) {
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
