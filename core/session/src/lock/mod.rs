//! The lock screen: what opens the vault, and what closes it again.
//!
//! While locked neither the vault's root key nor its database key is in memory. The PIN unwraps the root key, a biometric releases a
//! second copy of it from the platform's store. Locking beats unlocking: a try that ends after the lock was closed again opens
//! nothing.

mod attempts;
mod biometric;
mod change;
mod pin;
mod timer;
mod unlock;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use guichet_vault::RootKey;
use guichet_vault::keys::by_pin::PinCost;
use tokio::sync::watch;

pub(crate) use attempts::Attempts;
pub use attempts::TRIES;
pub use biometric::SettingRefusal;
pub use change::SetPinRefusal;
pub use pin::{DIGITS, PinRefusal};
pub use timer::IDLE;
use timer::Timer;
pub use unlock::UnlockRefusal;

use crate::Session;
use crate::session::Inside;

/// The state of the lock.
pub(crate) struct Lock {
    pin_cost: PinCost,
    state: Mutex<State>,
    /// The timer has changed.
    changed: watch::Sender<()>,
}

#[derive(Default)]
struct State {
    /// Held while unlocked, to be kept behind a biometric or under another PIN. Class C3 by its own type.
    root: Option<Arc<RootKey>>,
    /// Grows each time the lock is closed.
    closed: u64,
    timer: Timer,
}

impl Lock {
    pub(crate) fn new(pin_cost: PinCost) -> Self {
        Self { pin_cost, state: Mutex::default(), changed: watch::Sender::new(()) }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Grows each time the lock is closed.
    pub(crate) fn closed(&self) -> u64 {
        self.state().closed
    }

    fn root(&self) -> Option<Arc<RootKey>> {
        self.state().root.clone()
    }
}

impl Inside {
    /// Closes the lock: prompts, root key, database key, tokens and the customer's name are gone when it returns, and calls under way
    /// end.
    pub(crate) fn close(&self) {
        {
            let mut state = self.lock.state();
            state.closed += 1;
            state.root = None;
            self.keeper.closed();
        }
        self.prompts.cancel_all();
        self.step_ups.cancel_all();
        self.vault.lock();
        self.lock.changed.send_replace(());
        self.contact.hang_up();
    }

    /// How long until it locks by itself; zero when it is due. While the customer shows the bank to be there, on its page or at a
    /// prompt, the phone may put the app into the background: only the time since they touched it counts then.
    fn left_until_locked(&self) -> Duration {
        let is_elsewhere = self.step_ups.is_under_way();
        let delay = (!is_elsewhere).then(|| self.keeper.settings().lock_after.delay());
        let uptime = self.phone.clock.uptime();
        self.lock.state().timer.left(uptime, delay)
    }

    /// Has the timer's watcher look again.
    pub(crate) fn timer_changed(&self) {
        self.lock.changed.send_replace(());
    }

    /// Opens it, unless it was closed since `closed` was read.
    fn open_lock(&self, root: RootKey, closed: u64) -> bool {
        let mut state = self.lock.state();
        if state.closed != closed {
            return false;
        }
        state.root = Some(Arc::new(root));
        state.timer = Timer::default();
        state.timer.touch(self.phone.clock.uptime());
        self.keeper.opened();
        true
    }
}

impl Session {
    /// Locks now.
    pub fn lock(&self) {
        self.0.close();
    }

    /// The customer did something.
    pub fn touched(&self) {
        self.at(Timer::touch);
    }

    /// The app went into the background: it locks if it stays there for as long as the customer has chosen
    /// ([`Session::lock_after`]). Where that is not at all, it is locked when this returns.
    pub fn backgrounded(&self) {
        self.at(Timer::leave);
        self.lock_if_due();
    }

    /// The app came back. If it was away for too long it is locked when this returns.
    pub fn foregrounded(&self) {
        self.at(Timer::come_back);
    }

    fn at(&self, event: impl FnOnce(&mut Timer, Duration)) {
        if self.lock_if_due() {
            return;
        }
        let uptime = self.0.phone.clock.uptime();
        event(&mut self.0.lock.state().timer, uptime);
        self.0.timer_changed();
    }

    /// Locks if the time has come: the phone may have slept through it. Whether it is locked.
    pub(crate) fn lock_if_due(&self) -> bool {
        let is_open = self.0.lock.state().root.is_some();
        if is_open && self.0.left_until_locked().is_zero() {
            self.lock();
        }
        self.0.keeper.is_locked()
    }

    /// Returns when the app has been locked since the lock was closed so often. A wipe does not count: it ends calls by itself.
    pub(crate) async fn until_locked_after(&self, closed: u64) {
        let mut changed = self.0.lock.changed.subscribe();
        while self.0.lock.closed() == closed || !self.0.keeper.has_pin() {
            // The sender lives as long as the session.
            changed.changed().await.ok();
        }
    }

    /// Watches the timer in a task of its own until the lock closes or the session is gone.
    fn watch_the_timer(&self) {
        let (inside, closed) = (Arc::downgrade(&self.0), self.0.lock.closed());
        let mut changed = self.0.lock.changed.subscribe();
        let mut step_up_moved = self.0.step_ups.moves();
        tokio::spawn(async move {
            while let Some(session) = inside.upgrade().map(Session) {
                if session.0.lock.closed() != closed {
                    return;
                }
                let left = session.0.left_until_locked();
                if left.is_zero() {
                    session.lock();
                    return;
                }
                drop(session);
                tokio::select! {
                    biased;
                    _ = changed.changed() => {}
                    _ = step_up_moved.changed() => {}
                    () = tokio::time::sleep(left) => {}
                }
            }
        });
    }
}
