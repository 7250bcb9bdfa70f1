//! Brings the phone to an ending, waits until it is at rest, and searches it.

use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};

use super::customer::Customer;
use super::endings::Ending;
use crate::conductor::phone::{PATIENCE, PhoneProcess};
use crate::conductor::stage::Stage;
use crate::lang::say;
use crate::report::Report;
use crate::search::{Found, Memory, Search};
use crate::secrets::Secrets;
use crate::stopwatch::Stopwatch;

/// How often the phone's threads are looked at.
const GLANCE: Duration = Duration::from_millis(20);

/// What an open app has to hold: if a search finds these, it would find them after an ending as well.
const IN_USE: [&str; 6] = [
    "access token",
    "refresh token",
    "vault root key",
    "account number",
    "customer's name",
    "balance",
];

/// What no longer has a use as soon as the app is open. (`SQLCipher` hides the key it uses behind a mask.)
const USED_UP: [&str; 7] = [
    "PIN",
    "key derived from the PIN",
    "pepper",
    "database key",
    "authorization code",
    "PKCE verifier",
    "state",
];

/// A phone that is watched, and the one who uses it.
pub(super) struct Watch<'a> {
    pub(super) stage: &'a mut Stage,
    pub(super) customer: Customer,
    pub(super) secrets: Secrets,
    memory: Memory,
    opened: Option<Found>,
}

/// What a search after an ending brought.
pub(super) struct Searched {
    pub(super) found: Found,
    /// How many secrets were looked for.
    pub(super) secrets: usize,
}

impl<'a> Watch<'a> {
    /// Opens the app on a phone that nobody has used. Words that stand in it already are nobody's secrets.
    pub(super) async fn begin(stage: &'a mut Stage, customer: Customer) -> Result<Self> {
        stage.open_phone(true).await?;
        stage.phone()?.enrol_finger(&customer.finger).await?;
        let memory = Memory::of(stage.phone()?.process()?);
        let mut secrets = Secrets::default();
        secrets.add_customer(&customer.sign_in, &stage.books()?)?;
        let mut watch = Self { stage, customer, secrets, memory, opened: None };
        let anyway = watch.look().await?;
        watch.secrets.wanted.forget(&anyway);
        let pin = watch.customer.pin.clone();
        watch.secrets.add_pin_in_force(&pin);
        Ok(watch)
    }

    /// Brings the session to this end and looks for what is left of it.
    pub(super) async fn end_by(&mut self, ending: Ending) -> Result<Searched> {
        self.bring_about(ending).await.with_context(|| ending.name())?;
        let mut found = self.look().await?;
        found.allow(ending.keeps());
        Ok(Searched { found, secrets: self.secrets.wanted.count() })
    }

    /// Looks at the open app, once: what is in use is there, what is used up is not.
    pub(super) async fn look_at_the_open_app(&mut self) -> Result<()> {
        if self.opened.is_none() {
            let found = self.look().await?;
            let missing: Vec<_> = IN_USE.into_iter().filter(|what| !found.has(what)).collect();
            ensure!(
                missing.is_empty(),
                "the search does not find what an open app holds: {missing:?}"
            );
            let unknown: Vec<_> =
                USED_UP.into_iter().filter(|what| !self.secrets.wanted.has(what)).collect();
            ensure!(unknown.is_empty(), "these are not looked for: {unknown:?}");
            let left: Vec<_> = USED_UP.into_iter().filter(|what| found.has(what)).collect();
            ensure!(left.is_empty(), "an open app holds what it needs no more: {left:?}");
            self.opened = Some(found);
        }
        Ok(())
    }

    /// Searches memory, files and log of a phone that is at rest.
    async fn look(&mut self) -> Result<Found> {
        self.learn()?;
        self.until_at_rest().await?;
        let search = Search::new(&self.secrets.wanted)?;
        let folders = self.stage.phone_folder()?.folders();
        let log = self.stage.folder("phone.log");
        let files = search.files(&[&folders.app, &folders.store, &folders.chip])?;
        let mut found = self.memory.search(&search)?.and(files);
        search.look(&std::fs::read(log)?, "the log", &mut found);
        Ok(found)
    }

    /// Notes what the phone keeps now.
    pub(super) fn learn(&mut self) -> Result<()> {
        let folders = self.stage.phone_folder()?.folders();
        self.secrets.learn(&folders, &self.customer.finger)
    }

    /// Waits until no thread of the phone has anything to do.
    async fn until_at_rest(&self) -> Result<()> {
        let time = Stopwatch::start();
        let mut before = None;
        while time.elapsed() < PATIENCE {
            let now = self.memory.activity()?;
            if now.is_some() && now == before {
                return Ok(());
            }
            before = now;
            tokio::time::sleep(GLANCE).await;
        }
        bail!("the phone does not come to rest")
    }

    pub(super) fn phone(&mut self) -> Result<&mut PhoneProcess> {
        self.stage.phone()
    }

    /// Says what an open app held.
    pub(super) fn finish(&self, report: &mut Report) -> Result<()> {
        let locale = self.stage.locale;
        let opened = self.opened.as_ref().context("the app was never open")?;
        let secrets = self.secrets.wanted.count();
        report.count("secrets", u64::try_from(secrets)?);
        report.check(
            "the-search-finds",
            say!(
                locale,
                "the same search finds tokens, keys, numbers, names and balances while the app is open",
                "同样的搜索，在应用打开时能找到令牌、密钥、账号、姓名与余额"
            ),
            IN_USE.iter().all(|what| opened.has(what)),
            || opened.describe(),
        )?;
        Ok(())
    }
}
