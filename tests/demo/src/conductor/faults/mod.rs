//! The network goes wrong in every way, in each direction, in each part of an exchange, always while a payment is on it. Whatever
//! happens, the payment is made once, what the phone says meanwhile is so, and in the end every row on the phone is the bank's.
//!
//! Where in its phase a fault strikes is drawn from the seed, over as many bytes as the phase had in a payment without a fault.

mod case;

use anyhow::Result;
use console::Style;
use guichet_proxy::{Direction, Fault, Kind, Phase};

use super::agreement::check_everything;
use super::stage::Stage;
use crate::lang::{Locale, say};
use crate::report::table::Table;
use crate::report::{Report, duration};
use crate::stopwatch::Stopwatch;
use case::Ground;

/// Steps of the bar: the kinds, and getting ready.
pub(super) const LENGTH: u64 = 9;

/// Plays all faults.
pub(super) async fn play(stage: &mut Stage, report: &mut Report) -> Result<()> {
    let locale = stage.locale;
    stage.open(report).await?;
    let title = say!(
        locale,
        "The network goes wrong in every way while payments are on it",
        "付款途中，网络以各种方式出错"
    );
    report.begin(1, "faults", title);
    let mut ground = Ground::prepare(stage).await?;
    report.advance();
    let mark = ground.stage.mark().await?;
    let table = table(locale);
    report.table(&table.heading());
    let mut survived = 0;
    for kind in Kind::ALL {
        report.doing(name(kind, locale));
        let time = Stopwatch::start();
        let (suffered, struck) = ground.suffer_everywhere(kind).await?;
        survived += struck;
        let took = duration(time.milliseconds());
        let row = ["✓".to_owned(), name(kind, locale), struck.to_string(), took];
        report.table(&table.row(&row));
        let held = struck == suffered;
        report.check_of_table(
            format!("{kind:?}"),
            name(kind, locale),
            held,
            &struck.to_string(),
        )?;
        report.advance();
    }
    summarise(&mut ground, report, survived).await?;
    let cost = ground.stage.since(mark).await?;
    report.end(cost);
    Ok(())
}

impl Ground<'_> {
    /// A payment for each direction and phase. How many faults were armed, and how many struck.
    async fn suffer_everywhere(&mut self, kind: Kind) -> Result<(u64, u64)> {
        let (mut suffered, mut struck) = (0, 0);
        for phase in Phase::ALL {
            for direction in Direction::ALL {
                for after in self.places(kind, phase, direction) {
                    suffered += 1;
                    let fault = Fault { kind, direction, phase, after };
                    struck += u64::from(self.pay_under(fault).await?);
                }
            }
        }
        Ok((suffered, struck))
    }
}

async fn summarise(ground: &mut Ground<'_>, report: &mut Report, survived: u64) -> Result<()> {
    let locale = ground.stage.locale;
    let payments = ground.payments;
    let username = &ground.customer.sign_in.username;
    let (rows, executed) = check_everything(ground.stage, username).await?;
    report.count("faults-survived", survived);
    report.check(
        "nothing-lost-nothing-doubled",
        say!(
            locale,
            "{survived} faults survived: {payments} payments wanted, {payments} made, each once; {rows} rows on the phone, each the bank's",
            "经受网络故障 {survived} 次：应付 {payments} 笔，实付 {payments} 笔，每笔只付一次；手机上 {rows} 行均与银行一致"
        ),
        executed == payments,
        || format!("{executed} payments"),
    )?;
    Ok(())
}

fn name(kind: Kind, locale: Locale) -> String {
    match kind {
        Kind::Stall => say!(locale, "stalls", "停滞"),
        Kind::Cut => say!(locale, "is cut", "中断"),
        Kind::Reset => say!(locale, "is reset", "被重置"),
        Kind::HalfClose => say!(locale, "is closed on one side", "单向关闭"),
        Kind::Duplicate => say!(locale, "doubles what passes", "重复传送"),
        Kind::Delay => say!(locale, "is late", "延迟"),
        Kind::Trickle => say!(locale, "crumbles", "零碎到达"),
        Kind::Replay => say!(locale, "is replayed by an attacker", "被攻击者重放"),
    }
}

fn table(locale: Locale) -> Table {
    Table::new()
        .column("", 1, Style::new().green())
        .column(say!(locale, "the network", "网络"), 30, Style::new())
        .column(say!(locale, "faults", "次数"), 6, Style::new())
        .column(say!(locale, "time", "用时"), 8, Style::new().dim())
}
