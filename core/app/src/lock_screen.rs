//! The lock screen: all that a locked app shows.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use guichet_foundation::sensitivity::C3;
use guichet_session::Standing;
use guichet_session::lock::UnlockRefusal;
use guichet_vault::Opened;

use crate::notice::Notice;
use crate::observe::{Observed, Subscription, view_state};
use crate::refusal::Refusal;
use crate::rooms::Rooms;

/// What the lock screen shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LockState {
    /// Grows with every change.
    pub revision: u64,
    /// Whether the app is locked: this screen is shown, and nothing else.
    pub locked: bool,
    /// The title.
    pub title: String,
    /// What to do.
    pub message: String,
    /// The label of the biometric button; `None` where biometrics were not set up.
    pub biometric: Option<String>,
    /// The label of the PIN button.
    pub pin: String,
    /// An unlocking is under way: the buttons wait.
    pub busy: bool,
    /// Why the last try did not work.
    pub notice: Option<Notice>,
}
view_state!(LockState);

/// The lock screen's state and verbs.
pub struct LockScreen {
    rooms: Arc<Rooms>,
    state: Observed<LockState>,
    /// The try under way; a later one has a higher number, and what became of an earlier one is no longer shown.
    attempt: Mutex<Attempt>,
}

#[derive(Clone, Copy, Default)]
struct Attempt {
    number: u64,
    by: Option<By>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum By {
    Biometrics,
    Pin,
}

impl LockScreen {
    pub(crate) fn new(rooms: Arc<Rooms>) -> Arc<Self> {
        let state = Observed::new(rooms.runtime.clone(), LockState::default());
        Arc::new(Self { rooms, state, attempt: Mutex::default() })
    }

    /// What the screen shows now.
    pub fn state(&self) -> LockState {
        self.state.state()
    }

    /// Calls `listener` with the current state before it returns, then with each newer one.
    pub fn observe(&self, listener: Arc<dyn Fn(LockState) + Send + Sync>) -> Subscription {
        self.state.observe(listener)
    }

    /// Locks now: the vault is closed and its key is gone from memory when this returns.
    pub fn lock(&self) {
        self.rooms.session.lock();
    }

    /// Asks for a finger or a face. Returns at once; the result is a state.
    pub fn unlock_with_biometrics(self: &Arc<Self>) {
        let Some(number) = self.begin(By::Biometrics) else { return };
        let screen = Arc::clone(self);
        self.rooms.runtime.spawn(async move {
            let reason = screen.rooms.words().say("lock-reason");
            let outcome = screen.rooms.session.unlock_by_biometric(reason).await;
            screen.finish(number, outcome);
        });
    }

    /// Tries a PIN. Returns at once; the result is a state. Whoever types their PIN does not wait for a finger: a biometric prompt that
    /// is open is given up. Refused while another PIN is being tried: this one was not. Where nothing is locked, nothing happens.
    pub fn unlock_with_pin(self: &Arc<Self>, pin: C3<String>) -> Result<(), Refusal> {
        if !self.rooms.session.standing().is_locked() {
            return Ok(());
        }
        let Some(number) = self.begin(By::Pin) else {
            let words = self.rooms.words();
            return Err(Refusal::busy(&words));
        };
        let screen = Arc::clone(self);
        self.rooms.runtime.spawn(async move {
            let outcome = screen.rooms.session.unlock_by_pin(pin).await;
            screen.finish(number, outcome);
        });
        Ok(())
    }

    /// The number of the try that begins; `None` where there is nothing to unlock, or it has to wait for another.
    fn begin(&self, by: By) -> Option<u64> {
        let mut attempt = self.attempt();
        let waits = match attempt.by {
            None => false,
            Some(By::Biometrics) => by == By::Biometrics,
            Some(By::Pin) => true,
        };
        if waits || !self.rooms.session.standing().is_locked() {
            return None;
        }
        if attempt.by == Some(By::Biometrics) {
            self.rooms.session.prompts().give_up_releases();
        }
        *attempt = Attempt { number: attempt.number + 1, by: Some(by) };
        self.state.change(|state| {
            state.locked = true;
            state.busy = true;
            state.notice = None;
        });
        Some(attempt.number)
    }

    fn finish(&self, number: u64, outcome: Result<Opened, UnlockRefusal>) {
        let words = self.rooms.words();
        if matches!(outcome, Ok(Opened::Recreated)) {
            self.rooms.say_at_home(Notice::danger(words.say("lock-damaged")));
        }
        let mut attempt = self.attempt();
        if attempt.number != number || attempt.by.is_none() {
            return;
        }
        attempt.by = None;
        self.state.change(|state| {
            state.busy = false;
            // Here and not only when the new standing is shown: a second tap in between would unlock again.
            state.locked = self.rooms.session.standing().is_locked();
            state.notice = outcome.err().and_then(|refusal| Notice::of_unlock(refusal, &words));
        });
    }

    fn attempt(&self) -> MutexGuard<'_, Attempt> {
        self.attempt.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows what the session's standing and the language make of the screen.
    pub(crate) fn show(&self, standing: Standing) {
        let words = self.rooms.words();
        let locked = standing.is_locked();
        let biometric = self.rooms.session.has_biometric_unlock();
        let mut attempt = self.attempt();
        if !locked {
            // What is open is not being unlocked, whatever a try has still to say.
            attempt.by = None;
        }
        self.state.change(|state| {
            if !locked {
                state.busy = false;
                state.notice = None;
            }
            state.locked = locked;
            state.title = words.say("lock-title");
            state.message = words.say(if biometric { "lock-message" } else { "lock-message-pin" });
            state.biometric = biometric.then(|| words.say("lock-biometric"));
            state.pin = words.say("lock-pin");
        });
    }
}
