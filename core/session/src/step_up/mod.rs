//! Step-up (docs/protocol.md, section 5.1; RFC 9470): the bank wants the customer to show to be there before it goes on with a call.
//!
//! The call that was turned away opens a [`StepUpRequest`] and waits; the customer shows to be there in one of its ways; the very
//! call is repeated, once. Locking, signing out, silence and the customer's no end the waiting: the call was not carried out.

mod at_bank;
mod demand;
mod show;
mod waiting;

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use guichet_foundation::ports::PromptFailure;
use tokio::sync::{oneshot, watch};

pub(crate) use demand::Demand;
pub(crate) use waiting::Shown;

use crate::calls::CallFailure;
use crate::lock::UnlockRefusal;
use crate::oauth::SignInRefusal;

/// How long a request waits for the customer to do something.
const SILENCE: Duration = Duration::from_mins(2);

/// How long it waits while something is being done: a prompt is open, or the bank's page.
const UNDER_WAY: Duration = Duration::from_mins(10);

/// A way of showing that the customer is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Way {
    /// A finger or face: the approval key signs.
    Biometric,
    /// The PIN: the device key signs once the PIN has opened the key it wraps.
    Pin,
    /// The bank's own page.
    Bank,
}

impl Way {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::Biometric, Self::Pin, Self::Bank];

    /// The word on the wire: an authentication context class reference.
    pub(crate) const fn acr(self) -> &'static str {
        match self {
            Self::Biometric => "urn:guichet:acr:biometric",
            Self::Pin => "urn:guichet:acr:pin",
            Self::Bank => "urn:guichet:acr:bank",
        }
    }

    pub(crate) fn from_acr(acr: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|way| way.acr() == acr)
    }
}

/// What is asked of the customer now. Names one asking: what comes late for an earlier one changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StepUpRequest {
    number: u64,
    ways: Vec<Way>,
}

impl StepUpRequest {
    /// The ways that will do and that are set up on this phone, the bank's favourite first; never none.
    pub fn ways(&self) -> &[Way] {
        &self.ways
    }
}

