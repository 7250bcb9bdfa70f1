//! What the customer does, screen by screen: each act waits for the screen it needs and for the one it leads to. The day tells its
//! story with these, the kill loop repeats them.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use super::phone::{PATIENCE, PhoneProcess, Views};
use crate::phone::hardware::Finger;
use crate::phone::talk::{
    ActivityRow, Answer, Card, DraftCard, HomeContent, PageView, PayContent, Place, Prompt,
    ReceiptText, ReviewCard, Stage, Verb,
};
use crate::stopwatch::Stopwatch;
use base64ct::{Base64UrlUnpadded, Encoding as _};

/// How often the customer glances at what has no state of its own.
const GLANCE: Duration = Duration::from_millis(10);

impl Views {
    /// The home screen, if the app is open.
    pub(crate) fn home_content(&self) -> Result<&HomeContent> {
        self.home.content.as_ref().context("the home screen is empty")
    }

    /// The pay screen, if the app is open.
    pub(crate) fn pay_content(&self) -> Result<&PayContent> {
        self.pay.content.as_ref().context("the pay screen is empty")
    }

    /// Every payment on the screen, by its id.
    pub(crate) fn payment_ids(&self) -> Result<BTreeSet<String>> {
        Ok(self.pay_content()?.activity.iter().map(|row| row.id.clone()).collect())
    }

    /// The draft that waits to be checked, if it is on the screen.
    pub(crate) fn draft(&self) -> Option<&DraftCard> {
        match self.pay.content.as_ref()?.card.as_ref()? {
            Card::Draft(card) => Some(card),
            Card::Review(_) => None,
        }
    }

    /// The newest payment.
    pub(crate) fn payment(&self) -> Option<&ActivityRow> {
        self.pay.content.as_ref()?.activity.first()
    }

    /// Where the newest payment stands.
    pub(crate) fn stage(&self) -> Option<Stage> {
        self.payment().map(|payment| payment.stage)
    }

    /// The words to approve, if they are on the screen.
    pub(crate) fn review(&self) -> Option<&ReviewCard> {
        match self.pay.content.as_ref()?.card.as_ref()? {
            Card::Review(card) => Some(card),
            Card::Draft(_) => None,
        }
    }

    /// Whether the home screen shows what the bank has, and nothing is being fetched.
    pub(crate) fn is_synced(&self) -> bool {
        self.home.content.as_ref().is_some_and(|home| {
            !home.accounts.is_empty() && !home.recent.is_empty() && home.progress.is_none()
        })
    }
}

impl PhoneProcess {
    /// In the phone's settings: the customer's finger.
    pub(crate) async fn enrol_finger(&mut self, finger: &Finger) -> Result<()> {
        let public = Base64UrlUnpadded::encode_string(&finger.enrolled().to_bytes());
        self.tell(Verb::EnrolFinger { public }).await
    }

    /// Begins to sign in: the browser is asked for.
    pub(crate) async fn begin_sign_in(&mut self) -> Result<(u64, String)> {
        self.tell(Verb::Begin).await?;
        let views = self
            .until("the browser", |views| views.welcome.browser.is_some() || failed(views))
            .await?;
        let notice = views.welcome.notice.map(|notice| notice.text).unwrap_or_default();
        views.welcome.browser.with_context(|| format!("no browser was asked for: {notice}"))
    }

    /// Enrols this phone: makes the approval key and proves it with a finger.
    pub(crate) async fn enrol(&mut self, finger: &Finger) -> Result<Prompt> {
        self.tell(Verb::Enrol).await?;
        let prompt = self.touch(finger).await?;
        self.until("the end of enrolling", |views| !views.welcome.busy).await?;
        Ok(prompt)
    }

    /// Opens the app with a finger.
    pub(crate) async fn unlock_with(&mut self, finger: &Finger) -> Result<Views> {
        self.tell(Verb::UnlockWithBiometrics).await?;
        self.touch(finger).await?;
        self.until("the app to open or to say why not", |views| {
            !views.lock.busy && (views.app.place == Place::Open || views.lock.notice.is_some())
        })
        .await
    }

