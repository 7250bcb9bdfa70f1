//! How the app is locked: when it locks by itself, its PIN, and whether a finger or face opens it.

use std::sync::Arc;

use guichet_foundation::sensitivity::C3;
use guichet_session::LockAfter;
use guichet_session::lock::{SetPinRefusal, SettingRefusal};

use crate::notice::Notice;
use crate::observe::{Observed, Subscription, view_state};
use crate::refusal::Refusal;
use crate::rooms::Rooms;
use crate::text::Words;

/// What the screen of the lock's settings shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LockSettingsState {
    /// Grows with every change.
    pub revision: u64,
    /// `None` while locked or signed out.
    pub content: Option<LockSettingsContent>,
}
view_state!(LockSettingsState);

/// The lock's settings of an unlocked app.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LockSettingsContent {
    /// The title.
    pub title: String,
    /// The heading above the delays.
    pub delay_title: String,
    /// How long the app may be in the background before it locks: the choices, shortest first.
    pub delays: Vec<LockDelay>,
    /// The label of the switch for opening with a finger or face.
    pub biometric: String,
    /// Whether it is on.
    pub is_biometric_on: bool,
    /// The heading above the change of the PIN.
    pub pin_title: String,
    /// The label of the field for the PIN as it is.
    pub old_pin: String,
    /// The label of the field for the new one.
    pub new_pin: String,
    /// The label of the button that changes it.
    pub change_pin: String,
    /// Something is under way: the buttons wait.
    pub busy: bool,
    /// What became of the last verb.
    pub notice: Option<Notice>,
}

/// A delay to choose.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LockDelay {
    /// Which.
    pub after: LockAfter,
    /// What it is called.
    pub label: String,
    /// Whether it is the one in force.
    pub is_chosen: bool,
}

/// The state and verbs of the lock's settings.
pub struct LockSettings {
    rooms: Arc<Rooms>,
    state: Observed<LockSettingsState>,
}

impl LockSettings {
    pub(crate) fn new(rooms: Arc<Rooms>) -> Arc<Self> {
        let state = Observed::new(rooms.runtime.clone(), LockSettingsState::default());
        Arc::new(Self { rooms, state })
    }

    /// What the screen shows now.
    pub fn state(&self) -> LockSettingsState {
        self.state.state()
    }

    /// Calls `listener` with the current state before it returns, then with each newer one.
    pub fn observe(&self, listener: Arc<dyn Fn(LockSettingsState) + Send + Sync>) -> Subscription {
        self.state.observe(listener)
    }

    /// Chooses how long the app may be in the background before it locks. In force, and kept, when it returns.
    pub fn choose_delay(&self, after: LockAfter) -> Result<(), Refusal> {
        let words = self.rooms.words();
        if !self.rooms.is_open() {
            return Err(Refusal::locked(&words));
        }
        let notice = match self.rooms.session.set_lock_after(after) {
            Ok(()) => None,
            Err(SettingRefusal::Locked) => return Err(Refusal::locked(&words)),
            Err(refusal) => Notice::of_setting(refusal, &words),
        };
        self.show();
        self.change(|content| content.notice = notice);
        Ok(())
    }

    /// Lets a finger or face open the app from now on. Returns at once; the result is a state.
    pub fn turn_biometrics_on(self: &Arc<Self>) {
        self.turn_biometrics(true);
    }

    /// Leaves it at the PIN from now on. Returns at once; the result is a state.
    pub fn turn_biometrics_off(self: &Arc<Self>) {
        self.turn_biometrics(false);
    }

    fn turn_biometrics(self: &Arc<Self>, on: bool) {
        if !self.take_turn() {
            return;
        }
        let screen = Arc::clone(self);
        self.rooms.runtime.spawn(async move {
            let session = &screen.rooms.session;
            let turned = if on {
                session.enable_biometric_unlock().await
            } else {
                session.disable_biometric_unlock().await
            };
            let words = screen.rooms.words();
            screen.finish(turned.err().and_then(|refusal| Notice::of_setting(refusal, &words)));
        });
    }

