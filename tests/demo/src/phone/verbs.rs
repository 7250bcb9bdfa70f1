//! The verbs, carried out on the facade.

use std::sync::Arc;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use guichet_app::{App, PageMark, PayForm, Place};
use guichet_foundation::ports::PromptId;
use guichet_foundation::sensitivity::{C2, C3};

use super::hardware::{EnrolledFinger, FileStore, Folders};
use super::sensor::{Sensor, Touched};
use super::surroundings::{SystemClock, ToldNetwork};
use super::talk::{Answer, Refused, Revisions, Verb};
use super::views::lock_after;

/// The phone, ready to be used.
pub(crate) struct Hand {
    pub(crate) app: Arc<App>,
    pub(crate) folders: Folders,
    pub(crate) store: Arc<FileStore>,
    pub(crate) sensor: Arc<Sensor>,
    pub(crate) network: Arc<ToldNetwork>,
    pub(crate) clock: Arc<SystemClock>,
}

impl Hand {
    /// Does what is asked. A verb that names something that is no name is senseless, and says so.
    pub(crate) fn carry_out(&self, verb: Verb) -> Answer {
        self.try_to(verb).unwrap_or_else(|senseless| Answer::Senseless(senseless.to_string()))
    }

    /// The revision of each screen.
    pub(crate) fn revisions(&self) -> Revisions {
        let app = &self.app;
        [
            app.state().revision,
            app.welcome().state().revision,
            app.lock_screen().state().revision,
            app.home().state().revision,
            app.pay().state().revision,
            app.security_centre().state().revision,
            app.step_up().state().revision,
            app.lock_settings().state().revision,
            app.approval().state().revision,
        ]
    }

    fn try_to(&self, verb: Verb) -> anyhow::Result<Answer> {
        let app = &self.app;
        match verb {
            Verb::EnrolFinger { public } => self.enrol_finger(&public)?,
            Verb::Network { online } => {
                self.network.tell(online);
                app.connectivity_changed();
            }
            Verb::TimePasses { seconds } => self.clock.pass(seconds),
            Verb::Stumble { words } => {
                self.network.when_asked(move || stumble(words));
                app.connectivity_changed();
            }
            Verb::LockWhileDrawing => {
                let locked = Arc::clone(app);
                self.network.when_asked(move || lock_and_see(&locked));
                app.connectivity_changed();
            }
            Verb::Begin => app.welcome().begin(),
            Verb::BrowserReturned { id, url } => {
                app.welcome().browser_returned(PromptId(id), secret(url));
            }
            Verb::BrowserClosed { id } => app.welcome().browser_closed(PromptId(id)),
            Verb::Enrol => app.welcome().enrol(),
            Verb::ChoosePin { pin } => {
                return Ok(taken(app.welcome().choose_pin(secret(pin)).map_err(|one| vec![one])));
            }
            Verb::UseBiometrics => app.welcome().use_biometrics(),
            Verb::SkipBiometrics => app.welcome().skip_biometrics(),
            Verb::UnlockWithBiometrics => app.lock_screen().unlock_with_biometrics(),
            Verb::UnlockWithPin { pin } => {
                let tried = app.lock_screen().unlock_with_pin(secret(pin));
                return Ok(taken(tried.map_err(|one| vec![one])));
            }
            Verb::Lock => app.lock_screen().lock(),
            Verb::Background => app.backgrounded(),
            Verb::Foreground => app.foregrounded(),
            Verb::Refresh => app.home().refresh(),
            Verb::Touch { prompt, touch } => self.touch(prompt, &touch),
            Verb::Traffic => {
                let traffic = app.traffic();
                return Ok(Answer::Traffic {
                    requests: traffic.requests,
                    bytes_sent: traffic.bytes_sent,
                    bytes_received: traffic.bytes_received,
                });
            }
            Verb::Page { account, older } => {
                let page = app.history().page(&account.parse()?, older.map(PageMark).as_ref());
                return Ok(Answer::Page(page.into()));
            }
            Verb::Search { query, older } => {
                let page = app.history().search(&query, older.map(PageMark).as_ref());
                return Ok(Answer::Page(page.into()));
            }
            verb => return self.pay_or_secure(verb),
        }
        Ok(Answer::Taken)
    }

    fn step_up(&self, verb: Verb) -> anyhow::Result<Answer> {
        let step_up = self.app.step_up();
        match verb {
            Verb::StepUpWithBiometrics => step_up.with_biometrics(),
            Verb::StepUpWithPin { pin } => {
                return Ok(taken(step_up.with_pin(secret(pin)).map_err(|one| vec![one])));
            }
            Verb::StepUpAtBank => step_up.at_bank(),
            Verb::StepUpReturned { id, url } => {
                step_up.browser_returned(PromptId(id), C3::new(url));
            }
            Verb::StepUpLeft { id } => step_up.browser_closed(PromptId(id)),
            Verb::CancelStepUp => step_up.cancel(),
            verb => return self.set_up(verb),
        }
        Ok(Answer::Taken)
    }

