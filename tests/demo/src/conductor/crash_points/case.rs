//! One part of a payment's life, with somebody ended at one point of it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::json;

use crate::conductor::children::Trap;
use crate::conductor::customer::{Customer, Wish};
use crate::conductor::phone::Views;
use crate::conductor::stage::{Stage, Traps};
use crate::conductor::witness::Witness;
use crate::phone::talk::{Answer, Verb};

/// What each payment is about.
const AMOUNT: &str = "0.45";

/// What is going on when somebody ends, and who.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Payment,
    LostAnswer,
    StepUp,
    Discard,
    Submit,
    SubmitAgain,
}

impl Part {
    pub(super) const ALL: [Self; 6] = [
        Self::Payment,
        Self::LostAnswer,
        Self::StepUp,
        Self::Discard,
        Self::Submit,
        Self::SubmitAgain,
    ];

    const fn is_the_banks(self) -> bool {
        matches!(self, Self::Submit | Self::SubmitAgain)
    }
}

/// Where it happens: one phone and one bank through all parts, so that damage from one would show in the next.
pub(super) struct Ground<'a> {
    pub(super) stage: &'a mut Stage,
    pub(super) customer: Customer,
    /// Payments made so far.
    pub(super) payments: usize,
    witness: Witness,
    armed: PathBuf,
    log: PathBuf,
}

impl<'a> Ground<'a> {
    pub(super) async fn prepare(stage: &'a mut Stage) -> Result<Self> {
        let customer = Customer::of(stage, AMOUNT)?;
        stage.open_phone(true).await?;
        stage.phone()?.enrol_finger(&customer.finger).await?;
        customer.pursue(&Wish::Synced, stage.phone()?).await?;
        let (armed, log) = (stage.folder("armed"), PathBuf::new());
        Ok(Self { stage, customer, payments: 0, witness: Witness::default(), armed, log })
    }

    /// Counts the points of a part, then ends at each. How many were counted, and at how many somebody ended.
    pub(super) async fn kill_everywhere(
        &mut self,
        part: Part,
        tell: impl Fn(usize),
    ) -> Result<(usize, usize)> {
        // Nobody goes on in the trap of another part.
        self.stage.set_traps(Traps::default());
        self.start_phone_anew().await?;
        let survived = !self.case(part, 0).await?;
        let counted = std::fs::read_to_string(&self.log)?.lines().count();
        ensure!(survived && counted > 0, "{part:?}: no points were counted");
        let mut killed = 0;
        for point in 1.. {
            tell(point);
            let context = || format!("{part:?}, ended before point {point} of about {counted}");
            let ended = self.case(part, point).await.with_context(context)?;
            killed += usize::from(ended);
            if !ended && point > counted {
                break;
            }
        }
        Ok((counted, killed))
    }

    /// Whether somebody ended.
    async fn case(&mut self, part: Part, point: usize) -> Result<bool> {
        self.set_trap(part, point).await?;
        let known = self.begin(part).await?;
        std::fs::write(&self.armed, "")?;
        let ended = match part {
            Part::Discard => self.discard().await,
            _ if part.is_the_banks() => self.pay_while_the_bank_may_end(&known).await,
            _ => self.pay_until_the_phone_ends(&known).await,
        }?;
        std::fs::remove_file(&self.armed)?;
        if ended && !part.is_the_banks() {
            self.start_phone_anew().await?;
        }
        if part == Part::Discard {
            self.discard_for_good().await?;
        } else {
            self.pursue(&Wish::Decided(known.clone())).await?;
            self.payments += 1;
            self.stage.control()?.behave().await?;
            self.check(&known)?;
        }
        Ok(ended)
    }

    /// The victim is started anew, in a trap.
    async fn set_trap(&mut self, part: Part, at: usize) -> Result<()> {
        self.log = self.stage.folder(&format!("points-{part:?}-{at}"));
        let trap = Some(Trap { at, armed: self.armed.clone(), log: self.log.clone() });
        if part.is_the_banks() {
            self.stage.set_traps(Traps { bank: trap, ..Traps::default() });
            self.stage.actors()?.1.kill_and_reopen().await
        } else {
            self.stage.set_traps(Traps { phone: trap, ..Traps::default() });
            self.start_phone_anew().await
        }
    }

    async fn start_phone_anew(&mut self) -> Result<()> {
        self.stage.kill_phone_unasked().await?;
        self.stage.open_phone(true).await
    }

