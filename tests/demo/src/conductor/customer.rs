//! A customer who knows what they want and goes on from wherever the phone is: nothing is remembered but what the screens show.

use std::collections::BTreeSet;
use std::time::Duration;

use anyhow::{Context as _, Result, bail};

use crate::conductor::bank::{Announcement, SignIn};
use crate::conductor::day::what_is_left;
use crate::conductor::person;
use crate::conductor::phone::{PATIENCE, PhoneFolder, PhoneProcess, Views};
use crate::conductor::stage::{PIN, Stage};
use crate::lang::Locale;
use crate::phone::hardware::Finger;
use crate::phone::talk::{
    ActivityRow, Answer, Place, PromptKind, Stage as Standing, Touch, Verb, WayIn,
};
use crate::stopwatch::Stopwatch;
use base64ct::{Base64UrlUnpadded, Encoding as _};

/// How long the customer looks at a screen that does not change before doing something about it.
const PAUSE: Duration = Duration::from_millis(150);

/// What the customer wants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    /// To be in: signed in, enrolled, PIN and finger set.
    Open,
    /// To see everything the bank has.
    Synced,
    /// To be asked for a finger for a payment that is not one of these.
    Asked(BTreeSet<String>),
    /// To have a payment on its way that is not one of these, and no answer yet.
    Sent(BTreeSet<String>),
    /// To have one payment made that is not one of these.
    Paid(BTreeSet<String>),
    /// To have an answer to one payment that is not one of these, whatever it is.
    Decided(BTreeSet<String>),
    /// That this phone, which the bank has revoked, forgets everything.
    Forgotten,
}

/// Who the customer is and what they type.
#[derive(Clone)]
pub(super) struct Customer {
    pub(super) bank: Announcement,
    pub(super) sign_in: SignIn,
    pub(super) locale: Locale,
    pub(super) finger: Finger,
    pub(super) pin: &'static str,
    /// Account number and name of whom they pay.
    pub(super) payee: (String, String),
    pub(super) amount: &'static str,
}

impl Customer {
    /// The stage's customer, who pays the stage's payee this much.
    pub(super) fn of(stage: &Stage, amount: &'static str) -> Result<Self> {
        Ok(Self {
            bank: stage.announcement()?.clone(),
            sign_in: stage.customer()?.clone(),
            locale: stage.locale,
            finger: stage.finger.clone(),
            pin: PIN,
            payee: stage.payee()?,
            amount,
        })
    }

    /// Does what has to be done until the wish is fulfilled.
    pub(super) async fn pursue(&self, wish: &Wish, phone: &mut PhoneProcess) -> Result<Views> {
        let time = Stopwatch::start();
        loop {
            let views = phone.views();
            // Half of a first sync looks like a whole one: only being asked again and having nothing more tells.
            let views = match wish {
                Wish::Synced if is_fulfilled(wish, &views) => phone.refresh().await?,
                _ => views,
            };
            if is_fulfilled(wish, &views) {
                return Ok(views);
            }
            if time.elapsed() > PATIENCE {
                bail!("the customer gives up; {}", phone.describe());
            }
            self.act(wish, &views, phone).await?;
            let seen = views.told;
            phone.within(PAUSE, |views| views.told != seen).await?;
        }
    }

    /// As [`Self::pursue`]; a wipe is waited for until nothing is left on the disk, which the screens do not show.
    pub(super) async fn pursue_to_the_last(
        &self,
        wish: &Wish,
        phone: &mut PhoneProcess,
        folder: &PhoneFolder,
    ) -> Result<()> {
        self.pursue(wish, phone).await?;
        if *wish == Wish::Forgotten {
            what_is_left(folder).await?;
        }
        Ok(())
    }

    async fn act(&self, wish: &Wish, views: &Views, phone: &mut PhoneProcess) -> Result<()> {
        if views.prompt.is_some() {
            let touch = Touch::Finger(Base64UrlUnpadded::encode_string(&self.finger.to_bytes()));
            phone.answer_prompt(touch).await?;
            return Ok(());
        }
        if let Some(card) = &views.step_up.card {
            return if card.busy || card.biometric.is_none() {
                Ok(())
            } else {
                phone.tell(Verb::StepUpWithBiometrics).await
            };
        }
        match views.app.place {
            Place::Welcome if *wish == Wish::Forgotten => Ok(()),
            Place::Welcome if !views.welcome.busy => self.come_in(views, phone).await,
            Place::Locked if !views.lock.busy => self.unlock(views, phone).await,
            Place::Open => self.act_inside(wish, views, phone).await,
            Place::Welcome | Place::Locked => Ok(()),
        }
    }

