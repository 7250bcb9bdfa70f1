//! From the first opening to a phone the bank knows: signing in, enrolling, the PIN, biometrics. The same screen leads through
//! signing in again, and says why everything was erased.

use std::sync::Arc;

use guichet_foundation::ports::{PromptFailure, PromptId, SignerFailure};
use guichet_foundation::sensitivity::{C2, C3};
use guichet_session::lock::SetPinRefusal;
use guichet_session::{EnrolRefusal, Standing, WipeReason};

use crate::notice::Notice;
use crate::observe::{Observed, Subscription, view_state};
use crate::prompting::Prompting;
use crate::refusal::Refusal;
use crate::rooms::Rooms;
use crate::text::Words;

/// Where the customer is on the way in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum WelcomeStep {
    /// To sign in, for the first time or again.
    #[default]
    SignIn,
    /// The bank's page is open in the browser.
    Browser,
    /// To enrol this phone: the approval key is made and proved.
    Enrol,
    /// To choose a PIN.
    ChoosePin,
    /// To say whether a finger or face may open the app.
    OfferBiometrics,
    /// The way in is done.
    Done,
}

/// A page of the bank to open in the system's browser.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BrowserRequest {
    /// To be handed back with the answer.
    pub id: PromptId,
    /// The page. It names a sign-in that is under way.
    pub url: C2<String>,
}

/// What the welcome screen shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct WelcomeState {
    /// Grows with every change.
    pub revision: u64,
    /// Where the customer is.
    pub step: WelcomeStep,
    /// The title.
    pub title: String,
    /// What this is about.
    pub message: String,
    /// The label of the button that goes on; `None` where something else does (the browser, the PIN pad).
    pub action: Option<String>,
    /// The label of the button that leaves the step out, where that is possible.
    pub skip: Option<String>,
    /// The page to open, while it is wanted. A shell opens each id once.
    pub browser: Option<BrowserRequest>,
    /// Something is under way: the buttons wait.
    pub busy: bool,
    /// Why the last try did not work.
    pub notice: Option<Notice>,
}
view_state!(WelcomeState);

/// The welcome screen's state and verbs.
pub struct Welcome {
    rooms: Arc<Rooms>,
    state: Observed<WelcomeState>,
}

impl Welcome {
    pub(crate) fn new(rooms: Arc<Rooms>) -> Arc<Self> {
        let state = Observed::new(rooms.runtime.clone(), WelcomeState::default());
        Arc::new(Self { rooms, state })
    }

    /// What the screen shows now.
    pub fn state(&self) -> WelcomeState {
        self.state.state()
    }

    /// Calls `listener` with the current state before it returns, then with each newer one.
    pub fn observe(&self, listener: Arc<dyn Fn(WelcomeState) + Send + Sync>) -> Subscription {
        self.state.observe(listener)
    }

    /// Begins to sign in: the next state asks for the browser.
    pub fn begin(self: &Arc<Self>) {
        if !self.take_turn(WelcomeStep::SignIn) {
            return;
        }
        let screen = Arc::clone(self);
        self.rooms.runtime.spawn(async move {
            let locale = screen.rooms.words().locale();
            match screen.rooms.session.begin_sign_in(locale).await {
                Ok(url) => screen.open_browser(url.into()),
                Err(failure) => {
                    screen.stop_with(Notice::of_sign_in(failure, &screen.rooms.words()));
                }
            }
        });
    }

    /// The browser came back to the app with `url`. Ignored if `id` is not the page that is open.
    pub fn browser_returned(self: &Arc<Self>, id: PromptId, url: C3<String>) {
        if !self.close_browser(id) {
            return;
        }
        let screen = Arc::clone(self);
        self.rooms.runtime.spawn(async move {
            let outcome = screen.rooms.session.finish_sign_in(url.expose_secret()).await;
            let words = screen.rooms.words();
            screen.finish(outcome.err().map(|failure| Notice::of_sign_in(failure, &words)));
        });
    }

    /// The customer closed the browser. Ignored if `id` is not the page that is open.
    pub fn browser_closed(self: &Arc<Self>, id: PromptId) {
        if !self.close_browser(id) {
            return;
        }
        let screen = Arc::clone(self);
        self.rooms.runtime.spawn(async move {
            screen.rooms.session.abandon_sign_in().await;
            let words = screen.rooms.words();
            screen.finish(Some(Notice::info(words.say("trouble-sign-in-cancelled"))));
        });
    }

