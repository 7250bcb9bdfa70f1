//! Everybody is killed everywhere: phone and bank, in turn, at moments spread over each part of the day, with `kill -9`, and
//! started again on what is left on the disk. At the end of each case nothing may be lost or doubled.
//!
//! The bank runs through all cases on one folder, so that damage from one would show in the next. Cases of the way in and of the
//! wipe need a phone nobody has used; payments are made one after the other on the same phone.

mod trap;

use std::collections::BTreeSet;

use anyhow::{Context as _, Result, ensure};
use console::Style;

use super::customer::{Customer, Wish};
use super::day::{leftovers, what_is_left};
use super::stage::Stage;
use crate::lang::{Locale, say};
use crate::phone::talk::Place;
use crate::report::table::Table;
use crate::report::{Report, duration};
use crate::stopwatch::Stopwatch;
use trap::{Moment, Victim, during_the_last, moments};

/// Steps of the loop.
pub(super) const LENGTH: u64 = 9;
/// What each payment is about.
const AMOUNT: &str = "12.34";
/// Moments per part where a part is slow to repeat.
const FEW: u64 = 6;
/// Moments per part where every one counts.
const MANY: u64 = 64;

/// A part of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    WayIn,
    Sync,
    Payment,
    LostAnswer,
    Wipe,
}

/// Who is killed when, at how many moments at most.
const LOOP: [(Victim, Part, u64); 8] = [
    (Victim::Phone, Part::WayIn, FEW + 4),
    (Victim::Bank, Part::WayIn, FEW),
    (Victim::Phone, Part::Sync, FEW - 2),
    (Victim::Bank, Part::Sync, FEW / 2),
    (Victim::Phone, Part::Payment, MANY),
    (Victim::Bank, Part::Payment, FEW + 4),
    (Victim::Phone, Part::LostAnswer, MANY),
    (Victim::Phone, Part::Wipe, FEW),
];

/// Plays the loop.
pub(super) async fn play(stage: &mut Stage, report: &mut Report) -> Result<()> {
    let locale = stage.locale;
    stage.open(report).await?;
    let title = say!(
        locale,
        "Phone and bank are killed throughout the day",
        "一天之中随处强行终止手机与银行"
    );
    report.begin(1, "kill-loop", title);
    let mark = stage.mark().await?;
    let mut ground = Ground::new(stage)?;
    let table = table(locale);
    report.table(&table.heading());
    let mut kills = 0;
    for (victim, part, count) in LOOP {
        report.doing(format!("{} · {}", name_of(victim, locale), part.name(locale)));
        let time = Stopwatch::start();
        let killed = ground.kill_throughout(victim, part, count).await?;
        kills += killed;
        let row = [
            "✓".to_owned(),
            name_of(victim, locale),
            part.name(locale),
            killed.to_string(),
            duration(time.milliseconds()),
        ];
        report.table(&table.row(&row));
        let name = format!("{victim:?}-killed-in-{part:?}").to_lowercase();
        report.check_of_table(name, part.name(locale), killed > 0, &killed.to_string())?;
        report.advance();
    }
    summarise(&ground, report, kills)?;
    drop(ground);
    let cost = stage.since(mark).await?;
    report.end(cost);
    Ok(())
}

/// Where the kills happen.
struct Ground<'a> {
    stage: &'a mut Stage,
    customer: Customer,
    phones: u32,
    payments: usize,
}

impl<'a> Ground<'a> {
    fn new(stage: &'a mut Stage) -> Result<Self> {
        let customer = Customer::of(stage, AMOUNT)?;
        Ok(Self { stage, customer, phones: 0, payments: 0 })
    }

    /// One run without a kill, to learn how much the phone tells, then one for each moment. Returns how many kills there were.
    async fn kill_throughout(&mut self, victim: Victim, part: Part, count: u64) -> Result<u64> {
        let length = self.rehearse(part).await?;
        let mut kills = 0;
        let moments = match part {
            Part::Wipe => during_the_last(length),
            _ => moments(length, count),
        };
        for moment in moments {
            kills += u64::from(
                self.case(part, Some((victim, moment)))
                    .await
                    .with_context(|| format!("{victim:?} killed in {part:?} at {moment:?}"))?,
            );
        }
        Ok(kills)
    }

    async fn rehearse(&mut self, part: Part) -> Result<u64> {
        let before = self.prepare(part).await?;
        let told = self.stage.phone()?.views().told;
        self.pursue(&before.wish, None).await?;
        let length = self.stage.phone()?.views().told.saturating_sub(told);
        self.check(part, &before).await?;
        Ok(length)
    }