    async fn come_in(&self, views: &Views, phone: &mut PhoneProcess) -> Result<()> {
        match views.welcome.step {
            WayIn::SignIn => phone.tell(Verb::Begin).await,
            WayIn::Browser => {
                let (id, url) = views.welcome.browser.clone().context("no page to open")?;
                match person::visit(&self.bank, &self.sign_in, &url, self.locale).await {
                    Ok(visit) => {
                        phone.tell(Verb::BrowserReturned { id, url: visit.redirect }).await
                    }
                    // The bank is gone, or the page is used up: the customer closes it and begins again.
                    Err(_) => phone.tell(Verb::BrowserClosed { id }).await,
                }
            }
            WayIn::Enrol => phone.tell(Verb::Enrol).await,
            WayIn::ChoosePin => phone.tell(Verb::ChoosePin { pin: self.pin.to_owned() }).await,
            WayIn::OfferBiometrics => phone.tell(Verb::UseBiometrics).await,
            WayIn::Done => Ok(()),
        }
    }

    async fn unlock(&self, views: &Views, phone: &mut PhoneProcess) -> Result<()> {
        if views.lock.biometric.is_some() {
            phone.tell(Verb::UnlockWithBiometrics).await
        } else {
            phone.tell(Verb::UnlockWithPin { pin: self.pin.to_owned() }).await
        }
    }

    async fn act_inside(&self, wish: &Wish, views: &Views, phone: &mut PhoneProcess) -> Result<()> {
        let idle = views.home.content.as_ref().is_some_and(|home| home.progress.is_none());
        match wish {
            Wish::Synced | Wish::Forgotten if idle => phone.tell(Verb::Refresh).await,
            Wish::Open | Wish::Synced | Wish::Forgotten => Ok(()),
            Wish::Asked(_) | Wish::Sent(_) | Wish::Paid(_) | Wish::Decided(_)
                if !views.is_synced() && idle =>
            {
                phone.tell(Verb::Refresh).await
            }
            Wish::Asked(known) | Wish::Sent(known) | Wish::Paid(known) | Wish::Decided(known) => {
                self.pay(known, views, phone).await
            }
        }
    }

    async fn pay(
        &self,
        known: &BTreeSet<String>,
        views: &Views,
        phone: &mut PhoneProcess,
    ) -> Result<()> {
        // The screens come one by one: what is not there yet is not empty.
        if views.pay.content.is_none() {
            return Ok(());
        }
        let Some(payment) = new_payment(known, views) else {
            return self.draft(views, phone).await;
        };
        let id = payment.id.clone();
        match payment.stage {
            Standing::Draft | Standing::NotSent => phone.tell(Verb::Review { id }).await,
            Standing::Review => match views.review().filter(|card| card.id == id) {
                Some(card) => {
                    let digest = card.digest.clone();
                    // Refused where it has expired meanwhile; the screen then says so, and it is reviewed again.
                    match phone.ask(Verb::Approve { id, digest }).await? {
                        Answer::Taken | Answer::Refused(_) => Ok(()),
                        other => bail!("an approval was answered with {other:?}"),
                    }
                }
                None => phone.tell(Verb::OpenPayment { id }).await,
            },
            Standing::Sending | Standing::Unknown => phone.tell(Verb::Resolve).await,
            Standing::Confirmed => Ok(()),
            Standing::Rejected => bail!("the payment was rejected: {}", payment.status),
        }
    }

    async fn draft(&self, views: &Views, phone: &mut PhoneProcess) -> Result<()> {
        let Ok(home) = views.home_content() else { return Ok(()) };
        let Some(from) = home.accounts.first() else { return Ok(()) };
        let (to_account, to_name) = self.payee.clone();
        let draft = Verb::Draft {
            from: from.id.clone(),
            to_name,
            to_account,
            amount: self.amount.to_owned(),
            note: String::new(),
        };
        phone.tell(draft).await
    }
}

fn is_fulfilled(wish: &Wish, views: &Views) -> bool {
    match wish {
        Wish::Open => views.app.place == Place::Open,
        Wish::Synced => {
            let trouble = |home: &crate::phone::talk::HomeContent| {
                home.notice.is_some() || home.offline.is_some()
            };
            views.is_synced() && !views.home.content.as_ref().is_some_and(trouble)
        }
        Wish::Asked(known) => {
            let is_asked =
                views.prompt.as_ref().is_some_and(|prompt| prompt.kind == PromptKind::Approval);
            is_asked && new_payment(known, views).is_some()
        }
        Wish::Paid(known) => {
            new_payment(known, views).is_some_and(|payment| payment.stage == Standing::Confirmed)
        }
        Wish::Sent(known) => {
            new_payment(known, views).is_some_and(|payment| payment.stage == Standing::Unknown)
        }
        Wish::Decided(known) => new_payment(known, views).is_some_and(|payment| {
            matches!(payment.stage, Standing::Confirmed | Standing::Rejected)
        }),
        Wish::Forgotten => {
            views.app.place == Place::Welcome
                && views.welcome.step == WayIn::SignIn
                && !views.welcome.busy
        }
    }
}

pub(super) fn new_payment<'a>(
    known: &BTreeSet<String>,
    views: &'a Views,
) -> Option<&'a ActivityRow> {
    views.pay.content.as_ref()?.activity.iter().find(|payment| !known.contains(&payment.id))
}