    /// Makes this phone a device of the customer: asks for a finger or face to prove the new approval key.
    pub fn enrol(self: &Arc<Self>) {
        if !self.take_turn(WelcomeStep::Enrol) {
            return;
        }
        let screen = Arc::clone(self);
        self.rooms.runtime.spawn(async move {
            let reason = screen.rooms.words().say("pay-approve-key-reason");
            let config = &screen.rooms.config;
            let outcome = screen
                .rooms
                .session
                .enrol(config.device_name.expose(), config.platform, reason)
                .await;
            let words = screen.rooms.words();
            screen.finish(outcome.err().map(|failure| enrol_notice(failure, &words)));
        });
    }

    /// Sets the PIN and makes the vault. Refused at once if the PIN breaks a rule.
    pub fn choose_pin(self: &Arc<Self>, pin: C3<String>) -> Result<(), Refusal> {
        let words = self.rooms.words();
        self.rooms.session.check_pin(&pin).map_err(|refusal| Refusal::of_pin(refusal, &words))?;
        if !self.take_turn(WelcomeStep::ChoosePin) {
            return Err(Refusal::busy(&words));
        }
        let screen = Arc::clone(self);
        self.rooms.runtime.spawn(async move {
            let outcome = screen.rooms.session.set_pin(pin).await;
            let words = screen.rooms.words();
            screen.finish(outcome.err().map(|refusal| set_pin_notice(&refusal, &words)));
        });
        Ok(())
    }

    /// Lets a finger or face open the app from now on.
    pub fn use_biometrics(self: &Arc<Self>) {
        if !self.take_turn(WelcomeStep::OfferBiometrics) {
            return;
        }
        let screen = Arc::clone(self);
        self.rooms.runtime.spawn(async move {
            let words = screen.rooms.words();
            match screen.rooms.session.enable_biometric_unlock().await {
                Ok(()) => screen.leave_offer(),
                Err(refusal) => screen.finish(Notice::of_setting(refusal, &words)),
            }
        });
    }

    /// Leaves it at the PIN.
    pub fn skip_biometrics(&self) {
        if self.state.state().step == WelcomeStep::OfferBiometrics {
            self.leave_offer();
        }
    }

    fn leave_offer(&self) {
        self.state.change(|state| {
            state.step = WelcomeStep::Done;
            state.busy = false;
        });
        self.show(self.rooms.session.standing());
        self.rooms.place_changed();
    }

    /// Whether the customer still has something to do here although the session is ready.
    pub(crate) fn is_offering(&self) -> bool {
        self.state.state().step == WelcomeStep::OfferBiometrics
    }

    fn take_turn(&self, step: WelcomeStep) -> bool {
        let mut taken = false;
        self.state.change(|state| {
            taken = state.step == step && !state.busy;
            if taken {
                state.busy = true;
                state.notice = None;
            }
        });
        taken
    }

    fn open_browser(&self, url: String) {
        let id = self.rooms.next_prompt_id();
        let label = self.labels();
        self.state.change(|state| {
            state.busy = false;
            state.step = WelcomeStep::Browser;
            state.browser = Some(BrowserRequest { id, url: url.into() });
            label(state);
        });
    }

    fn close_browser(&self, id: PromptId) -> bool {
        let mut closed = false;
        self.state.change(|state| {
            closed = state.browser.as_ref().is_some_and(|open| open.id == id);
            if closed {
                state.browser = None;
                state.busy = true;
                state.step = WelcomeStep::SignIn;
            }
        });
        closed
    }

    fn stop_with(&self, notice: Notice) {
        self.finish(Some(notice));
    }

    /// Ends the turn and shows where the session stands now.
    fn finish(&self, notice: Option<Notice>) {
        self.state.change(|state| {
            state.busy = false;
            state.notice = notice;
        });
        self.show(self.rooms.session.standing());
    }

