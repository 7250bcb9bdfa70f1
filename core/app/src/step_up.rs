//! Showing the bank that it is the customer: a card over whatever is on the screen, while the bank asks for it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use guichet_foundation::ports::PromptId;
use guichet_foundation::sensitivity::C3;
use guichet_session::{StepUpRefusal, StepUpRequest, Way};

use crate::notice::Notice;
use crate::observe::{Observed, Subscription, view_state};
use crate::prompting::Prompting;
use crate::refusal::{Refusal, RefusalReason};
use crate::rooms::Rooms;
use crate::text::Words;
use crate::welcome::BrowserRequest;

/// What is asked of the customer now.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StepUpState {
    /// Grows with every change.
    pub revision: u64,
    /// Drawn over every screen; `None` while nothing is asked.
    pub card: Option<StepUpCard>,
}
view_state!(StepUpState);

/// The bank wants to be sure that it is the customer, before it goes on with what they have just done.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct StepUpCard {
    /// The question.
    pub title: String,
    /// What this is about.
    pub message: String,
    /// The label of the biometric button, if a finger or face will do.
    pub biometric: Option<String>,
    /// The label of the PIN button, if the PIN will do.
    pub pin: Option<String>,
    /// The label of the button that leads to the bank's page, if that will do.
    pub bank: Option<String>,
    /// The label of the button that leaves it.
    pub cancel: String,
    /// The page to open, while it is wanted. A shell opens each id once.
    pub browser: Option<BrowserRequest>,
    /// A try is under way: the buttons wait, all but the one that leaves it.
    pub busy: bool,
    /// Why the last try did not work.
    pub notice: Option<Notice>,
}

/// The card's state and verbs.
pub struct StepUp {
    rooms: Arc<Rooms>,
    state: Observed<StepUpState>,
    request: Mutex<Option<StepUpRequest>>,
}

impl StepUp {
    pub(crate) fn new(rooms: Arc<Rooms>) -> Arc<Self> {
        let state = Observed::new(rooms.runtime.clone(), StepUpState::default());
        Arc::new(Self { rooms, state, request: Mutex::default() })
    }

    /// What is asked now.
    pub fn state(&self) -> StepUpState {
        self.state.state()
    }

    /// Calls `listener` with the current state before it returns, then with each newer one.
    pub fn observe(&self, listener: Arc<dyn Fn(StepUpState) + Send + Sync>) -> Subscription {
        self.state.observe(listener)
    }

    /// Asks for a finger or a face. Returns at once; the result is a state.
    pub fn with_biometrics(self: &Arc<Self>) {
        let Some(request) = self.take_turn() else { return };
        let screen = Arc::clone(self);
        self.rooms.runtime.spawn(async move {
            let reason = screen.rooms.words().say("step-up-reason");
            let shown = screen.rooms.session.step_up_by_biometric(&request, reason).await;
            screen.finish(&request, shown);
        });
    }

    /// Tries a PIN. Returns at once; the result is a state. Refused while another try is under way: nothing was tried.
    pub fn with_pin(self: &Arc<Self>, pin: C3<String>) -> Result<(), Refusal> {
        let Some(request) = self.take_turn() else { return Err(self.not_now()) };
        let screen = Arc::clone(self);
        self.rooms.runtime.spawn(async move {
            let shown = screen.rooms.session.step_up_by_pin(&request, pin).await;
            screen.finish(&request, shown);
        });
        Ok(())
    }

    /// Leads to the bank's page: the next state asks for the browser.
    pub fn at_bank(self: &Arc<Self>) {
        let Some(request) = self.take_turn() else { return };
        let screen = Arc::clone(self);
        self.rooms.runtime.spawn(async move {
            let locale = screen.rooms.words().locale();
            match screen.rooms.session.begin_step_up_at_bank(&request, locale).await {
                Ok(url) => screen.open_browser(&request, url.into()),
                Err(refusal) => screen.finish(&request, Err(refusal)),
            }
        });
    }

    /// The browser came back to the app with `url`. Ignored if `id` is not the page that is open.
    pub fn browser_returned(self: &Arc<Self>, id: PromptId, url: C3<String>) {
        let Some(request) = self.close_browser(id) else { return };
        // Whoever brings the answer is in front again, whether the shell says so first or not.
        self.rooms.session.foregrounded();
        let screen = Arc::clone(self);
        self.rooms.runtime.spawn(async move {
            let shown =
                screen.rooms.session.finish_step_up_at_bank(&request, url.expose_secret()).await;
            screen.finish(&request, shown);
        });
    }

    /// The customer closed the browser. Ignored if `id` is not the page that is open.
    pub fn browser_closed(&self, id: PromptId) {
        if let Some(request) = self.close_browser(id) {
            self.rooms.session.leave_bank(&request);
            let words = self.rooms.words();
            self.settle(&request, Some(Notice::info(words.say("trouble-sign-in-cancelled"))));
        }
    }

