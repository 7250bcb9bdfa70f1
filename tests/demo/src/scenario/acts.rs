//! The verbs of a scenario, done with the phone.

use std::collections::BTreeMap;

use anyhow::{Context as _, Result, bail, ensure};
use base64ct::{Base64UrlUnpadded, Encoding as _};

use super::file::{Expected, Verb as Written};
use super::runner::{PATIENCE, Runner};
use crate::conductor::Control;
use crate::jose;
use crate::phone::hardware::Finger;
use crate::phone::talk::{Answer, Card, Touch, Verb};
use crate::stopwatch::Stopwatch;

impl Runner<'_> {
    /// Does what a verb says.
    pub(super) async fn act(&mut self, verb: &mut Written) -> Result<()> {
        match verb.name.as_str() {
            "start" => self.start(),
            "restart" => self.restart(),
            "pick_up" => {
                self.pick_up(verb.text("phone")?);
                Ok(())
            }
            "sign_in" => self.sign_in().await,
            "cancel_sign_in" => {
                let (id, _) = self.asked_for_browser()?;
                self.tell(Verb::BrowserClosed { id })
            }
            "answer" => self.answer(&verb.text("with")?),
            "enrol" => self.tell(Verb::Enrol),
            "choose_pin" => {
                let pin = verb.text("pin")?;
                self.witness.keeps_quiet(&pin);
                self.try_to(Verb::ChoosePin { pin })
            }
            "use_biometrics" => self.tell(Verb::UseBiometrics),
            "skip_biometrics" => self.tell(Verb::SkipBiometrics),
            "unlock_with_biometrics" => self.tell(Verb::UnlockWithBiometrics),
            "unlock_with_pin" => {
                let pin = verb.text("pin")?;
                self.witness.keeps_quiet(&pin);
                self.try_to(Verb::UnlockWithPin { pin })
            }
            "lock" => self.tell(Verb::Lock),
            "background" => self.tell(Verb::Background),
            "foreground" => self.tell(Verb::Foreground),
            "new_biometrics" => self.enrol_another_finger(),
            "network" => match verb.text("is")?.as_str() {
                "on" => self.tell(Verb::Network { online: true }),
                "off" => self.tell(Verb::Network { online: false }),
                other => bail!("a network is on or off, not {other}"),
            },
            "refresh_home" => self.tell(Verb::Refresh),
            "bank" => {
                let control = Control::of(self.sandbox.announcement()?)?;
                control.switch(verb.object("switches")?).await
            }
            "at_bank_page" => {
                let buttons = verb.texts("press")?;
                self.sandbox.press(&self.customer, &buttons, self.locale).await.map(drop)
            }
            name if name.contains("step_up") => self.step_up(verb).await,
            "choose_lock_delay" | "turn_biometrics" | "change_pin" | "renew_approval" => {
                self.set_up(verb)
            }
            _ => match self.secure(verb)? {
                Some(told) => self.tell(told),
                None => self.act_on_money(verb),
            },
        }
    }

    async fn step_up(&mut self, verb: &mut Written) -> Result<()> {
        match verb.name.as_str() {
            "step_up_with_biometrics" => self.tell(Verb::StepUpWithBiometrics),
            "step_up_with_pin" => {
                let pin = verb.text("pin")?;
                self.witness.keeps_quiet(&pin);
                self.try_to(Verb::StepUpWithPin { pin })
            }
            "step_up_at_bank" => {
                let (id, url) = self.asked_for_bank()?;
                let visit = self.sandbox.visit(&self.customer, &url, self.locale).await?;
                self.tell(Verb::StepUpReturned { id, url: visit.redirect })
            }
            "leave_step_up_at_bank" => {
                let (id, _) = self.asked_for_bank()?;
                self.tell(Verb::StepUpLeft { id })
            }
            "cancel_step_up" => self.tell(Verb::CancelStepUp),
            unknown => bail!("`{unknown}` is no verb of a scenario"),
        }
    }

    fn asked_for_bank(&self) -> Result<(u64, String)> {
        self.tell(Verb::StepUpAtBank)?;
        let time = Stopwatch::start();
        loop {
            let told = self.phone()?.told.count();
            let card = self.world()?.step_up.card;
            if let Some(browser) = card.and_then(|card| card.browser) {
                return Ok(browser);
            }
            let left = PATIENCE.saturating_sub(time.elapsed());
            ensure!(!left.is_zero(), "no browser was asked for");
            self.phone()?.told.more_than(told, left);
        }
    }

    fn act_on_money(&mut self, verb: &mut Written) -> Result<()> {
        match verb.name.as_str() {
            "open_account" => {
                let account = self.account_id(verb.index("account")?)?;
                self.account = Some(account.clone());
                self.find(Verb::Page { account, older: None })
            }
            "older" => {
                let account = self.account.clone().context("no account is open")?;
                let older = self.found.as_ref().and_then(|found| found.older);
                let older = Some(older.context("there is no older page")?);
                self.find(Verb::Page { account, older })
            }
            "search" => self.find(Verb::Search { query: verb.text("for")?, older: None }),
            "draft" => {
                let draft = Verb::Draft {
                    from: self.account_id(verb.index("from")?)?,
                    to_name: verb.text("to_name")?,
                    to_account: verb.text("to_account")?,
                    amount: verb.text("amount")?,
                    note: verb.text("note")?,
                };
                self.try_to(draft)
            }
            "review" => {
                let id = self.card_id()?;
                self.tell(Verb::Review { id })
            }
            "approve" => self.approve(|digest| digest),
            "approve_other_words" => self.approve(jose::sha256),
            "discard" => {
                let id = self.card_id()?;
                self.try_to(Verb::Discard { id })
            }
            "receipt" => self.open_receipt(verb.index("payment")?),
            unknown => bail!("`{unknown}` is no verb of a scenario"),
        }
    }

    fn set_up(&mut self, verb: &mut Written) -> Result<()> {
        match verb.name.as_str() {
            "choose_lock_delay" => {
                let after = verb.text("after")?;
                self.try_to(Verb::ChooseLockDelay { after })
            }
            "turn_biometrics" => match verb.text("to")?.as_str() {
                "on" => self.tell(Verb::TurnBiometrics { on: true }),
                "off" => self.tell(Verb::TurnBiometrics { on: false }),
                other => bail!("biometrics are turned on or off, not {other}"),
            },
            "change_pin" => {
                let (old, new) = (verb.text("old")?, verb.text("new")?);
                self.witness.keeps_quiet(&old);
                self.witness.keeps_quiet(&new);
                self.try_to(Verb::ChangePin { old, new })
            }
            "renew_approval" => {
                let pin = verb.text("pin")?;
                self.witness.keeps_quiet(&pin);
                self.try_to(Verb::RenewApproval { pin })
            }
            unknown => bail!("`{unknown}` is no verb of a scenario"),
        }
    }

    /// In the phone's settings: the finger is another one from now on.
    fn enrol_another_finger(&mut self) -> Result<()> {
        self.finger = Finger::grow();
        let public = Base64UrlUnpadded::encode_string(&self.finger.enrolled().to_bytes());
        self.tell(Verb::EnrolFinger { public })
    }

    fn asked_for_browser(&self) -> Result<(u64, String)> {
        self.tell(Verb::Begin)?;
        self.wait(&BTreeMap::from([("welcome.step".to_owned(), Expected::Is("browser".into()))]))?;
        self.world()?.welcome.browser.context("no browser was asked for")
    }

    async fn sign_in(&mut self) -> Result<()> {
        let (id, url) = self.asked_for_browser()?;
        let visit = self.sandbox.visit(&self.customer, &url, self.locale).await?;
        self.tell(Verb::BrowserReturned { id, url: visit.redirect })
    }

    fn answer(&self, with: &str) -> Result<()> {
        let there = BTreeMap::from([("prompt".to_owned(), Expected::There)]);
        self.wait(&there).context("no prompt to answer")?;
        let sensor = &self.phone()?.hand.sensor;
        let prompt = sensor.oldest().context("no prompt to answer")?;
        let finger =
            |finger: &Finger| Touch::Finger(Base64UrlUnpadded::encode_string(&finger.to_bytes()));
        let touch = match with {
            "right" => finger(&self.finger),
            "wrong" => finger(&Finger::grow()),
            "cancel" => Touch::Cancel,
            "late" => {
                sensor.forget(prompt.id);
                return Ok(());
            }
            failure => Touch::Fail(
                serde_json::from_value(failure.into())
                    .with_context(|| format!("a prompt is not answered with {failure}"))?,
            ),
        };
        self.tell(Verb::Touch { prompt: prompt.id, touch })
    }

    fn approve(&mut self, digest: impl FnOnce(String) -> String) -> Result<()> {
        match self.world()?.pay.content.and_then(|content| content.card) {
            Some(Card::Review(card)) => {
                self.try_to(Verb::Approve { id: card.id, digest: digest(card.digest) })
            }
            _ => bail!("there are no words to approve on the screen"),
        }
    }

    fn open_receipt(&mut self, payment: usize) -> Result<()> {
        let content = self.world()?.pay.content.context("the pay screen is empty")?;
        let id = content.activity.get(payment).context("no such payment")?.id.clone();
        match self.phone()?.act(Verb::Receipt { id })? {
            Answer::Receipt(receipt) => self.receipt = receipt,
            other => bail!("no receipt but {other:?}"),
        }
        Ok(())
    }

    fn card_id(&self) -> Result<String> {
        match self.world()?.pay.content.and_then(|content| content.card) {
            Some(Card::Draft(card)) => Ok(card.id),
            Some(Card::Review(card)) => Ok(card.id),
            None => bail!("there is no card on the screen"),
        }
    }

    fn account_id(&self, index: usize) -> Result<String> {
        let home = self.world()?.home.content.context("the home screen is empty")?;
        Ok(home.accounts.get(index).context("no such account")?.id.clone())
    }
}
