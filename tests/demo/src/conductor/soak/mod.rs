//! Payments all the time, while phone and bank are killed and the network breaks at random, all of it drawn from one seed. In
//! between and at the end a program in another language reads the bank's file and compares it with what the phone says.
//!
//! What is drawn is the same for the same seed; what comes of it depends on the machine as well, since real processes do not keep
//! time.

mod trouble;

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use console::Style;
use serde_json::json;

use super::agreement::check_rows;
use super::auditor::Auditor;
use super::customer::{Customer, Wish};
use super::stage::Stage;
use super::witness::Witness;
use crate::lang::{Locale, say};
use crate::phone::talk::Stage as Standing;
use crate::report::record::Cost;
use crate::report::table::Table;
use crate::report::{Report, duration};
use crate::stopwatch::Stopwatch;
use trouble::{Toll, Trouble, Troubles};

/// What each payment is about: little, so that a day's limit lasts for hours.
const AMOUNT: &str = "0.37";
/// Audits in between.
const AUDITS: u64 = 4;
/// How far ahead the bank's clock is for a payment that is to be refused: past any intent's life.
const TOO_LATE_S: i64 = 400;
/// One payment in so many comes too late.
const LATE_EVERY: usize = 7;

/// Goes on for `seconds`, and then until everything is settled.
pub(super) async fn play(stage: &mut Stage, report: &mut Report, seconds: u64) -> Result<()> {
    let locale = stage.locale;
    stage.open(report).await?;
    let seed = stage.seed();
    let title = say!(
        locale,
        "{seconds} s of payments and trouble, seed {seed}",
        "付款与故障 {seconds} 秒，种子 {seed}"
    );
    report.begin(1, "soak", title);
    let mut soak = Soak::prepare(stage).await?;
    let mark = soak.stage.mark().await?;
    let table = table(locale);
    report.table(&table.heading());
    let time = Stopwatch::start();
    let mut shown = 0;
    for part in 1..=AUDITS {
        while time.elapsed().as_secs() < seconds * part / AUDITS {
            let ended = soak.pay_in_trouble().await;
            ended.with_context(|| format!("seed {seed}, after {}", soak.toll))?;
            let passed = time.elapsed().as_secs().min(seconds);
            (shown..passed).for_each(|_| report.advance());
            shown = passed;
            report.doing(soak.toll.to_string());
        }
        let is_last = part == AUDITS;
        if is_last {
            soak.settle().await?;
        }
        let found = soak.auditor.audit(soak.witness.said(), is_last).await?;
        report.table(&table.row(&soak.toll.row(duration(time.milliseconds()))));
        if is_last {
            soak.summarise(report, &found).await?;
        }
    }
    let cost = soak.stage.since(mark).await?;
    // Phones that were killed took their counts of requests along.
    report.end(Cost { requests: 0, ..cost });
    Ok(())
}

/// The soak as it goes on.
struct Soak<'a> {
    stage: &'a mut Stage,
    customer: Customer,
    witness: Witness,
    auditor: Auditor,
    troubles: Troubles,
    toll: Toll,
}

impl<'a> Soak<'a> {
    async fn prepare(stage: &'a mut Stage) -> Result<Self> {
        let auditor = Auditor::of(&stage.announcement()?.books, stage.folder("auditor")).await?;
        stage.lay_proxy().await?;
        let customer = Customer::of(stage, AMOUNT)?;
        stage.open_phone(true).await?;
        stage.phone()?.enrol_finger(&customer.finger).await?;
        customer.pursue(&Wish::Synced, stage.phone()?).await?;
        let troubles = Troubles::seeded(stage.seed());
        let (witness, toll) = (Witness::default(), Toll::default());
        Ok(Self { stage, customer, witness, auditor, troubles, toll })
    }

