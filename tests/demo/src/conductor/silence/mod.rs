//! The session ends or fails in every way there is, and after each the phone is searched for everything that was secret in it: the
//! memory of its process, its files, and its log, in which every crate says everything it has to say.
//!
//! The phone is the demo's own process: the real core, the allocator and the panic hook of the library. What stands in for secure
//! hardware, the software keys of `chip/`, is part of that process too, and its keys are not looked for: on a phone they are in no
//! app's memory.

mod customer;
mod endings;
mod watch;
mod ways;

use anyhow::Result;
use console::Style;

use super::phone::Watched;
use super::stage::Stage;
use crate::lang::{Locale, say};
use crate::phone::FreedMemory;
use crate::report::table::Table;
use crate::report::{Report, duration, kilobytes};
use crate::stopwatch::Stopwatch;
use customer::Customer;
use endings::Ending;
use watch::Watch;

/// Steps of the play.
pub(super) const LENGTH: u64 = (Ending::ALL.len() + 1) as u64;

/// Plays every ending. If the phone does not wipe what it frees, the play has to fail.
pub(super) async fn play(stage: &mut Stage, report: &mut Report, freed: FreedMemory) -> Result<()> {
    let locale = stage.locale;
    stage.open(report).await?;
    let title = say!(
        locale,
        "Nothing is left in the phone, however a session ends",
        "无论会话如何结束，手机里都不留痕迹"
    );
    report.begin(1, "silence", title);
    let mark = stage.mark().await?;
    stage.watch(Watched { log: stage.folder("phone.log"), freed });
    let customer = Customer::new(stage)?;
    let mut watch = Watch::begin(stage, customer).await?;
    let table = table(locale);
    report.table(&table.heading());
    for ending in Ending::ALL {
        let title = ending.title(locale);
        report.doing(title.clone());
        let time = Stopwatch::start();
        let searched = watch.end_by(ending).await?;
        let found = searched.found.describe();
        let held = found.is_empty();
        let row = [
            if held { "✓" } else { "✗" }.to_owned(),
            title.clone(),
            searched.secrets.to_string(),
            kilobytes(searched.found.bytes as u64),
            duration(time.milliseconds()),
        ];
        report.table(&table.row(&row));
        report.check_of_table(ending.name(), title, held, &found)?;
        report.advance();
    }
    watch.finish(report)?;
    let cost = stage.since(mark).await?;
    report.end(cost);
    Ok(())
}

fn table(locale: Locale) -> Table {
    Table::new()
        .column("", 1, Style::new().green())
        .column(say!(locale, "the session ends", "会话的结束方式"), 46, Style::new())
        .column(say!(locale, "secrets", "秘密"), 7, Style::new())
        .column(say!(locale, "searched", "搜索量"), 9, Style::new().cyan())
        .column(say!(locale, "time", "用时"), 8, Style::new().dim())
}
