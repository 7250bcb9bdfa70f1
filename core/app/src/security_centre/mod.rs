//! The customer's phones: which there are, sign one out, sign this one out.

use std::sync::Arc;

use guichet_foundation::ids::DeviceId;
use guichet_foundation::sensitivity::C2;
use guichet_session::{Device, RevokeRefusal, TrustLevel};

use crate::notice::Notice;
use crate::observe::{Observed, Subscription, view_state};
use crate::rooms::Rooms;
use crate::text::Words;

/// What the devices screen shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DevicesState {
    /// Grows with every change.
    pub revision: u64,
    /// `None` while locked or signed out.
    pub content: Option<DevicesContent>,
}
view_state!(DevicesState);

/// The devices screen of an unlocked app.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct DevicesContent {
    /// The title.
    pub title: String,
    /// The phones, as the bank listed them last. Empty until it was asked.
    pub rows: Vec<DeviceRow>,
    /// The label of the button that signs this phone out and erases it.
    pub sign_out: String,
    /// The bank is being asked.
    pub busy: bool,
    /// What became of the last verb.
    pub notice: Option<Notice>,
}

/// A phone on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceRow {
    /// To sign it out.
    pub id: DeviceId,
    /// Its name.
    pub name: C2<String>,
    /// `This phone`, or when it was last used.
    pub detail: String,
    /// How well its keys are protected.
    pub trust: String,
    /// Whether it is this phone.
    pub current: bool,
    /// The label of the button that signs it out; `None` for this phone.
    pub revoke: Option<String>,
}

/// The devices screen's state and verbs.
pub struct Devices {
    rooms: Arc<Rooms>,
    state: Observed<DevicesState>,
}

impl Devices {
    pub(crate) fn new(rooms: Arc<Rooms>) -> Arc<Self> {
        let state = Observed::new(rooms.runtime.clone(), DevicesState::default());
        Arc::new(Self { rooms, state })
    }

    /// What the screen shows now.
    pub fn state(&self) -> DevicesState {
        self.state.state()
    }

    /// Calls `listener` with the current state before it returns, then with each newer one.
    pub fn observe(&self, listener: Arc<dyn Fn(DevicesState) + Send + Sync>) -> Subscription {
        self.state.observe(listener)
    }

    /// Asks the bank for the list. Returns at once; the result is a state.
    pub fn refresh(self: &Arc<Self>) {
        self.spawn(None);
    }

    /// Signs another phone out. Returns at once; the result is a state.
    pub fn revoke(self: &Arc<Self>, id: DeviceId) {
        self.spawn(Some(id));
    }

    /// Signs this phone out: ends the session at the bank if it can be reached, and erases everything here in any case.
    pub fn sign_out(&self) {
        let rooms = Arc::clone(&self.rooms);
        self.rooms.runtime.spawn(async move { rooms.session.sign_out().await });
    }

    fn spawn(self: &Arc<Self>, revoke: Option<DeviceId>) {
        if !self.rooms.is_open() {
            return;
        }
        self.change(|content| {
            content.busy = true;
            content.notice = None;
        });
        let screen = Arc::clone(self);
        self.rooms.runtime.spawn(async move {
            let notice = screen.carry_out(revoke).await;
            screen.change(|content| {
                content.busy = false;
                content.notice = notice;
            });
        });
    }

    async fn carry_out(&self, revoke: Option<DeviceId>) -> Option<Notice> {
        let session = &self.rooms.session;
        let revoked = match &revoke {
            Some(id) => session.revoke_device(id).await,
            None => Ok(()),
        };
        let listed = match revoked {
            Err(RevokeRefusal::Bank(failure)) => Err(failure),
            // Also where it was gone already, or the list was from another time.
            Ok(()) | Err(RevokeRefusal::Unknown | RevokeRefusal::ThisDevice) => {
                session.devices().await
            }
        };
        let words = self.rooms.words();
        match listed {
            Ok(devices) => {
                let rows = devices.iter().map(|device| DeviceRow::new(device, &words)).collect();
                self.change(|content| content.rows = rows);
                revoke.map(|_| Notice::info(words.say("devices-revoked")))
            }
            Err(failure) => Some(Notice::of_call(failure, &words)),
        }
    }

    fn change(&self, change: impl FnOnce(&mut DevicesContent)) {
        self.state.change(|state| {
            if let Some(content) = &mut state.content {
                change(content);
            }
        });
    }

    /// Follows the lock: content only while open.
    pub(crate) fn show(&self) {
        let open = self.rooms.is_open();
        let words = self.rooms.words();
        self.state.change(|state| {
            state.content = open.then(|| DevicesContent {
                title: words.say("devices-title"),
                sign_out: words.say("devices-sign-out"),
                ..state.content.take().unwrap_or_default()
            });
        });
    }
}

impl DeviceRow {
    fn new(device: &Device, words: &Words) -> Self {
        let last_seen = words.time(device.last_seen_at);
        let trust = match device.trust_level {
            Some(TrustLevel::Software) => "trust-software",
            Some(TrustLevel::Tee) => "trust-tee",
            Some(TrustLevel::Strongbox | TrustLevel::SecureEnclave) => "trust-security-chip",
            None => "trust-other",
        };
        Self {
            id: device.id.clone(),
            name: device.name.clone(),
            detail: if device.current {
                words.say("devices-current")
            } else {
                words.say_with("devices-last-seen", &[("time", (&last_seen).into())])
            },
            trust: words.say(trust),
            current: device.current,
            revoke: (!device.current).then(|| words.say("devices-revoke")),
        }
    }
}