    /// Brings everybody to where the part begins. Which payments there were before.
    async fn begin(&mut self, part: Part) -> Result<BTreeSet<String>> {
        self.pursue(&Wish::Synced).await?;
        let known = payments(&self.stage.phone()?.views())?;
        let control = self.stage.control()?;
        match part {
            Part::Payment => {}
            Part::LostAnswer => control.lose_answers_to_intents(1).await?,
            Part::StepUp => {
                let ways = "urn:guichet:acr:biometric urn:guichet:acr:pin";
                let demand =
                    json!({"path": "/v1/intents", "times": 1, "acr_values": ways, "max_age": 0});
                control.switch(json!({"step_up": demand})).await?;
                self.pursue(&Wish::Asked(known.clone())).await?;
                self.stage.control()?.expire_tokens().await?;
            }
            Part::Discard | Part::Submit => self.pursue(&Wish::Asked(known.clone())).await?,
            Part::SubmitAgain => {
                self.pursue(&Wish::Asked(known.clone())).await?;
                control.lose_answers_to_intents(1).await?;
                self.pursue(&Wish::Sent(known.clone())).await?;
            }
        }
        Ok(known)
    }

    /// The customer gets what they want, and what the phone says meanwhile is so.
    pub(super) async fn pursue(&mut self, wish: &Wish) -> Result<()> {
        let books = self.stage.books()?;
        let phone = self.stage.phone()?;
        let watcher = phone.watcher();
        tokio::select! {
            done = self.customer.pursue(wish, phone) => done.map(drop)?,
            lie = self.witness.watch(watcher, &books) => return Err(lie),
        }
        self.witness.see(&self.stage.phone()?.views(), &books)
    }

    /// Whether the phone ended.
    async fn pay_until_the_phone_ends(&mut self, known: &BTreeSet<String>) -> Result<bool> {
        let paid = self.pursue(&Wish::Decided(known.clone())).await;
        match paid {
            Ok(()) => Ok(false),
            Err(_) if self.has_phone_ended().await? => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// Verbs fail a moment before the last of what it said is read.
    async fn has_phone_ended(&mut self) -> Result<bool> {
        let phone = self.stage.phone()?;
        let patience = std::time::Duration::from_secs(2);
        Ok(tokio::time::timeout(patience, phone.until_ended()).await.is_ok())
    }

    /// Whether the bank ended. It opens again, without a trap.
    async fn pay_while_the_bank_may_end(&mut self, known: &BTreeSet<String>) -> Result<bool> {
        let customer = self.customer.clone();
        let armed = self.armed.clone();
        self.stage.set_traps(Traps::default());
        let (phone, mut keeper) = self.stage.actors()?;
        let wish = Wish::Decided(known.clone());
        let pursuit = customer.pursue(&wish, phone);
        tokio::pin!(pursuit);
        tokio::select! {
            biased;
            () = keeper.until_ended() => {}
            done = &mut pursuit => return done.map(|_| false),
        }
        let (reopened, done) = tokio::join!(keeper.kill_and_reopen(), pursuit);
        reopened?;
        ensure!(armed.exists(), "the bank ended before its trap was armed");
        done.map(|_| true)
    }

    /// Throws the reviewed payment away. Whether the phone ended.
    async fn discard(&mut self) -> Result<bool> {
        let phone = self.stage.phone()?;
        let id = phone.views().review().context("nothing to throw away")?.id.clone();
        match phone.ask(Verb::Discard { id }).await {
            Ok(Answer::Taken) => Ok(false),
            Ok(other) => bail!("it cannot be thrown away: {other:?}"),
            Err(_) if self.has_phone_ended().await? => Ok(true),
            Err(error) => Err(error),
        }
    }

    /// It is there, or it is gone; thrown away again it is gone; and the bank never heard of it.
    async fn discard_for_good(&mut self) -> Result<()> {
        self.pursue(&Wish::Synced).await?;
        let open = |views: &Views| {
            let rows = views.pay_content().map(|pay| pay.activity.clone()).unwrap_or_default();
            rows.into_iter().find(|row| !row.has_receipt).map(|row| row.id)
        };
        if let Some(id) = open(&self.stage.phone()?.views()) {
            self.stage.phone()?.tell(Verb::Discard { id }).await?;
        }
        let views = self.stage.phone()?.views();
        ensure!(open(&views).is_none(), "what was thrown away is still there");
        let executed = self.stage.books()?.executed()?.len();
        ensure!(executed == self.payments, "thrown away and executed");
        Ok(())
    }

    /// Paid once, by the one new payment.
    fn check(&mut self, known: &BTreeSet<String>) -> Result<()> {
        let now = payments(&self.stage.phone()?.views())?;
        let new: Vec<_> = now.difference(known).collect();
        let executed = self.stage.books()?.executed()?;
        ensure!(executed.len() == self.payments, "{} payments in the books", executed.len());
        let last = executed.last().context("nothing was executed")?;
        ensure!(new == [&last.intent_id], "new on the phone: {new:?}, at the bank: {last:?}");
        Ok(())
    }
}

fn payments(views: &Views) -> Result<BTreeSet<String>> {
    Ok(views.pay_content()?.activity.iter().map(|row| row.id.clone()).collect())
}
