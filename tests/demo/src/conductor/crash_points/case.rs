//! One part of a payment's life, with somebody ended at one point of it.

use std::collections::BTreeSet;
use std::path::PathBuf;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::json;

use crate::conductor::agreement::check_paid_once;
use crate::conductor::children::Trap;
use crate::conductor::customer::{Customer, Wish};
use crate::conductor::day::what_is_left;
use crate::conductor::phone::Views;
use crate::conductor::stage::{Stage, Traps};
use crate::conductor::witness::Witness;
use crate::phone::talk::{Answer, Verb};

/// What each payment is about.
const AMOUNT: &str = "0.45";
/// Answers that are lost where a payment is to stay unknown.
const MANY: u32 = 1_000;

/// What is going on when somebody ends, and who.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    Payment,
    LostAnswer,
    StepUp,
    Discard,
    Resync,
    Wipe,
    Submit,
    SubmitAgain,
}

impl Part {
    pub(super) const ALL: [Self; 8] = [
        Self::Payment,
        Self::LostAnswer,
        Self::StepUp,
        Self::Discard,
        Self::Resync,
        Self::Wipe,
        Self::Submit,
        Self::SubmitAgain,
    ];

    pub(super) const fn is_a_clean_up(self) -> bool {
        matches!(self, Self::Discard | Self::Resync | Self::Wipe)
    }

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
    phones: u32,
    every: bool,
}

impl<'a> Ground<'a> {
    pub(super) async fn prepare(stage: &'a mut Stage, every: bool) -> Result<Self> {
        let customer = Customer::of(stage, AMOUNT)?;
        stage.open_phone(true).await?;
        stage.phone()?.enrol_finger(&customer.finger).await?;
        customer.pursue(&Wish::Synced, stage.phone()?).await?;
        let (armed, log) = (stage.folder("armed"), PathBuf::new());
        let witness = Witness::default();
        Ok(Self { stage, customer, payments: 0, witness, armed, log, phones: 0, every })
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
            Part::Resync => self.go_for(&Wish::Synced).await,
            Part::Wipe => self.be_wiped().await,
            _ if part.is_the_banks() => self.pay_while_the_bank_may_end(&known).await,
            _ => self.go_for(&Wish::Decided(known.clone())).await,
        }?;
        std::fs::remove_file(&self.armed)?;
        if ended && !part.is_the_banks() {
            self.start_phone_anew().await?;
        }
        self.stage.control()?.behave().await?;
        match part {
            Part::Discard => self.discard_for_good().await?,
            Part::Wipe => return Ok(self.begin_again_once_wiped().await? || ended),
            _ => {
                self.pursue(&Wish::Decided(known.clone())).await?;
                self.payments += 1;
                self.check(&known)?;
            }
        }
        Ok(ended)
    }

    /// The victim is started anew, in a trap.
    async fn set_trap(&mut self, part: Part, at: usize) -> Result<()> {
        self.log = self.stage.folder(&format!("points-{part:?}-{at}"));
        let trap =
            Some(Trap { at, every: self.every, armed: self.armed.clone(), log: self.log.clone() });
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
        let known = self.stage.phone()?.views().payment_ids()?;
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
                self.leave_unknown(&known).await?;
                control.behave().await?;
            }
            Part::Resync => {
                self.leave_unknown(&known).await?;
                let gone = json!({"path": "/v1/sync", "status": 410, "times": 1});
                control.switch(json!({"fail": gone})).await?;
            }
            Part::Wipe => {
                self.leave_unknown(&known).await?;
                for device in control.devices(&self.customer.sign_in.username).await? {
                    control.revoke(&device.device_id).await?;
                }
            }
        }
        Ok(known)
    }

    /// A payment is sent and executed, and no answer to it arrives.
    async fn leave_unknown(&mut self, known: &BTreeSet<String>) -> Result<()> {
        self.pursue(&Wish::Asked(known.clone())).await?;
        self.stage.control()?.lose_answers_to_intents(MANY).await?;
        self.pursue(&Wish::Sent(known.clone())).await
    }

    /// The customer gets what they want, and what the phone says meanwhile is so.
    pub(super) async fn pursue(&mut self, wish: &Wish) -> Result<()> {
        self.witness.follow(&self.customer, wish, self.stage).await
    }

    /// Whether the phone ended.
    async fn go_for(&mut self, wish: &Wish) -> Result<bool> {
        match self.pursue(wish).await {
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

    /// The phone hears that it is revoked, while the fate of a payment is open. Whether it ended.
    async fn be_wiped(&mut self) -> Result<bool> {
        let ended = self.go_for(&Wish::Forgotten).await?;
        if !ended {
            // The screens say that it began: the phone may end in the rest of it.
            let folder = self.stage.phone_folder()?;
            let ends = self.stage.phone()?.until_ended();
            tokio::select! {
                biased;
                () = ends => return Ok(true),
                left = what_is_left(&folder) => {
                    left?;
                }
            }
        }
        Ok(ended)
    }

    /// Nothing opens, the payment was made once whatever became of the phone; and a new phone takes its place. Whether the phone
    /// ended yet: its last points may come after everything is gone.
    async fn begin_again_once_wiped(&mut self) -> Result<bool> {
        self.payments += 1;
        let ended = self.go_for(&Wish::Forgotten).await?;
        if ended {
            self.start_phone_anew().await?;
            self.pursue(&Wish::Forgotten).await?;
        }
        let left = what_is_left(&self.stage.phone_folder()?).await?;
        ensure!(left.is_empty(), "left after the wipe: {}", left.join(", "));
        let executed = self.stage.books()?.executed()?.len();
        ensure!(executed == self.payments, "{executed} payments in the books");
        self.phones += 1;
        self.stage.set_traps(Traps::default());
        // Not asked for anything: it may end at this very moment.
        self.stage.kill_phone_unasked().await?;
        self.stage.take_new_phone(&format!("phone-{}", self.phones)).await?;
        self.stage.open_phone(true).await?;
        self.stage.phone()?.enrol_finger(&self.customer.finger).await?;
        self.customer.pursue(&Wish::Synced, self.stage.phone()?).await?;
        Ok(ended)
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
        let views = self.stage.phone()?.views();
        check_paid_once(&views, known, &self.stage.books()?, self.payments)
    }
}