    /// Replaces the PIN; `old` is a try that counts, as on the lock screen. Refused at once if `new` breaks a rule, or while something
    /// else is under way. Returns at once otherwise; the result is a state.
    pub fn change_pin(self: &Arc<Self>, old: C3<String>, new: C3<String>) -> Result<(), Refusal> {
        let words = self.rooms.words();
        if !self.rooms.is_open() {
            return Err(Refusal::locked(&words));
        }
        let checked = self.rooms.session.check_pin(&new);
        checked.map_err(|refusal| Refusal::of_pin(refusal, &words))?;
        if !self.take_turn() {
            return Err(Refusal::busy(&words));
        }
        let screen = Arc::clone(self);
        self.rooms.runtime.spawn(async move {
            let changed = screen.rooms.session.change_pin(old, new).await;
            let words = screen.rooms.words();
            screen.finish(match changed {
                Ok(()) => Some(Notice::info(words.say("lock-settings-pin-changed"))),
                Err(refusal) => change_notice(&refusal, &words),
            });
        });
        Ok(())
    }

    fn take_turn(&self) -> bool {
        let mut taken = false;
        self.change(|content| {
            taken = !content.busy;
            if taken {
                content.busy = true;
                content.notice = None;
            }
        });
        taken
    }

    fn finish(&self, notice: Option<Notice>) {
        self.show();
        self.change(|content| {
            content.busy = false;
            content.notice = notice;
        });
    }

    fn change(&self, change: impl FnOnce(&mut LockSettingsContent)) {
        self.state.change(|state| {
            if let Some(content) = &mut state.content {
                change(content);
            }
        });
    }

    /// Follows the lock, what is chosen and the language: content only while open.
    pub(crate) fn show(&self) {
        let read = || self.content();
        self.state.redraw(
            || self.rooms.is_open(),
            read,
            |state, content| {
                let before = state.content.take().unwrap_or_default();
                state.content = content.map(|content| LockSettingsContent {
                    busy: before.busy,
                    notice: before.notice,
                    ..content
                });
            },
        );
    }

    fn content(&self) -> LockSettingsContent {
        let words = self.rooms.words();
        let session = &self.rooms.session;
        let chosen = session.lock_after();
        let delay = |after: LockAfter| LockDelay {
            after,
            label: delay_label(after, &words),
            is_chosen: after == chosen,
        };
        LockSettingsContent {
            title: words.say("lock-settings-title"),
            delay_title: words.say("lock-settings-delay"),
            delays: LockAfter::ALL.into_iter().map(delay).collect(),
            biometric: words.say("welcome-biometrics-title"),
            is_biometric_on: session.has_biometric_unlock(),
            pin_title: words.say("lock-settings-pin"),
            old_pin: words.say("lock-settings-old-pin"),
            new_pin: words.say("lock-settings-new-pin"),
            change_pin: words.say("lock-settings-change-pin"),
            busy: false,
            notice: None,
        }
    }
}

fn delay_label(after: LockAfter, words: &Words) -> String {
    match after {
        LockAfter::AtOnce => words.say("lock-settings-at-once"),
        LockAfter::OneMinute | LockAfter::FiveMinutes => {
            let delay = words.span(after.delay());
            words.say_with("lock-settings-after", &[("time", (&delay).into())])
        }
    }
}

/// The words for a PIN that was not changed; `None` where another screen has them.
fn change_notice(refusal: &SetPinRefusal, words: &Words) -> Option<Notice> {
    match refusal {
        SetPinRefusal::Old(refusal) => Notice::of_unlock(*refusal, words),
        SetPinRefusal::Pin(refusal) => Some(Notice::trouble(Refusal::of_pin(*refusal, words).text)),
        SetPinRefusal::Same => Some(Notice::trouble(words.say("lock-settings-same-pin"))),
        SetPinRefusal::Wrap(_) | SetPinRefusal::Store(_) => {
            Some(Notice::trouble(words.say("trouble-phone")))
        }
        SetPinRefusal::NotNow => None,
    }
}
