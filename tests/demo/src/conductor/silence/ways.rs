//! How each ending comes about.

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use super::endings::Ending;
use super::watch::Watch;
use crate::conductor::day::what_is_left;
use crate::conductor::person;
use crate::conductor::phone::Views;
use crate::phone::talk::{Answer, Place, ReviewCard, Stage as At, Touch, Verb, WayIn};

const SYNC: &str = "GET /v1/sync";
const DEVICES: &str = "GET /v1/devices";
/// Longer than the longest wait after a wrong PIN.
const AN_HOUR_AND_MORE: u64 = 4_000;
/// Longer than an app may be in the background.
const TWO_MINUTES: u64 = 120;

impl Watch<'_> {
    /// Leaves the app locked, signed out or wiped.
    pub(super) async fn bring_about(&mut self, ending: Ending) -> Result<()> {
        match ending {
            Ending::BrowserClosed
            | Ending::SignInDenied
            | Ending::CodeExpired
            | Ending::TokensLost
            | Ending::EnrolmentCancelled => self.on_the_way_in(ending).await,
            Ending::RevokedLocked
            | Ending::RevokedOpen
            | Ending::SignedOut
            | Ending::TenWrongPins => {
                self.open().await?;
                self.wiped(ending).await?;
                self.phone()?.until_at(Place::Welcome).await?;
                ensure!(
                    what_is_left(&self.stage.phone_folder()?).await?.is_empty(),
                    "a wipe left something"
                );
                self.until_unused().await
            }
            _ => {
                self.open().await?;
                self.locked(ending).await?;
                self.phone()?.until_at(Place::Locked).await?;
                self.phone()?
                    .until("empty screens", |views| {
                        !views.lock.busy
                            && views.home.content.is_none()
                            && views.pay.content.is_none()
                    })
                    .await?;
                self.stage.lead_to_bank_if_cut().await?;
                self.stage.control()?.behave().await?;
                self.until_unused().await
            }
        }
    }

    async fn on_the_way_in(&mut self, ending: Ending) -> Result<()> {
        let (id, url) = self.phone()?.begin_sign_in().await?;
        self.learn()?;
        let customer = &self.customer;
        let (bank, who, locale) = (&customer.bank, &customer.sign_in, customer.locale);
        let control = self.stage.control()?;
        match ending {
            Ending::BrowserClosed => {
                self.phone()?.tell(Verb::BrowserClosed { id }).await?;
            }
            Ending::SignInDenied => {
                let visit = person::refuse(bank, who, &url, locale).await?;
                self.return_from_browser(id, visit.redirect).await?;
            }
            _ => {
                let visit = person::visit(bank, who, &url, locale).await?;
                match ending {
                    Ending::CodeExpired => {
                        control.switch(json!({"clock_offset_s": TWO_MINUTES})).await?;
                    }
                    Ending::TokensLost => {
                        let loss = json!({"path": "/oauth/token", "method": "POST", "times": 1});
                        control.switch(json!({"lose_response": loss})).await?;
                    }
                    _ => {}
                }
                self.return_from_browser(id, visit.redirect).await?;
            }
        }
        self.phone()?.until("the end of the turn", |views| !views.welcome.busy).await?;
        control.behave().await?;
        if ending == Ending::EnrolmentCancelled {
            self.phone()?.until("to enrol", |views| views.welcome.step == WayIn::Enrol).await?;
            self.phone()?.tell(Verb::Enrol).await?;
            self.phone()?.answer_prompt(Touch::Cancel).await?;
            self.phone()?.until("the end of the turn", |views| !views.welcome.busy).await?;
        } else {
            let step = self.phone()?.views().welcome.step;
            ensure!(step == WayIn::SignIn, "signed in all the same: {step:?}");
        }
        Ok(())
    }

    async fn locked(&mut self, ending: Ending) -> Result<()> {
        let control = self.stage.control()?;
        match ending {
            Ending::Locked => {}
            Ending::DrawingLocked => {
                self.learn()?;
                return self.phone()?.tell(Verb::LockWhileDrawing).await;
            }
            Ending::WrongPin => {
                self.lock().await?;
                let pin = self.customer.wrong_pin.clone();
                self.secrets.add_pin(&pin);
                self.phone()?.unlock_with_pin(&pin).await?;
                return Ok(());
            }
            Ending::WrongFinger => {
                self.lock().await?;
                let stranger = self.customer.stranger.clone();
                self.phone()?.unlock_with(&stranger).await?;
                return Ok(());
            }
            Ending::PromptCancelled => {
                self.lock().await?;
                self.phone()?.tell(Verb::UnlockWithBiometrics).await?;
                self.phone()?.answer_prompt(Touch::Cancel).await?;
                return Ok(());
            }
            Ending::SyncLocked => {
                control.switch(json!({"delay_ms": 20_000})).await?;
                self.ask_the_bank().await?;
            }
            Ending::SyncGarbled => {
                for how in ["garbage", "truncate", "wrong_types", "huge"] {
                    let garble = json!({"path": "/v1/sync", "how": how, "times": 1});
                    control.switch(json!({"garble": garble})).await?;
                    self.phone()?.refresh().await?;
                }
            }
            Ending::NetworkLost => {
                control.switch(json!({"delay_ms": 20_000})).await?;
                self.ask_the_bank().await?;
                self.stage.cut().await?;
                self.phone()?
                    .until("the end of the sync", |views| {
                        views.home.content.as_ref().is_some_and(|home| home.progress.is_none())
                    })
                    .await?;
            }
            Ending::AnswerLost => {
                let card = self.review().await?;
                control.lose_answers_to_intents(1_000).await?;
                let finger = self.customer.finger.clone();
                self.phone()?.approve(&card, &finger).await?;
                self.phone()?.until_stage(At::Unknown).await?;
            }
            Ending::PromptLocked => {
                let card = self.review().await?;
                let approve = Verb::Approve { id: card.id, digest: card.digest };
                self.phone()?.tell(approve).await?;
                self.phone()?.until("the sensor", |views| views.prompt.is_some()).await?;
            }
            Ending::AwayTooLong => {
                self.phone()?.tell(Verb::Background).await?;
                self.phone()?.tell(Verb::TimePasses { seconds: TWO_MINUTES }).await?;
                return self.phone()?.tell(Verb::Foreground).await;
            }
            Ending::Panicked => {
                let words =
                    format!("the balance of {} is {}", self.customer.note, self.customer.pin);
                let answer = self.phone()?.ask(Verb::Stumble { words }).await?;
                ensure!(answer == Answer::Failed, "no panic: {answer:?}");
            }
            _ => return self.locked_at_the_bank(ending).await,
        }
        self.lock().await
    }

    /// Endings that the bank has a part in.
    async fn locked_at_the_bank(&mut self, ending: Ending) -> Result<()> {
        let control = self.stage.control()?;
        match ending {
            Ending::CheckedIn | Ending::RefreshedLocked => {
                self.lock().await?;
                self.until_unused().await?;
                let before = control.requests_to(DEVICES).await?;
                let refreshed = ending == Ending::RefreshedLocked;
                if refreshed {
                    control.expire_tokens().await?;
                }
                self.phone()?.tell(Verb::Foreground).await?;
                let wanted = before + 1 + u64::from(refreshed);
                control.until_requests_to(DEVICES, wanted).await?;
                self.until_unused().await?;
                self.learn()
            }
            Ending::RefreshRefused => {
                self.revoke_tokens().await?;
                control.expire_tokens().await?;
                self.phone()?.tell(Verb::Refresh).await?;
                self.phone()?
                    .until("the end of the session", |views| {
                        views.home.content.as_ref().is_some_and(|home| home.sign_in.is_some())
                    })
                    .await?;
                self.lock().await
            }
            Ending::SignedInAgain => {
                self.visit_the_bank().await?;
                self.phone()?.until("the end of the turn", |views| !views.welcome.busy).await?;
                self.learn()?;
                self.phone()?.refresh().await?;
                self.lock().await
            }
            other => anyhow::bail!("{other:?} is not brought about here"),
        }
    }

    async fn wiped(&mut self, ending: Ending) -> Result<()> {
        match ending {
            Ending::RevokedLocked => {
                self.lock().await?;
                self.revoke_device().await?;
                self.phone()?.tell(Verb::Foreground).await
            }
            Ending::RevokedOpen => {
                self.revoke_device().await?;
                self.phone()?.tell(Verb::Refresh).await
            }
            Ending::SignedOut => self.phone()?.tell(Verb::SignOut).await,
            Ending::TenWrongPins => {
                self.lock().await?;
                let pin = self.customer.wrong_pin.clone();
                for _ in 0..10 {
                    self.phone()?.tell(Verb::TimePasses { seconds: AN_HOUR_AND_MORE }).await?;
                    self.phone()?.unlock_with_pin(&pin).await?;
                }
                Ok(())
            }
            other => anyhow::bail!("{other:?} is not brought about here"),
        }
    }

    /// Opens the app and lets it bring itself up to date, from wherever it is.
    async fn open(&mut self) -> Result<()> {
        let control = self.stage.control()?;
        let before = control.requests_to(SYNC).await?;
        let opens = self.phone()?.views().app.place != Place::Open;
        match self.phone()?.views().app.place {
            Place::Welcome => self.come_in().await?,
            Place::Locked => {
                self.phone()?.tell(Verb::TimePasses { seconds: 5 }).await?;
                let pin = self.customer.pin.clone();
                let finger = self.customer.finger.clone();
                if self.phone()?.views().lock.notice.is_some() {
                    self.phone()?.unlock_with_pin(&pin).await?;
                } else {
                    self.phone()?.unlock_with(&finger).await?;
                }
            }
            Place::Open => {}
        }
        let views = self
            .phone()?
            .until("the screens", |views| {
                views.home.content.is_some() && views.pay.content.is_some() && !views.lock.busy
            })
            .await?;
        if opens && views.home_content()?.sign_in.is_none() {
            control.until_requests_to(SYNC, before + 1).await?;
            // What the screens show is as new as this answer: the sync has begun, or is over.
            self.phone()?.traffic().await?;
        }
        self.phone()?.until("the end of a sync", Views::is_synced).await?;
        self.learn()?;
        self.look_at_the_open_app().await
    }

    async fn come_in(&mut self) -> Result<()> {
        if self.phone()?.views().welcome.step == WayIn::SignIn {
            self.visit_the_bank().await?;
        }
        self.phone()?
            .until("to enrol", |views| !views.welcome.busy && views.welcome.step == WayIn::Enrol)
            .await?;
        self.learn()?;
        let finger = self.customer.finger.clone();
        self.phone()?.enrol(&finger).await?;
        let pin = self.customer.pin.clone();
        self.phone()?.tell(Verb::ChoosePin { pin }).await?;
        self.phone()?
            .until("the offer of biometrics", |views| {
                views.welcome.step == WayIn::OfferBiometrics && !views.welcome.busy
            })
            .await?;
        self.phone()?.tell(Verb::UseBiometrics).await
    }

    /// Signs in on the bank's page and brings the redirect back.
    async fn visit_the_bank(&mut self) -> Result<()> {
        let (id, url) = self.phone()?.begin_sign_in().await?;
        self.learn()?;
        let customer = &self.customer;
        let visit = person::visit(&customer.bank, &customer.sign_in, &url, customer.locale).await?;
        self.return_from_browser(id, visit.redirect).await
    }

    async fn return_from_browser(&mut self, id: u64, redirect: String) -> Result<()> {
        self.secrets.add_redirect(&redirect)?;
        self.phone()?.tell(Verb::BrowserReturned { id, url: redirect }).await
    }

    async fn lock(&mut self) -> Result<()> {
        self.learn()?;
        self.phone()?.lock().await?;
        Ok(())
    }

    /// Begins a sync and returns once the bank has it.
    async fn ask_the_bank(&mut self) -> Result<()> {
        let control = self.stage.control()?;
        let before = control.requests_to(SYNC).await?;
        self.phone()?.tell(Verb::Refresh).await?;
        control.until_requests_to(SYNC, before + 1).await
    }

    /// Lays a payment before the bank.
    async fn review(&mut self) -> Result<ReviewCard> {
        let ((to_account, to_name), amount, note) =
            (self.customer.payee.clone(), self.customer.amount, self.customer.note.clone());
        self.secrets.add_payment(&to_name, &to_account, amount, &note);
        let home = self.phone()?.views();
        let from = home.home_content()?.accounts.first().context("no account")?.id.clone();
        let draft = Verb::Draft { from, to_name, to_account, amount: amount.to_owned(), note };
        self.phone()?.tell(draft).await?;
        let id = self.phone()?.views().draft().context("no draft")?.id.clone();
        self.phone()?.review(&id).await
    }

    async fn revoke_device(&mut self) -> Result<()> {
        let control = self.stage.control()?;
        for device in control.devices(&self.customer.sign_in.username).await? {
            control.revoke(&device.device_id).await?;
        }
        Ok(())
    }

    /// Somebody ends the session at the bank, with a copy of everything the phone has.
    async fn revoke_tokens(&self) -> Result<()> {
        let phone = self.stage.phone_folder()?.state;
        let loot = crate::thief::loot::Loot::carry_off(&phone, &self.stage.folder("copy"))?;
        let bank = &self.customer.bank;
        crate::thief::end_session(&loot, &bank.issuer, &bank.ca_pem).await
    }

    async fn until_unused(&mut self) -> Result<()> {
        self.stage.link()?.until_unused().await;
        Ok(())
    }
}
