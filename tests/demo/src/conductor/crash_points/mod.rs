//! The points at which phone or bank can be killed, enumerated: each part is played once to count the calls by which a process
//! leaves something behind ([`crate::trace`]), then once for each of them, ending right before it.
//!
//! A part is over where a process survives that was to end after more calls than were counted. Threads do not keep step, so that one
//! run may make a call more or less than another, and a point close to the end may not be reached.

mod case;

use anyhow::{Result, bail};
use console::Style;

use super::agreement::check_everything;
use super::customer::Wish;
use super::stage::Stage;
use crate::lang::{Locale, say};
use crate::report::record::Cost;
use crate::report::table::Table;
use crate::report::{Report, duration};
use crate::stopwatch::Stopwatch;
use case::{Ground, Part};

/// In which parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum CrashPoints {
    /// In all.
    All,
    /// Where a payment is made or its fate found out.
    Payment,
    /// Where something is cleared away.
    CleanUp,
    /// In all, and each write of a run to one file is a point of its own.
    Writes,
}

impl CrashPoints {
    /// Steps of the bar.
    pub(super) const fn length(self) -> u64 {
        match self {
            Self::All | Self::Writes => 9,
            Self::Payment => 6,
            Self::CleanUp => 4,
        }
    }

    fn parts(self) -> impl Iterator<Item = Part> {
        Part::ALL.into_iter().filter(move |part| match self {
            Self::All | Self::Writes => true,
            Self::Payment => !part.is_a_clean_up(),
            Self::CleanUp => part.is_a_clean_up(),
        })
    }
}

/// Plays them.
pub(super) async fn play(stage: &mut Stage, report: &mut Report, which: CrashPoints) -> Result<()> {
    if cfg!(not(target_os = "linux")) {
        bail!("crash points need a tracer, which there is on Linux only");
    }
    let locale = stage.locale;
    stage.open(report).await?;
    let title = say!(
        locale,
        "Phone and bank are killed before every call that leaves something behind",
        "在每一个会留下痕迹的系统调用之前终止手机或银行"
    );
    report.begin(1, "crash-points", title);
    let mut ground = Ground::prepare(stage, which == CrashPoints::Writes).await?;
    let mark = ground.stage.mark().await?;
    let table = table(locale);
    report.table(&table.heading());
    let mut points = 0;
    for part in which.parts() {
        report.doing(name(part, locale));
        let time = Stopwatch::start();
        let (counted, killed) = ground
            .kill_everywhere(part, |now| {
                report.doing(format!("{} · {now}", name(part, locale)));
            })
            .await?;
        points += killed;
        let (counted, killed) = (counted.to_string(), killed.to_string());
        let took = duration(time.milliseconds());
        let row = ["✓".to_owned(), name(part, locale), counted, killed.clone(), took];
        report.table(&table.row(&row));
        report.check_of_table(format!("{part:?}"), name(part, locale), true, &killed)?;
        report.advance();
    }
    summarise(&mut ground, report, points).await?;
    let cost = ground.stage.since(mark).await?;
    // Phones that ended took their counts of requests along.
    report.end(Cost { requests: 0, ..cost });
    Ok(())
}

async fn summarise(ground: &mut Ground<'_>, report: &mut Report, points: usize) -> Result<()> {
    ground.pursue(&Wish::Synced).await?;
    let payments = ground.payments;
    let username = &ground.customer.sign_in.username;
    let (rows, executed) = check_everything(ground.stage, username).await?;
    report.count("crash-points", u64::try_from(points)?);
    report.check(
        "nothing-lost-nothing-doubled",
        say!(
            ground.stage.locale,
            "{points} crash points: {payments} payments wanted, {payments} made, each once; {rows} rows on the phone, each the bank's",
            "崩溃点 {points} 个：应付 {payments} 笔，实付 {payments} 笔，每笔只付一次；手机上 {rows} 行均与银行一致"
        ),
        executed == payments,
        || format!("{executed} payments"),
    )?;
    Ok(())
}

fn name(part: Part, locale: Locale) -> String {
    match part {
        Part::Payment => say!(
            locale,
            "phone: a payment, from its form to its receipt",
            "手机：一笔付款，从填写到回执"
        ),
        Part::LostAnswer => {
            say!(locale, "phone: the bank's answer was lost", "手机：银行的应答丢失")
        }
        Part::StepUp => say!(
            locale,
            "phone: its token has ended, and a step-up is demanded",
            "手机：令牌失效，并要求再次验证"
        ),
        Part::Discard => {
            say!(locale, "phone: a reviewed payment is thrown away", "手机：丢弃已核对的付款")
        }
        Part::Resync => say!(
            locale,
            "phone: its rows are fetched anew, a payment unknown",
            "手机：付款结果未知时重新同步"
        ),
        Part::Wipe => {
            say!(locale, "phone: it is wiped, a payment unknown", "手机：付款结果未知时自毁")
        }
        Part::Submit => say!(locale, "bank: a payment is submitted", "银行：收到付款"),
        Part::SubmitAgain => {
            say!(locale, "bank: a decided payment is submitted again", "银行：再次收到已处理的付款")
        }
    }
}

fn table(locale: Locale) -> Table {
    Table::new()
        .column("", 1, Style::new().green())
        .column(say!(locale, "killed in", "终止于"), 53, Style::new())
        .column(say!(locale, "counted", "计数"), 7, Style::new())
        .column(say!(locale, "killed", "终止"), 6, Style::new())
        .column(say!(locale, "time", "用时"), 8, Style::new().dim())
}