    /// One payment, from the form to the bank's answer, whatever happens meanwhile.
    async fn pay_in_trouble(&mut self) -> Result<()> {
        let known = self.known();
        let is_late = self.toll.payments % LATE_EVERY == LATE_EVERY - 1;
        if is_late {
            self.pursue(&Wish::Asked(known.clone())).await?;
            self.set_clock(TOO_LATE_S).await?;
        }
        let wish = Wish::Decided(known);
        let Trouble { fault, kills, moment, is_token_lost, is_answer_lost } =
            self.troubles.draw(is_late);
        if is_token_lost {
            self.stage.control()?.expire_tokens().await?;
        }
        if is_answer_lost {
            self.stage.control()?.lose_answers_to_intents(1).await?;
        }
        let (proxy, _) = self.stage.proxy_and_phone()?;
        if let Some(fault) = fault {
            proxy.arm(fault);
            self.toll.faults += 1;
        }
        for victim in kills {
            self.toll.count(victim);
            self.pursue_until_killed(&wish, victim, moment).await?;
        }
        self.pursue_and_heal(&wish).await?;
        self.toll.payments += 1;
        if is_late {
            self.set_clock(0).await?;
        }
        Ok(())
    }

    /// Every payment the phone has ever shown.
    fn known(&self) -> BTreeSet<String> {
        self.witness.said().keys().cloned().collect()
    }

    async fn set_clock(&self, offset_s: i64) -> Result<()> {
        self.stage.control()?.switch(json!({"clock_offset_s": offset_s})).await
    }

    /// The last payment has its answer. Now everything has, and the phone has every row.
    async fn settle(&mut self) -> Result<()> {
        self.set_clock(0).await?;
        self.pursue(&Wish::Synced).await?;
        let views = self.stage.phone()?.views();
        self.witness.see(&views, &self.stage.books()?)
    }

    async fn summarise(&mut self, report: &mut Report, found: &str) -> Result<()> {
        let locale = self.stage.locale;
        let books = self.stage.books()?;
        let username = self.customer.sign_in.username.clone();
        let rows = check_rows(self.stage.phone()?, &books, &username).await?;
        let said = self.witness.said();
        let of = |wanted| said.values().filter(|stage| **stage == wanted).count();
        let (confirmed, rejected) = (of(Standing::Confirmed), of(Standing::Rejected));
        ensure!(confirmed > 0, "nothing was paid");
        report.remark(found);
        let cooked = self.auditor.find_cooked(said).await?;
        report.check(
            "cooked-books-are-found",
            say!(
                locale,
                "the same books cooked in {cooked} ways: the auditor finds each",
                "同一账本以 {cooked} 种方式造假：审计程序全部发现"
            ),
            cooked > 0,
            || cooked.to_string(),
        )?;
        let (kills, faults) = (self.toll.kills(), self.toll.faults);
        report.count("kills", kills);
        report.count("faults", faults);
        report.count("payments", u64::try_from(confirmed)?);
        let payments = self.toll.payments;
        report.check(
            "nothing-lost-nothing-doubled",
            say!(
                locale,
                "{kills} kills and {faults} network faults later: {payments} payments wanted, {confirmed} made once each, {rejected} refused as the bank says; {rows} rows on the phone, each the bank's",
                "强行终止 {kills} 次、网络故障 {faults} 次之后：应付 {payments} 笔，{confirmed} 笔各付一次，{rejected} 笔与银行一致被拒；手机上 {rows} 行均与银行一致"
            ),
            confirmed + rejected == payments && books.executed()?.len() == confirmed,
            || format!("{said:?}"),
        )?;
        Ok(())
    }
}

fn table(locale: Locale) -> Table {
    Table::new()
        .column(say!(locale, "after", "时间"), 9, Style::new().dim())
        .column(say!(locale, "payments", "付款"), 8, Style::new())
        .column(say!(locale, "phone killed", "终止手机"), 12, Style::new())
        .column(say!(locale, "bank killed", "终止银行"), 11, Style::new())
        .column(say!(locale, "faults", "网络故障"), 8, Style::new())
        .column(say!(locale, "audit", "审计"), 5, Style::new().green())
}