    /// Leaves it: what the bank asked for is not done.
    pub fn cancel(&self) {
        let request = self.request().clone();
        if let Some(request) = request {
            self.rooms.session.cancel_step_up(&request);
            self.follow();
        }
    }

    /// The request that is on the screen, once a try may begin.
    fn take_turn(&self) -> Option<StepUpRequest> {
        let request = self.request();
        let mut taken = false;
        self.change(|card| {
            taken = !card.busy;
            if taken {
                card.busy = true;
                card.browser = None;
                card.notice = None;
            }
        });
        request.clone().filter(|_| taken)
    }

    fn not_now(&self) -> Refusal {
        let words = self.rooms.words();
        match self.state.state().card {
            Some(_) => Refusal::busy(&words),
            None => Refusal::new(&words, RefusalReason::NotFound, "step-up-over"),
        }
    }

    fn open_browser(&self, request: &StepUpRequest, url: String) {
        let id = self.rooms.next_prompt_id();
        if self.is_shown(request) {
            self.change(|card| {
                card.busy = false;
                card.browser = Some(BrowserRequest { id, url: url.into() });
            });
        }
    }

    fn close_browser(&self, id: PromptId) -> Option<StepUpRequest> {
        let request = self.request();
        let mut closed = false;
        self.change(|card| {
            closed = card.browser.as_ref().is_some_and(|open| open.id == id);
            if closed {
                card.browser = None;
                card.busy = true;
            }
        });
        request.clone().filter(|_| closed)
    }

    /// Ends a try. What was shown takes the card away.
    fn finish(&self, request: &StepUpRequest, shown: Result<(), StepUpRefusal>) {
        self.follow();
        if let Err(refusal) = shown {
            let at = match request.ways() {
                [_] => Prompting::StepUp,
                _ => Prompting::StepUpAmongOthers,
            };
            let notice = notice(refusal, at, &self.rooms.words());
            if !self.is_shown(request) {
                // Nobody is asked any more; only the news that somebody else signed in is worth telling.
                if let (StepUpRefusal::SignIn(_), Some(notice)) = (refusal, notice) {
                    self.rooms.say_at_home(notice);
                }
                return;
            }
            self.settle(request, notice);
        }
    }

    fn settle(&self, request: &StepUpRequest, notice: Option<Notice>) {
        if self.is_shown(request) {
            self.change(|card| {
                card.busy = false;
                card.notice = notice;
            });
        }
    }

    /// Follows what the session asks. Read here, under the lock: whoever comes later shows what is newer.
    pub(crate) fn follow(&self) {
        let mut request = self.request();
        let asked = self.rooms.session.step_ups().borrow().clone();
        if *request != asked {
            let card = asked.as_ref().map(|asked| self.labelled(StepUpCard::default(), asked));
            *request = asked;
            self.state.change(|state| state.card = card);
        }
    }

    /// Follows what the session asks, and the language.
    pub(crate) fn show(&self) {
        self.follow();
        let request = self.request();
        if let Some(request) = &*request {
            self.change(|card| *card = self.labelled(std::mem::take(card), request));
        }
    }

    fn labelled(&self, card: StepUpCard, request: &StepUpRequest) -> StepUpCard {
        let words = self.rooms.words();
        let label = |way, id| request.ways().contains(&way).then(|| words.say(id));
        StepUpCard {
            title: words.say("step-up-title"),
            message: words.say("step-up-message"),
            biometric: label(Way::Biometric, "lock-biometric"),
            pin: label(Way::Pin, "lock-pin"),
            bank: label(Way::Bank, "step-up-bank"),
            cancel: words.say("step-up-cancel"),
            ..card
        }
    }

    fn is_shown(&self, request: &StepUpRequest) -> bool {
        self.request().as_ref() == Some(request)
    }

    fn change(&self, change: impl FnOnce(&mut StepUpCard)) {
        self.state.change(|state| {
            if let Some(card) = &mut state.card {
                change(card);
            }
        });
    }

    fn request(&self) -> MutexGuard<'_, Option<StepUpRequest>> {
        self.request.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The words for a try that did not show it; `None` where another screen has them.
fn notice(refusal: StepUpRefusal, at: Prompting, words: &Words) -> Option<Notice> {
    match refusal {
        StepUpRefusal::Prompt(failure) => Some(Notice::of_prompt(failure, at, words)),
        StepUpRefusal::Pin(refusal) => Notice::of_unlock(refusal, words),
        StepUpRefusal::SignIn(refusal) => Some(Notice::of_sign_in(refusal, words)),
        StepUpRefusal::Bank(failure) => Some(Notice::of_call(failure, words)),
        StepUpRefusal::ProofRefused => Some(Notice::trouble(words.say("step-up-proof-refused"))),
        StepUpRefusal::NotAsked => Some(Notice::info(words.say("step-up-over"))),
        StepUpRefusal::Busy => Some(Notice::info(words.say("refusal-busy"))),
    }
}