/// Why a try did not show it. The request stays open, unless it says otherwise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StepUpRefusal {
    /// Nothing is asked any more, or not in this way.
    #[error("nothing is asked of the customer in this way now")]
    NotAsked,
    /// Another try is under way.
    #[error("another try is under way")]
    Busy,
    /// The person did not answer the prompt.
    #[error(transparent)]
    Prompt(#[from] PromptFailure),
    /// The PIN did not open its key. A try that counts, as on the lock screen.
    #[error(transparent)]
    Pin(#[from] UnlockRefusal),
    /// The sign-in at the bank did not end as it should.
    #[error(transparent)]
    SignIn(#[from] SignInRefusal),
    /// The bank could not be asked, or did not answer.
    #[error(transparent)]
    Bank(#[from] CallFailure),
    /// The bank did not accept the proof; the next try is over a new challenge.
    #[error("the bank did not accept the proof; try again")]
    ProofRefused,
}

/// How a request ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Ended {
    Shown,
    Cancelled,
}

/// The request that is open, if one is, and those that wait for their turn.
pub(crate) struct StepUps {
    state: Mutex<State>,
    asked: watch::Sender<Option<StepUpRequest>>,
    /// Grows with each try that begins or ends.
    moved: watch::Sender<u64>,
    /// Held while a request is open: the customer is asked one thing at a time.
    turn: tokio::sync::Mutex<()>,
}

#[derive(Default)]
struct State {
    /// Requests that were opened.
    last: u64,
    open: Option<Open>,
    ended: Option<(u64, Ended)>,
}

struct Open {
    request: StepUpRequest,
    max_age: Option<u32>,
    doing: Doing,
    answer: oneshot::Sender<Ended>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Doing {
    Nothing,
    Trying,
    /// The bank's page is open.
    AtBank,
}

impl StepUps {
    pub(crate) fn new() -> Self {
        Self {
            state: Mutex::default(),
            asked: watch::Sender::new(None),
            moved: watch::Sender::new(0),
            turn: tokio::sync::Mutex::default(),
        }
    }

    pub(crate) fn watch(&self) -> watch::Receiver<Option<StepUpRequest>> {
        self.asked.subscribe()
    }

    /// Changes with each try that begins or ends.
    pub(crate) fn moves(&self) -> watch::Receiver<u64> {
        self.moved.subscribe()
    }

    /// The customer's no, and everybody's who waits for a turn.
    pub(crate) fn cancel(&self, request: &StepUpRequest) {
        self.end(request, Ended::Cancelled);
    }

    /// On locking: nothing that was asked before may be answered after.
    pub(crate) fn cancel_all(&self) {
        let open = self.state().open.as_ref().map(|open| open.request.clone());
        if let Some(request) = open {
            self.cancel(&request);
        }
    }

    fn open(
        &self,
        ways: Vec<Way>,
        max_age: Option<u32>,
    ) -> (StepUpRequest, oneshot::Receiver<Ended>) {
        let (answer, waiting) = oneshot::channel();
        let mut state = self.state();
        state.last += 1;
        let request = StepUpRequest { number: state.last, ways };
        let doing = Doing::Nothing;
        state.open = Some(Open { request: request.clone(), max_age, doing, answer });
        drop(state);
        self.asked.send_replace(Some(request.clone()));
        (request, waiting)
    }

    /// Ends `request`, if it is still open, and tells who waits.
    fn end(&self, request: &StepUpRequest, how: Ended) {
        let mut state = self.state();
        let Some(open) = state.open.take_if(|open| open.request == *request) else { return };
        state.ended = Some((request.number, how));
        drop(state);
        open.answer.send(how).ok();
        self.asked.send_replace(None);
        self.has_moved();
    }

    /// Begins a try in one of the request's ways; the bank's page closes with it.
    fn begin(&self, request: &StepUpRequest, way: Way) -> Result<Trying<'_>, StepUpRefusal> {
        let mut state = self.state();
        let open = state.open.as_mut().filter(|open| open.request == *request);
        let open = open.ok_or(StepUpRefusal::NotAsked)?;
        if !open.request.ways.contains(&way) {
            return Err(StepUpRefusal::NotAsked);
        }
        if open.doing == Doing::Trying {
            return Err(StepUpRefusal::Busy);
        }
        open.doing = Doing::Trying;
        let max_age = open.max_age;
        drop(state);
        self.has_moved();
        Ok(Trying { step_ups: self, request: request.clone(), max_age, then: Doing::Nothing })
    }

    fn set_doing(&self, request: &StepUpRequest, doing: Doing) {
        if let Some(open) = self.state().open.as_mut().filter(|open| open.request == *request) {
            open.doing = doing;
        }
        self.has_moved();
    }

    /// Whether the customer is doing something to show to be there: a prompt is open, or the bank's page.
    pub(crate) fn is_under_way(&self) -> bool {
        self.state().open.as_ref().is_some_and(|open| open.doing != Doing::Nothing)
    }

    fn is_at_bank(&self, request: &StepUpRequest) -> bool {
        let state = self.state();
        state
            .open
            .as_ref()
            .is_some_and(|open| open.request == *request && open.doing == Doing::AtBank)
    }

    fn patience(&self) -> Duration {
        if self.is_under_way() { UNDER_WAY } else { SILENCE }
    }

    /// Requests that are over.
    fn over(&self) -> u64 {
        let state = self.state();
        state.last - u64::from(state.open.is_some())
    }

    fn has_moved(&self) {
        self.moved.send_modify(|moves| *moves += 1);
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A try under way. When it is over, the customer's silence is measured anew.
struct Trying<'a> {
    step_ups: &'a StepUps,
    request: StepUpRequest,
    max_age: Option<u32>,
    then: Doing,
}

impl Drop for Trying<'_> {
    fn drop(&mut self) {
        self.step_ups.set_doing(&self.request, self.then);
    }
}

impl crate::Session {
    /// What the bank wants the customer to show, now and whenever that changes; `None` while it wants nothing.
    pub fn step_ups(&self) -> watch::Receiver<Option<StepUpRequest>> {
        self.0.step_ups.watch()
    }

    /// The customer's no: the call that waits is not carried out. Changes nothing if `request` is no longer open.
    pub fn cancel_step_up(&self, request: &StepUpRequest) {
        self.0.step_ups.cancel(request);
    }
}
