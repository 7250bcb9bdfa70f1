//! The security centre: what happened on other phones, whether payments go, and which phones the customer has.

mod cards;
mod state;
mod work;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use guichet_foundation::ids::{DeviceId, NoticeId};
use guichet_foundation::time::Timestamp;
use guichet_session::{Device, SecurityNotice};

use crate::notice::Notice;
use crate::observe::{Observed, Subscription};
use crate::rooms::Rooms;

pub use state::{
    DeviceRow, MovingCard, PaymentsCard, QuestionCard, SecurityContent, SecurityState,
};
use work::Work;

/// The security centre's state and verbs.
pub struct SecurityCentre {
    rooms: Arc<Rooms>,
    state: Observed<SecurityState>,
    known: Mutex<Known>,
}

/// What the bank said last, and what is under way. Nothing of it is kept while locked.
#[derive(Default)]
struct Known {
    devices: Vec<Device>,
    /// Whether the bank has listed the devices.
    listed: bool,
    notices: Vec<SecurityNotice>,
    frozen_at: Option<Timestamp>,
    busy: bool,
    freezing: bool,
    notice: Option<Notice>,
}

impl SecurityCentre {
    pub(crate) fn new(rooms: Arc<Rooms>) -> Arc<Self> {
        let state = Observed::new(rooms.runtime.clone(), SecurityState::default());
        Arc::new(Self { rooms, state, known: Mutex::default() })
    }

    /// What the screen shows now. Local, never waits for the bank.
    pub fn state(&self) -> SecurityState {
        self.state.state()
    }

    /// Calls `listener` with the current state before it returns, then with each newer one.
    pub fn observe(&self, listener: Arc<dyn Fn(SecurityState) + Send + Sync>) -> Subscription {
        self.state.observe(listener)
    }

    /// Asks the bank for the phones and for what happened. Returns at once; the result is a state.
    pub fn refresh(self: &Arc<Self>) {
        self.begin(Work::Refresh);
    }

    /// Stops all payments, whatever else is under way; never asks who it is. Returns at once; the result is a state.
    pub fn freeze(self: &Arc<Self>) {
        if !self.rooms.is_open() || std::mem::replace(&mut self.known().freezing, true) {
            return;
        }
        self.say(None);
        let screen = Arc::clone(self);
        self.rooms.runtime.spawn(async move {
            let notice = screen.freeze_now().await;
            screen.known().freezing = false;
            screen.say(Some(notice));
        });
    }

    /// Lets payments go again; the bank asks the customer to sign in with it before. Returns at once; the result is a state.
    pub fn unfreeze(self: &Arc<Self>) {
        self.begin(Work::Unfreeze);
    }

    /// The customer says that what the question is about was their own doing. Returns at once; the result is a state.
    pub fn this_was_me(self: &Arc<Self>, id: NoticeId) {
        self.begin(Work::Acknowledge(id));
    }

    /// The customer says that it was not them: payments stop at once, then the phone it is about is signed out. Returns at once;
    /// the result is a state. An id that nothing is asked about changes nothing.
    pub fn this_was_not_me(self: &Arc<Self>, id: &NoticeId) {
        let notice = self.known().notices.iter().find(|notice| notice.id == *id).cloned();
        let Some(notice) = notice.filter(|_| self.rooms.is_open()) else { return };
        // Stopping payments waits for nobody; signing the phone out does.
        let has_turn = self.take_turn();
        let screen = Arc::clone(self);
        self.rooms.runtime.spawn(async move {
            let said = screen.not_the_customer(&notice, has_turn).await;
            if has_turn {
                screen.known().busy = false;
            }
            screen.say(Some(said));
        });
    }

    /// Signs another phone out. Returns at once; the result is a state.
    pub fn sign_out_device(self: &Arc<Self>, id: DeviceId) {
        self.begin(Work::SignOutDevice(id));
    }

    /// Signs all other phones out, and whoever signed in somewhere and is on no list. Returns at once; the result is a state.
    pub fn sign_out_others(self: &Arc<Self>) {
        self.begin(Work::SignOutOthers);
    }

    /// The phones that were there before this one stay as they are, and nobody asks again.
    pub fn keep_phones(&self) {
        if self.rooms.is_open() {
            self.rooms.session.moved_in();
            self.show();
        }
    }

    /// Signs this phone out: ends the session at the bank if it can be reached, and erases everything here in any case.
    pub fn sign_out(&self) {
        let rooms = Arc::clone(&self.rooms);
        self.rooms.runtime.spawn(async move { rooms.session.sign_out().await });
    }

    fn begin(self: &Arc<Self>, work: Work) {
        if !self.rooms.is_open() || !self.take_turn() {
            return;
        }
        let screen = Arc::clone(self);
        self.rooms.runtime.spawn(async move {
            let notice = screen.carry_out(work).await;
            screen.known().busy = false;
            screen.say(notice);
        });
    }

    fn take_turn(&self) -> bool {
        let taken = !std::mem::replace(&mut self.known().busy, true);
        if taken {
            self.say(None);
        }
        taken
    }

    /// Shows what became of a verb, with whatever else has changed.
    fn say(&self, notice: Option<Notice>) {
        self.known().notice = notice;
        self.show();
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Shows what is known now. While locked nothing is, also of what was known before.
    pub(crate) fn show(&self) {
        if !self.rooms.is_open() {
            let mut known = self.known();
            let (busy, freezing) = (known.busy, known.freezing);
            // What is under way ends by itself.
            *known = Known { busy, freezing, ..Known::default() };
        }
        let put = |state: &mut SecurityState, content: Option<SecurityContent>| {
            let moving = content.as_ref().is_some_and(|content| content.moving.is_some());
            self.rooms.note_old_phones(moving);
            state.content = content;
        };
        self.state.redraw(|| self.rooms.is_open(), || self.content(), put);
    }

    fn content(&self) -> SecurityContent {
        let words = self.rooms.words();
        let news = self.rooms.session.security_news();
        let known = self.known();
        let waiting = known.notices.len().max(news.notices as usize);
        let others = known.devices.iter().any(|device| !device.current);
        let is_moving_in = others && self.rooms.session.is_moving_in();
        SecurityContent {
            title: words.say("security-title"),
            question: known
                .notices
                .first()
                .map(|notice| QuestionCard::new(notice, waiting.saturating_sub(1), &words)),
            payments: PaymentsCard::new(news.payments, known.frozen_at, known.freezing, &words),
            moving: is_moving_in.then(|| MovingCard::new(&known.devices, &words)).flatten(),
            devices_title: words.say("security-devices-title"),
            devices: known.devices.iter().map(|device| DeviceRow::new(device, &words)).collect(),
            sign_out_others: others.then(|| words.say("security-sign-out-others")),
            sign_out: words.say("security-sign-out"),
            busy: known.busy,
            notice: known.notice.clone(),
        }
    }
}