    /// Whether somebody was killed: a moment may lie behind the end of this run.
    async fn case(&mut self, part: Part, trap: Option<(Victim, Moment)>) -> Result<bool> {
        let before = self.prepare(part).await?;
        let killed = self.pursue(&before.wish, trap).await?;
        self.check(part, &before).await?;
        Ok(killed)
    }

    /// Brings the phone to where the part begins.
    async fn prepare(&mut self, part: Part) -> Result<Before> {
        match part {
            Part::WayIn => {
                self.new_phone().await?;
                Ok(Before { wish: Wish::Open })
            }
            Part::Sync => {
                self.new_phone().await?;
                self.pursue(&Wish::Open, None).await?;
                Ok(Before { wish: Wish::Synced })
            }
            Part::Payment | Part::LostAnswer => {
                self.pursue(&Wish::Synced, None).await?;
                if part == Part::LostAnswer {
                    self.stage.control()?.lose_answers_to_intents(1).await?;
                }
                let known = self.stage.phone()?.views().payment_ids()?;
                Ok(Before { wish: Wish::Paid(known) })
            }
            Part::Wipe => {
                self.new_phone().await?;
                self.pursue(&Wish::Open, None).await?;
                let control = self.stage.control()?;
                for device in control.devices(&self.customer.sign_in.username).await? {
                    control.revoke(&device.device_id).await?;
                }
                Ok(Before { wish: Wish::Forgotten })
            }
        }
    }

    async fn new_phone(&mut self) -> Result<()> {
        self.phones += 1;
        self.stage.take_new_phone(&format!("phone-{}", self.phones)).await?;
        self.stage.open_phone(true).await?;
        let finger = self.customer.finger.clone();
        self.stage.phone()?.enrol_finger(&finger).await
    }

    /// The customer gets what they want, whoever is killed on the way. Whether somebody was.
    async fn pursue(&mut self, wish: &Wish, trap: Option<(Victim, Moment)>) -> Result<bool> {
        let killed = match trap {
            None => false,
            Some((Victim::Phone, moment)) => self.pursue_until_killed(wish, moment).await?,
            Some((Victim::Bank, moment)) => {
                return self.pursue_while_the_bank_dies(wish, moment).await;
            }
        };
        if trap.is_none() || killed {
            let customer = self.customer.clone();
            customer.pursue(wish, self.stage.phone()?).await?;
        }
        Ok(killed)
    }

    async fn pursue_until_killed(&mut self, wish: &Wish, moment: Moment) -> Result<bool> {
        let customer = self.customer.clone();
        let folder = self.stage.phone_folder()?;
        let phone = self.stage.phone()?;
        let watcher = phone.watcher();
        let killed = tokio::select! {
            biased;
            () = moment.come(watcher) => true,
            done = customer.pursue_to_the_last(wish, phone, &folder) => done.map(|()| false)?,
        };
        if killed {
            let said = self.stage.phone()?.views().app.place;
            self.stage.kill_phone_unasked().await?;
            if *wish == Wish::Forgotten && said == Place::Welcome {
                self.check_it_was_true().await?;
            }
            self.stage.open_phone(true).await?;
        }
        Ok(killed)
    }

    /// A phone that said everything was destroyed may not know a vault any more, and has nobody to ask.
    async fn check_it_was_true(&mut self) -> Result<()> {
        self.stage.open_phone(false).await?;
        let place = self.stage.phone()?.views().app.place;
        ensure!(
            place == Place::Welcome,
            "it said that everything was destroyed, and shows {place:?}"
        );
        self.stage.kill_phone_unasked().await
    }

    async fn pursue_while_the_bank_dies(&mut self, wish: &Wish, moment: Moment) -> Result<bool> {
        let customer = self.customer.clone();
        let (phone, keeper) = self.stage.actors()?;
        let watcher = phone.watcher();
        let pursuit = customer.pursue(wish, phone);
        tokio::pin!(pursuit);
        tokio::select! {
            biased;
            () = moment.come(watcher) => {}
            done = &mut pursuit => return done.map(|_| false),
        }
        // A customer who is done without the bank does not keep it from opening again.
        let (reopened, done) = tokio::join!(keeper.kill_and_reopen(), pursuit);
        reopened?;
        done.map(|_| true)
    }

