//! What a customer does with a phone, one gesture at a time.

use std::sync::Arc;

use guichet_app::{ActivityStage, App, PayCard, PayForm, Place, WelcomeStep};
use guichet_bank::people::SignIn;
use guichet_foundation::locale::Locale;
use guichet_foundation::ports::PromptFailure;
use guichet_foundation::sensitivity::{C2, C3};

use crate::browser;
use crate::house::House;
use crate::payees::Payees;
use crate::phone::Phone;
use crate::scene::Scene;
use crate::watch::{Record, Typed};

/// The PIN of everybody.
const PIN: &str = "739184";
const WRONG_PIN: &str = "284617";

/// The most payments one customer begins on one phone. Fewer than a screen shows.
const PAYMENTS_MAX: u32 = 14;

/// One customer with one phone.
pub(crate) struct Person {
    pub(crate) who: &'static SignIn,
    /// How many payments were begun.
    begun: u32,
    /// What an earlier screen showed: a person's finger is slower than a screen.
    seen_before: Option<(guichet_foundation::ids::IntentId, String, String)>,
    is_chinese: bool,
}

/// What a gesture needs around it.
#[derive(Clone, Copy)]
pub(crate) struct Around<'a> {
    pub(crate) scene: &'a Scene,
    pub(crate) house: &'a Arc<House>,
    pub(crate) record: &'a Record,
    pub(crate) payees: &'a Payees,
}

impl Person {
    pub(crate) const fn new(who: &'static SignIn) -> Self {
        Self { who, begun: 0, seen_before: None, is_chinese: false }
    }

    /// Does one thing.
    pub(crate) async fn act(&mut self, phone: &Phone, around: Around<'_>) {
        let Some(app) = phone.app().cloned() else { return };
        if phone.hardware.is_asking() && around.scene.chance.permille(800) {
            return answer_prompt(phone, &app, around.scene);
        }
        match app.state().place {
            Place::Welcome => self.take_step(phone, &app, around).await,
            Place::Locked => unlock(phone, &app, around.scene),
            Place::Open => self.use_app(phone, &app, around).await,
        }
    }

    /// One step of the way in: signing in, enrolling, the PIN.
    pub(crate) async fn take_step(&self, phone: &Phone, app: &Arc<App>, around: Around<'_>) {
        let welcome = app.welcome();
        let state = welcome.state();
        if phone.hardware.is_asking() {
            return answer_prompt(phone, app, around.scene);
        }
        if state.busy {
            return;
        }
        match state.step {
            WelcomeStep::SignIn => {
                phone.say("begins to sign in");
                welcome.begin();
            }
            WelcomeStep::Browser => {
                let Some(page) = state.browser else { return };
                match browser::sign_in(around.house, page.url.expose(), self.who).await {
                    Some(redirect) => {
                        phone.say("comes back from the bank's page, signed in");
                        welcome.browser_returned(page.id, C3::new(redirect));
                    }
                    None => welcome.browser_closed(page.id),
                }
            }
            WelcomeStep::Enrol => welcome.enrol(),
            // Refused where the app is busy with the last one.
            WelcomeStep::ChoosePin => {
                let _ = welcome.choose_pin(C3::new(PIN.to_owned()));
            }
            WelcomeStep::OfferBiometrics => welcome.skip_biometrics(),
            WelcomeStep::Done => {}
        }
    }

    async fn use_app(&mut self, phone: &Phone, app: &Arc<App>, around: Around<'_>) {
        let scene = around.scene;
        if app.home().state().content.is_some_and(|home| home.sign_in.is_some()) {
            return self.take_step(phone, app, around).await;
        }
        let card = app.pay().state().content.and_then(|content| content.card);
        match scene.chance.below(100) {
            0..=59 => match card {
                Some(card) => self.go_on_with(card, phone, app, around),
                None => self.begin_payment(phone, app, around),
            },
            60..=69 => self.begin_payment(phone, app, around),
            70..=79 => look_at_another(app, scene),
            80..=83 => app.home().refresh(),
            84..=86 => app.pay().resolve(),
            87..=88 => {
                phone.say("is locked by its customer");
                app.lock_screen().lock();
            }
            89..=90 => app.backgrounded(),
            91..=92 => app.foregrounded(),
            93 => app.pay().set_obscured(true),
            94..=96 => app.pay().set_obscured(false),
            97 => self.change_language(phone, app),
            98 if scene.chance.permille(250) => {
                phone.say("is signed out by its customer");
                app.security_centre().sign_out();
            }
            _ => app.touched(),
        }
    }

