//! Plays a scenario, step by step.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use base64ct::{Base64UrlUnpadded, Encoding as _};

use super::file::{Expected, Scenario, Step};
use super::paths::World;
use super::phone::Phone;
use super::witness::Witness;
use crate::conductor::{Sandbox, SignIn};
use crate::jose;
use crate::lang::Locale;
use crate::phone::PhoneOptions;
use crate::phone::hardware::Finger;
use crate::phone::talk::{Answer, PageView, ReceiptText, Refused, Screen, Verb, View};
use crate::stopwatch::Stopwatch;

/// How long a wait waits.
pub(super) const PATIENCE: Duration = Duration::from_secs(30);

/// The runner of one scenario.
pub(super) struct Runner<'a> {
    pub(super) sandbox: &'a Sandbox,
    pub(super) customer: SignIn,
    pub(super) locale: Locale,
    profile: PathBuf,
    /// Those that are on, by name.
    phones: BTreeMap<String, Phone>,
    /// Every phone that was picked up, the one in hand last.
    picked_up: Vec<String>,
    pub(super) finger: Finger,
    pub(super) witness: Arc<Witness>,
    pub(super) account: Option<String>,
    pub(super) found: Option<PageView>,
    pub(super) receipt: Option<ReceiptText>,
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
    pub(super) fn wait(&self, values: &BTreeMap<String, Expected>) -> Result<()> {
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
            app.lock_settings().state().into(),
            app.approval().state().into(),
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
                View::LockSettings(view) => world.lock_settings = view,
                View::Approval(view) => world.approval = view,
            }
        }
        Ok(world)
    }

    /// From here on everything is about this phone. One that was never picked up is new.
    pub(super) fn pick_up(&mut self, name: String) {
        self.picked_up.retain(|known| *known != name);
        self.picked_up.push(name);
    }

    fn in_hand(&self) -> Result<&str> {
        self.picked_up.last().map(String::as_str).context("no phone is in hand")
    }

    pub(super) fn start(&mut self) -> Result<()> {
        let name = self.in_hand()?;
        ensure!(!self.phones.contains_key(name), "the app is started already");
        self.switch_on()?;
        let public = Base64UrlUnpadded::encode_string(&self.finger.enrolled().to_bytes());
        self.tell(Verb::EnrolFinger { public })
    }

    pub(super) fn restart(&mut self) -> Result<()> {
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

    pub(super) fn find(&mut self, verb: Verb) -> Result<()> {
        match self.phone()?.act(verb)? {
            Answer::Page(page) => self.found = Some(page),
            other => bail!("no page but {other:?}"),
        }
        Ok(())
    }

    pub(super) fn tell(&self, verb: Verb) -> Result<()> {
        match self.phone()?.act(verb)? {
            Answer::Taken => Ok(()),
            other => bail!("answered with {other:?}"),
        }
    }

    /// A verb that may be refused.
    pub(super) fn try_to(&mut self, verb: Verb) -> Result<()> {
        self.refused = match self.phone()?.act(verb)? {
            Answer::Taken => Vec::new(),
            Answer::Refused(refused) => refused,
            other => bail!("answered with {other:?}"),
        };
        Ok(())
    }

    pub(super) fn phone(&self) -> Result<&Phone> {
        self.phones.get(self.in_hand()?).context("the app is not started")
    }
}