    /// Nothing lost, nothing doubled.
    async fn check(&mut self, part: Part, before: &Before) -> Result<()> {
        match part {
            Part::WayIn => {
                let views = self.stage.phone()?.views();
                ensure!(views.app.place == Place::Open, "the way in did not end inside");
            }
            Part::Sync => self.check_sync().await?,
            Part::Payment | Part::LostAnswer => self.check_payment(before)?,
            Part::Wipe => self.check_wipe().await?,
        }
        let books = self.stage.books()?;
        ensure!(books.imbalances()? == 0, "the ledger does not sum to zero");
        let executed = books.executed()?.len();
        ensure!(
            executed == self.payments,
            "{executed} payments in the books, not {}",
            self.payments
        );
        ensure!(
            self.stage.control()?.is_conserved().await?,
            "the bank's audit finds money out of nowhere"
        );
        Ok(())
    }

    async fn check_sync(&mut self) -> Result<()> {
        let wanted = self.stage.books()?.holdings(&self.customer.sign_in.username)?.transactions;
        let phone = self.stage.phone()?;
        let accounts = phone.views().home_content()?.accounts.clone();
        let mut found = 0;
        for account in accounts {
            found += phone.count_rows(&account.id).await?;
        }
        ensure!(found == wanted, "{found} transactions on the phone, {wanted} at the bank");
        Ok(())
    }

    fn check_payment(&mut self, before: &Before) -> Result<()> {
        self.payments += 1;
        let Wish::Paid(known) = &before.wish else { return Ok(()) };
        let views = self.stage.phone()?.views();
        let new: BTreeSet<_> = views
            .pay_content()?
            .activity
            .iter()
            .map(|row| &row.id)
            .filter(|id| !known.contains(*id))
            .collect();
        let executed = self.stage.books()?.executed()?;
        let last = executed.last().context("nothing was executed")?;
        ensure!(
            new.contains(&last.intent_id),
            "the phone confirms another payment than the bank made"
        );
        ensure!(new.len() == 1, "{} payments on the phone where one was wanted", new.len());
        Ok(())
    }

    async fn check_wipe(&mut self) -> Result<()> {
        let left = what_is_left(&self.stage.phone_folder()?).await?;
        ensure!(left.is_empty(), "left after the wipe: {}", left.join(", "));
        self.stage.close_phone().await?;
        self.stage.open_phone(false).await?;
        let views = self.stage.phone()?.views();
        ensure!(views.app.place == Place::Welcome, "a wiped phone still shows a lock");
        ensure!(leftovers(&self.stage.phone_folder()?)?.is_empty(), "the wipe left something");
        Ok(())
    }
}

/// What a case starts from.
struct Before {
    wish: Wish,
}

impl Part {
    fn name(self, locale: Locale) -> String {
        match self {
            Self::WayIn => say!(
                locale,
                "signing in, enrolling, PIN and finger",
                "登录、登记设备、设置密码与指纹"
            ),
            Self::Sync => say!(locale, "the first sync", "首次同步"),
            Self::Payment => {
                say!(locale, "a payment, from draft to confirmed", "一笔付款，从草稿到确认成功")
            }
            Self::LostAnswer => {
                say!(locale, "a payment whose answer is lost", "一笔应答丢失的付款")
            }
            Self::Wipe => say!(locale, "the wipe after a revocation", "吊销之后的自毁"),
        }
    }
}

fn name_of(victim: Victim, locale: Locale) -> String {
    match victim {
        Victim::Phone => say!(locale, "phone", "手机"),
        Victim::Bank => say!(locale, "bank", "银行"),
    }
}

fn table(locale: Locale) -> Table {
    Table::new()
        .column("", 1, Style::new().green())
        .column(say!(locale, "killed", "被终止者"), 8, Style::new().cyan())
        .column(say!(locale, "during", "时机"), 42, Style::new())
        .column(say!(locale, "kills", "次数"), 5, Style::new())
        .column(say!(locale, "time", "用时"), 8, Style::new().dim())
}

fn summarise(ground: &Ground<'_>, report: &mut Report, kills: u64) -> Result<()> {
    let payments = ground.payments;
    report.count("kills", kills);
    report.count("payments", u64::try_from(payments)?);
    let executed = ground.stage.books()?.executed()?.len();
    report.check(
        "nothing-lost-nothing-doubled",
        say!(
            ground.stage.locale,
            "{kills} kills later: {payments} payments wanted, {payments} made, each once, each confirmed; the ledger sums to zero",
            "强行终止 {kills} 次之后：应付 {payments} 笔，实付 {payments} 笔，每笔只付一次、均已确认；账本合计为零"
        ),
        executed == payments,
        || format!("{executed} payments"),
    )?;
    Ok(())
}
