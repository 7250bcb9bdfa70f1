use std::sync::Arc;

use crate::cross::{Cross, enumeration, record};
use crate::notice::Notice;
use crate::observe::observable;
use crate::panics::contained;
use crate::pin::pin;
use crate::refusal::Refused;

record! {
    /// What the screen of the lock's settings shows.
    LockSettingsState mirrors guichet_app::LockSettingsState {
        /// Grows with every change. C1.
        revision: u64,
        /// `None` while locked or signed out. C2.
        content: Option<LockSettingsContent>,
    }
}

record! {
    /// The lock's settings of an unlocked app.
    LockSettingsContent mirrors guichet_app::LockSettingsContent {
        /// The title. C1.
        title: String,
        /// The heading above the delays. C1.
        delay_title: String,
        /// How long the app may be in the background before it locks: the choices, shortest first. C1.
        delays: Vec<LockDelay>,
        /// The label of the switch for opening with a finger or face. C1.
        biometric: String,
        /// Whether it is on. C1.
        is_biometric_on: bool,
        /// The heading above the change of the PIN. C1.
        pin_title: String,
        /// The label of the field for the PIN as it is. C1.
        old_pin: String,
        /// The label of the field for the new one. C1.
        new_pin: String,
        /// The label of the button that changes it. C1.
        change_pin: String,
        /// Something is under way: the buttons wait. C1.
        busy: bool,
        /// What became of the last verb. C2.
        notice: Option<Notice>,
    }
}

record! {
    /// A delay to choose.
    LockDelay mirrors guichet_app::LockDelay {
        /// Which. C1.
        after: LockAfter,
        /// What it is called. C1.
        label: String,
        /// Whether it is the one in force. C1.
        is_chosen: bool,
    }
}

enumeration! {
    /// How long the app may be in the background before it locks.
    LockAfter mirrors guichet_app::LockAfter {
        /// Not at all.
        AtOnce,
        /// One minute.
        OneMinute,
        /// Five minutes.
        FiveMinutes,
    }
}

impl From<LockAfter> for guichet_app::LockAfter {
    fn from(after: LockAfter) -> Self {
        match after {
            LockAfter::AtOnce => Self::AtOnce,
            LockAfter::OneMinute => Self::OneMinute,
            LockAfter::FiveMinutes => Self::FiveMinutes,
        }
    }
}

/// When the app locks by itself, its PIN, and whether a finger or face opens it.
#[derive(uniffi::Object)]
pub struct LockSettings(pub(crate) Arc<guichet_app::LockSettings>);

observable!(LockSettings tells LockSettingsListener LockSettingsState);

#[uniffi::export]
impl LockSettings {
    /// Chooses how long the app may be in the background before it locks. In force, and kept, when it returns.
    pub fn choose_delay(&self, after: LockAfter) -> Result<(), Refused> {
        contained(|| Ok(self.0.choose_delay(after.into())?))
    }

    /// Lets a finger or face open the app from now on. Returns at once; the result is a state.
    pub fn turn_biometrics_on(&self) {
        contained(|| self.0.turn_biometrics_on());
    }

    /// Leaves it at the PIN from now on. Returns at once; the result is a state.
    pub fn turn_biometrics_off(&self) {
        contained(|| self.0.turn_biometrics_off());
    }

    /// Replaces the PIN; `old` is a try that counts, as on the lock screen. The digits are ASCII bytes. C3, inwards only: they are
    /// read where the shell has them, and the shell overwrites them afterwards. Refused at once if the new one breaks a rule, or
    /// while something else is under way. Returns at once otherwise; the result is a state.
    pub fn change_pin(&self, old: &[u8], new: &[u8]) -> Result<(), Refused> {
        contained(|| Ok(self.0.change_pin(pin(old), pin(new))?))
    }
}