    /// Follows the session's standing.
    pub(crate) fn show(&self, standing: Standing) {
        let label = self.labels();
        self.state.change(|state| {
            state.step = match (standing, state.step) {
                (Standing::SignedIn, _) => WelcomeStep::Enrol,
                (Standing::Enrolled, _) => WelcomeStep::ChoosePin,
                (Standing::Ready { .. }, WelcomeStep::ChoosePin | WelcomeStep::OfferBiometrics) => {
                    WelcomeStep::OfferBiometrics
                }
                (Standing::Ready { .. }, _) => WelcomeStep::Done,
                (_, WelcomeStep::Browser) if state.browser.is_some() => WelcomeStep::Browser,
                _ => WelcomeStep::SignIn,
            };
            if state.step != WelcomeStep::Browser {
                state.browser = None;
            }
            if let Standing::Wiped(reason) = standing {
                state.notice.get_or_insert_with(|| wiped_notice(reason, &self.rooms.words()));
            }
            label(state);
        });
    }

    /// Puts the words of the language to the step, in the same change as the step: no state shows one step under another's words.
    fn labels(&self) -> impl Fn(&mut WelcomeState) + use<> {
        let words = self.rooms.words();
        let standing = self.rooms.session.standing();
        let again = matches!(standing, Standing::SignedOutAgain { .. });
        let erased = matches!(standing, Standing::Wiped(WipeReason::Revoked));
        move |state| {
            let (title, message, action, skip) = match state.step {
                WelcomeStep::SignIn if again => {
                    ("welcome-again-title", "welcome-again-message", Some("welcome-begin"), None)
                }
                WelcomeStep::SignIn if erased => {
                    ("welcome-wiped-title", "welcome-message", Some("welcome-begin"), None)
                }
                WelcomeStep::SignIn => {
                    ("welcome-title", "welcome-message", Some("welcome-begin"), None)
                }
                WelcomeStep::Browser => {
                    ("welcome-browser-title", "welcome-browser-message", None, None)
                }
                WelcomeStep::Enrol => (
                    "welcome-enrol-title",
                    "welcome-enrol-message",
                    Some("welcome-enrol-begin"),
                    None,
                ),
                WelcomeStep::ChoosePin => ("welcome-pin-title", "welcome-pin-message", None, None),
                WelcomeStep::OfferBiometrics => (
                    "welcome-biometrics-title",
                    "welcome-biometrics-message",
                    Some("welcome-biometrics-begin"),
                    Some("welcome-biometrics-skip"),
                ),
                WelcomeStep::Done => ("welcome-done-title", "welcome-working", None, None),
            };
            state.title = words.say(title);
            state.message = words.say(message);
            state.action = action.map(|id| words.say(id));
            state.skip = skip.map(|id| words.say(id));
        }
    }
}

fn wiped_notice(reason: WipeReason, words: &Words) -> Notice {
    match reason {
        WipeReason::SignedOut | WipeReason::FinishedLater => {
            Notice::info(words.say("welcome-signed-out-message"))
        }
        WipeReason::TooManyPins => Notice::danger(words.say("welcome-too-many-pins-message")),
        WipeReason::Revoked => Notice::danger(words.say("welcome-wiped-message")),
    }
}

fn enrol_notice(refusal: EnrolRefusal, words: &Words) -> Notice {
    match refusal {
        EnrolRefusal::Bank(failure) => Notice::of_call(failure, words),
        EnrolRefusal::Prompt(failure) => Notice::of_prompt(failure, Prompting::Enrol, words),
        EnrolRefusal::ApprovalKey(SignerFailure::NoBiometrics) => {
            Notice::of_prompt(PromptFailure::NotEnrolled, Prompting::Enrol, words)
        }
        EnrolRefusal::ApprovalKey(_) | EnrolRefusal::Name => {
            Notice::trouble(words.say("trouble-phone"))
        }
        EnrolRefusal::ProofRefused => Notice::trouble(words.say("try-again")),
        EnrolRefusal::AttestationRefused => Notice::danger(words.say("trouble-attestation")),
        EnrolRefusal::OtherKeyEnrolled => Notice::danger(words.say("trouble-other-key")),
        EnrolRefusal::OtherCustomer => Notice::danger(words.say("trouble-other-customer")),
        EnrolRefusal::AlreadyEnrolled | EnrolRefusal::Superseded => {
            Notice::info(words.say("trouble-sign-in-cancelled"))
        }
    }
}

fn set_pin_notice(refusal: &SetPinRefusal, words: &Words) -> Notice {
    match refusal {
        SetPinRefusal::Pin(refusal) => Notice::trouble(Refusal::of_pin(*refusal, words).text),
        _ => Notice::trouble(words.say("trouble-phone")),
    }
}