    fn begin_payment(&mut self, phone: &Phone, app: &App, around: Around<'_>) {
        if self.begun >= PAYMENTS_MAX {
            return;
        }
        let Some((from, to)) = around.payees.draw(phone.owner, &around.scene.chance) else {
            return;
        };
        self.begun += 1;
        let chance = &around.scene.chance;
        // Now and then more than a limit, or than there is.
        let fen = if chance.permille(80) {
            chance.between(1_900_000, 6_000_000)
        } else {
            chance.between(1, 90_000)
        };
        let minor = i64::try_from(fen).unwrap_or(1);
        let note = format!("{}-{}", phone.number, self.begun);
        let form = PayForm {
            from: from.id.clone(),
            to_name: C2::new(to.owner.clone()),
            to_account: C2::new(to.number.clone()),
            amount: C2::new(format!("{}.{:02}", fen / 100, fen % 100)),
            note: C2::new(note.clone()),
        };
        if app.pay().draft(&form).is_ok() {
            phone.say(&format!("drafts payment {note}: {} fen to {}", fen, to.owner));
            let typed = Typed { from: from.number.clone(), to: to.number.clone(), minor };
            around.record.type_in(note, typed);
        }
    }

    fn go_on_with(&mut self, card: PayCard, phone: &Phone, app: &Arc<App>, around: Around<'_>) {
        let chance = &around.scene.chance;
        match card {
            PayCard::Draft(draft) if chance.permille(850) => app.pay().review(draft.id),
            PayCard::Draft(draft) if chance.permille(300) => discard(phone, app, draft.id),
            PayCard::Draft(_) => {}
            PayCard::Review(card) => {
                let now = (card.id, card.text.expose().clone(), card.digest.expose().clone());
                let old = self.seen_before.replace(now.clone()).filter(|old| old.0 == card.id);
                let is_outdated = old.as_ref().is_some_and(|old| old.2 != now.2);
                match if is_outdated { chance.between(60, 85) } else { chance.below(100) } {
                    0..=69 => approve(phone, app, around.record, now),
                    70..=77 => {
                        approve(phone, app, around.record, now.clone());
                        approve(phone, app, around.record, now);
                    }
                    78..=85 => approve(phone, app, around.record, old.unwrap_or(now)),
                    86..=91 => {
                        self.change_language(phone, app);
                        app.pay().review(card.id);
                    }
                    92..=93 => discard(phone, app, card.id),
                    _ => {}
                }
            }
        }
    }

    fn change_language(&mut self, phone: &Phone, app: &App) {
        self.is_chinese = !self.is_chinese;
        let locale = if self.is_chinese { Locale::ZhCn } else { Locale::En };
        phone.say("is set to its other language");
        app.set_locale(locale);
    }
}

/// Presses the button under the words of a screen, which may be an older one than the app's.
fn approve(
    phone: &Phone,
    app: &Arc<App>,
    record: &Record,
    (id, words, digest): (guichet_foundation::ids::IntentId, String, String),
) {
    if app.pay().approve(id, &digest).is_ok() {
        record.press(phone.number, id.to_string(), &words);
        phone.say(&format!("approves \"{}\"", words.replace('\n', " | ")));
    }
}

fn discard(phone: &Phone, app: &App, id: guichet_foundation::ids::IntentId) {
    if app.pay().discard(id).is_ok() {
        phone.say("throws the payment on the card away");
    }
}

/// Opens a payment of the list that has not been paid.
fn look_at_another(app: &App, scene: &Scene) {
    let Some(content) = app.pay().state().content else { return };
    let is_open = |stage| !matches!(stage, ActivityStage::Confirmed | ActivityStage::Rejected);
    let open: Vec<_> = content.activity.iter().filter(|row| is_open(row.stage)).collect();
    if let Some(row) = scene.chance.pick(&open) {
        app.pay().open(row.id);
        if scene.chance.permille(400) {
            // Refused where it was sent.
            let _ = app.pay().discard(row.id);
        }
    }
}

fn answer_prompt(phone: &Phone, app: &App, scene: &Scene) {
    if scene.chance.permille(880) {
        if let Some((id, answer)) = phone.hardware.touch_sensor() {
            phone.say("feels the right finger on its sensor");
            app.answer_approval(id, answer);
        }
    } else if let Some(id) = phone.hardware.close_prompt() {
        phone.say("has its prompt closed by the customer");
        app.answer_approval(id, Err(PromptFailure::Cancelled));
    }
}

/// Opens the app with the PIN, now and then with a wrong one.
fn unlock(phone: &Phone, app: &App, scene: &Scene) {
    let is_wrong = scene.chance.permille(40);
    let pin = if is_wrong { WRONG_PIN } else { PIN };
    // Refused where a PIN is being tried.
    if app.lock_screen().unlock_with_pin(C3::new(pin.to_owned())).is_ok() && is_wrong {
        phone.say("is given a wrong PIN");
    }
}

/// Opens the app with the right PIN.
pub(crate) fn open(app: &App) {
    // Refused where a PIN is being tried.
    let _ = app.lock_screen().unlock_with_pin(C3::new(PIN.to_owned()));
}