    fn set_up(&self, verb: Verb) -> anyhow::Result<Answer> {
        let settings = self.app.lock_settings();
        let tried = match verb {
            Verb::ChooseLockDelay { after } => {
                let after = lock_after(&after);
                settings.choose_delay(after.ok_or_else(|| anyhow::anyhow!("no such delay"))?)
            }
            Verb::TurnBiometrics { on: true } => {
                settings.turn_biometrics_on();
                Ok(())
            }
            Verb::TurnBiometrics { on: false } => {
                settings.turn_biometrics_off();
                Ok(())
            }
            Verb::ChangePin { old, new } => settings.change_pin(secret(old), secret(new)),
            Verb::RenewApproval { pin } => self.app.approval().renew(secret(pin)),
            other => anyhow::bail!("{other:?} is not carried out here"),
        };
        Ok(taken(tried.map_err(|one| vec![one])))
    }

    fn pay_or_secure(&self, verb: Verb) -> anyhow::Result<Answer> {
        let pay = self.app.pay();
        match verb {
            Verb::Draft { from, to_name, to_account, amount, note } => {
                let form = PayForm {
                    from: from.parse()?,
                    to_name: C2::new(to_name),
                    to_account: C2::new(to_account),
                    amount: C2::new(amount),
                    note: C2::new(note),
                };
                return Ok(taken(pay.draft(&form).map_err(|refusals| refusals.0)));
            }
            Verb::OpenPayment { id } => pay.open(id.parse()?),
            Verb::Review { id } => pay.review(id.parse()?),
            Verb::Approve { id, digest } => {
                return Ok(taken(pay.approve(id.parse()?, &digest).map_err(|one| vec![one])));
            }
            Verb::Discard { id } => {
                return Ok(taken(pay.discard(id.parse()?).map_err(|one| vec![one])));
            }
            Verb::Resolve => pay.resolve(),
            Verb::Receipt { id } => {
                return Ok(Answer::Receipt(pay.receipt(id.parse()?).map(Into::into)));
            }
            verb => return self.secure(verb),
        }
        Ok(Answer::Taken)
    }

    fn secure(&self, verb: Verb) -> anyhow::Result<Answer> {
        let centre = self.app.security_centre();
        match verb {
            Verb::RefreshSecurity => centre.refresh(),
            Verb::Freeze => centre.freeze(),
            Verb::Unfreeze => centre.unfreeze(),
            Verb::ThisWasMe { id } => centre.this_was_me(id.parse()?),
            Verb::ThisWasNotMe { id } => centre.this_was_not_me(&id.parse()?),
            Verb::SignOutDevice { id } => centre.sign_out_device(id.parse()?),
            Verb::SignOutOthers => centre.sign_out_others(),
            Verb::KeepPhones => centre.keep_phones(),
            Verb::SignOut => centre.sign_out(),
            verb => return self.step_up(verb),
        }
        Ok(Answer::Taken)
    }

    fn enrol_finger(&self, public: &str) -> anyhow::Result<()> {
        let point = Base64UrlUnpadded::decode_vec(public)
            .map_err(|_| anyhow::anyhow!("a finger is written in base64url"))?;
        let finger = EnrolledFinger::from_bytes(&point)
            .ok_or_else(|| anyhow::anyhow!("not the public half of a finger"))?;
        self.folders.enrol_finger(&finger)?;
        Ok(())
    }

    fn touch(&self, prompt: u64, touch: &super::talk::Touch) {
        match self.sensor.touch(prompt, touch, &self.folders, &self.store) {
            Some(Touched::Approval(id, answer)) => self.app.answer_approval(id, answer),
            Some(Touched::Release(id, answer)) => self.app.answer_release(id, answer),
            None => {}
        }
    }
}

/// What a mistake in the core would do.
#[expect(clippy::panic, reason = "a mistake is what is played")]
fn stumble(words: String) {
    std::panic::panic_any(words)
}

/// Locks, and returns when the screens show it.
fn lock_and_see(app: &App) {
    app.lock_screen().lock();
    while app.state().place != Place::Locked || app.home().state().content.is_some() {
        std::thread::yield_now();
    }
}

fn taken(outcome: Result<(), Vec<guichet_app::Refusal>>) -> Answer {
    match outcome {
        Ok(()) => Answer::Taken,
        Err(refusals) => Answer::Refused(refusals.into_iter().map(Refused::from).collect()),
    }
}

const fn secret(text: String) -> C3<String> {
    C3::new(text)
}