    /// Opens the app with a PIN, or does not.
    pub(crate) async fn unlock_with_pin(&mut self, pin: &str) -> Result<Views> {
        self.tell(Verb::UnlockWithPin { pin: pin.to_owned() }).await?;
        self.until("the app to open or to say why not", |views| {
            !views.lock.busy && (views.app.place != Place::Locked || views.lock.notice.is_some())
        })
        .await
    }

    /// Locks the app.
    pub(crate) async fn lock(&mut self) -> Result<Views> {
        self.tell(Verb::Lock).await?;
        self.until_at(Place::Locked).await
    }

    /// Asks the bank for what is new, and waits until it has answered or cannot be reached.
    pub(crate) async fn refresh(&mut self) -> Result<Views> {
        let before = self.traffic().await?;
        self.tell(Verb::Refresh).await?;
        // What is fetched changes the screen or it does not; that the bank was asked shows in the count alone.
        let time = Stopwatch::start();
        while self.traffic().await? == before {
            if time.elapsed() > PATIENCE {
                bail!("the phone does not ask the bank; {}", self.describe());
            }
            tokio::time::sleep(GLANCE).await;
        }
        self.until("the end of a refresh", |views| {
            views.home.content.as_ref().is_none_or(|home| home.progress.is_none())
        })
        .await
    }

    /// A page of an account.
    pub(crate) async fn page(&mut self, account: &str, older: Option<i64>) -> Result<PageView> {
        self.paged(Verb::Page { account: account.to_owned(), older }).await
    }

    /// How many transactions of an account are in the vault, page by page.
    pub(crate) async fn count_rows(&mut self, account: &str) -> Result<i64> {
        let (mut count, mut older) = (0, None);
        loop {
            let page = self.page(account, older).await?;
            count += i64::try_from(page.rows.len())?;
            older = page.older;
            if older.is_none() {
                return Ok(count);
            }
        }
    }

    /// What is found for `query`.
    pub(crate) async fn search(&mut self, query: &str) -> Result<PageView> {
        self.paged(Verb::Search { query: query.to_owned(), older: None }).await
    }

    async fn paged(&mut self, verb: Verb) -> Result<PageView> {
        match self.ask(verb).await? {
            Answer::Page(page) => Ok(page),
            other => bail!("no page but {other:?}"),
        }
    }

    /// Lays a draft before the bank; the words to approve are on the screen afterwards.
    pub(crate) async fn review(&mut self, id: &str) -> Result<ReviewCard> {
        self.tell(Verb::Review { id: id.to_owned() }).await?;
        let views = self
            .until("the words to approve", |views| {
                views.review().is_some_and(|card| card.id == id)
                    || views
                        .pay
                        .content
                        .as_ref()
                        .is_some_and(|pay| pay.busy.is_none() && pay.notice.is_some())
            })
            .await?;
        let notice = views.pay_content()?.notice.as_ref().map(|notice| notice.text.clone());
        let card = views.review().cloned();
        card.with_context(|| format!("no words to approve: {}", notice.unwrap_or_default()))
    }

    /// Approves what is on the screen and lays this finger on the sensor.
    pub(crate) async fn approve(&mut self, card: &ReviewCard, finger: &Finger) -> Result<Prompt> {
        self.tell(Verb::Approve { id: card.id.clone(), digest: card.digest.clone() }).await?;
        self.touch(finger).await
    }

    /// Waits until the newest payment stands here.
    pub(crate) async fn until_stage(&self, stage: Stage) -> Result<Views> {
        self.until(&format!("the payment to be {stage:?}"), |views| views.stage() == Some(stage))
            .await
    }

    /// The receipt of a payment.
    pub(crate) async fn receipt(&mut self, id: &str) -> Result<ReceiptText> {
        match self.ask(Verb::Receipt { id: id.to_owned() }).await? {
            Answer::Receipt(Some(receipt)) => Ok(receipt),
            other => bail!("no receipt but {other:?}"),
        }
    }
}

/// A try on the way in came to nothing.
fn failed(views: &Views) -> bool {
    !views.welcome.busy && views.welcome.notice.is_some()
}
