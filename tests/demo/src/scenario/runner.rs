//! Plays a scenario, step by step.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use base64ct::{Base64UrlUnpadded, Encoding as _};

use super::file::{Expected, Scenario, Step, Verb as Written};
use super::paths::World;
use super::phone::Phone;
use super::witness::Witness;
use crate::conductor::{Control, Sandbox, SignIn};
use crate::jose;
use crate::lang::Locale;
use crate::phone::PhoneOptions;
use crate::phone::hardware::Finger;
use crate::phone::talk::{Answer, Card, PageView, ReceiptText, Refused, Screen, Touch, Verb, View};
use crate::stopwatch::Stopwatch;

/// How long a wait waits.
const PATIENCE: Duration = Duration::from_secs(30);

/// The runner of one scenario.
pub(super) struct Runner<'a> {
    sandbox: &'a Sandbox,
    customer: SignIn,
    locale: Locale,
    profile: PathBuf,
    /// Those that are on, by name.
    phones: BTreeMap<String, Phone>,
    /// Every phone that was picked up, the one in hand last.
    picked_up: Vec<String>,
    finger: Finger,
    witness: Arc<Witness>,
    account: Option<String>,
    found: Option<PageView>,
    receipt: Option<ReceiptText>,
    refused: Vec<Refused>,
}

impl<'a> Runner<'a> {
    /// Opens the bank.
    pub(super) async fn open(scenario: &Scenario, sandbox: &'a mut Sandbox) -> Result<Self> {
        let profile = sandbox.open().await?;
        let customers = &sandbox.announcement()?.customers;
        let customer = customers.get(scenario.customer).context("no such customer")?.clone();
        let witness = Arc::new(Witness::default());
        witness.keeps_quiet(&customer.name.en);
        witness.keeps_quiet(&customer.name.zh);
        Ok(Self {
            sandbox,
            customer,
            locale: scenario.language,
            profile,
            phones: BTreeMap::new(),
            picked_up: vec!["Rust 测试机".to_owned()],
            finger: Finger::grow(),
            witness,
            account: None,
            found: None,
            receipt: None,
            refused: Vec::new(),
        })
    }

    /// Plays every step.
    pub(super) async fn play(&mut self, scenario: &Scenario) -> Result<()> {
        for (index, step) in scenario.steps.iter().enumerate() {
            let number = index + 1;
            self.step(step).await.with_context(|| format!("step {number}, {step:?}"))?;
            for phone in self.phones.values() {
                phone.note_tokens();
                phone.told.check_revisions()?;
            }
        }
        Ok(())
    }

    /// Fails if anything private was printed on the way. How many texts in how many printed forms.
    pub(super) fn testify(&self) -> Result<(usize, usize)> {
        self.witness.testify()
    }

    async fn step(&mut self, step: &Step) -> Result<()> {
        match step {
            Step::Do(verb) => {
                let mut verb = verb.clone();
                self.act(&mut verb).await?;
                verb.nothing_else()
            }
            Step::Expect(values) => self.expect(values),
            Step::Wait(values) => self.wait(values),
        }
    }

    fn expect(&self, values: &BTreeMap<String, Expected>) -> Result<()> {
        let world = self.world()?;
        for (path, expected) in values {
            let found = world.look(path)?;
            if !expected.holds(&found) {
                bail!("{path}: {expected} expected, {found} found");
            }
        }
        Ok(())
    }

    /// Looks again whenever something was told.
    fn wait(&self, values: &BTreeMap<String, Expected>) -> Result<()> {
        let time = Stopwatch::start();
        loop {
            let told = self.phone()?.told.count();
            let outcome = self.expect(values);
            let left = PATIENCE.saturating_sub(time.elapsed());
            if outcome.is_ok() || left.is_zero() {
                return outcome;
            }
            self.phone()?.told.more_than(told, left);
        }
    }

    pub(super) fn world(&self) -> Result<World> {
        let hand = &self.phone()?.hand;
        let mut world = World {
            found: self.found.clone(),
            receipt: self.receipt.clone(),
            refused: self.refused.clone(),
            prompt: hand.sensor.oldest().map(|prompt| (prompt.kind.name(), prompt.reason)),
            ..World::default()
        };
        let app = &hand.app;
        let views: [View; Screen::ALL.len()] = [
            app.state().into(),
            app.welcome().state().into(),
            app.lock_screen().state().into(),
            app.home().state().into(),
            app.pay().state().into(),
            app.security_centre().state().into(),
            app.step_up().state().into(),
        ];
        for view in views {
            match view {
                View::App(view) => world.app = view,
                View::Welcome(view) => world.welcome = view,
                View::Lock(view) => world.lock = view,
                View::Home(view) => world.home = view,
                View::Pay(view) => world.pay = view,
                View::Security(view) => world.security = *view,
                View::StepUp(view) => world.step_up = view,
            }
        }
        Ok(world)
    }

    async fn act(&mut self, verb: &mut Written) -> Result<()> {
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
            "lock" => self.tell(Verb::Lock),
            "unlock_with_biometrics" => self.tell(Verb::UnlockWithBiometrics),
            "unlock_with_pin" => {
                let pin = verb.text("pin")?;
                self.witness.keeps_quiet(&pin);
                self.try_to(Verb::UnlockWithPin { pin })
            }
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

    /// From here on everything is about this phone. One that was never picked up is new.
    fn pick_up(&mut self, name: String) {
        self.picked_up.retain(|known| *known != name);
        self.picked_up.push(name);
    }

    fn in_hand(&self) -> Result<&str> {
        self.picked_up.last().map(String::as_str).context("no phone is in hand")
    }

    fn start(&mut self) -> Result<()> {
        let name = self.in_hand()?;
        ensure!(!self.phones.contains_key(name), "the app is started already");
        self.switch_on()?;
        let public = Base64UrlUnpadded::encode_string(&self.finger.enrolled().to_bytes());
        self.tell(Verb::EnrolFinger { public })
    }

    fn restart(&mut self) -> Result<()> {
        let name = self.in_hand()?.to_owned();
        drop(self.phones.remove(&name));
        self.switch_on()
    }

    fn switch_on(&mut self) -> Result<()> {
        let name = self.in_hand()?.to_owned();
        let options = PhoneOptions {
            state: self.sandbox.folder(&format!("phone-{}", jose::sha256(name.clone()))),
            profile: self.profile.clone(),
            lang: self.locale,
            name: name.clone(),
            offline: false,
        };
        self.witness.keeps_quiet(&name);
        self.phones.insert(name, Phone::start(&options, &self.witness)?);
        Ok(())
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
            other => bail!("a prompt is not answered with {other}"),
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

    fn find(&mut self, verb: Verb) -> Result<()> {
        match self.phone()?.act(verb)? {
            Answer::Page(page) => self.found = Some(page),
            other => bail!("no page but {other:?}"),
        }
        Ok(())
    }

    fn tell(&self, verb: Verb) -> Result<()> {
        match self.phone()?.act(verb)? {
            Answer::Taken => Ok(()),
            other => bail!("answered with {other:?}"),
        }
    }

    /// A verb that may be refused.
    fn try_to(&mut self, verb: Verb) -> Result<()> {
        self.refused = match self.phone()?.act(verb)? {
            Answer::Taken => Vec::new(),
            Answer::Refused(refused) => refused,
            other => bail!("answered with {other:?}"),
        };
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

    fn phone(&self) -> Result<&Phone> {
        self.phones.get(self.in_hand()?).context("the app is not started")
    }
}
