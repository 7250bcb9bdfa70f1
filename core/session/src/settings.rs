//! What the customer has chosen about this installation: [`Slot::Settings`](guichet_foundation::ports::Slot::Settings).
//!
//! Kept by the secure store and not in the vault: it holds from the first moment after a start, while everything is still locked,
//! and outlives a vault that is begun anew. Nothing here is secret, and no value weakens what the lock protects by more than its
//! longest delay: a record that is missing, spoilt or from a newer app counts as the default.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::Session;
use crate::keeper::NotKept;
use crate::lock::SettingRefusal;

/// How long the app may be in the background before it locks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LockAfter {
    /// Not at all.
    AtOnce,
    /// One minute.
    #[default]
    OneMinute,
    /// Five minutes: as long as nobody may touch it in the foreground either.
    FiveMinutes,
}

impl LockAfter {
    /// Every choice, shortest first.
    pub const ALL: [Self; 3] = [Self::AtOnce, Self::OneMinute, Self::FiveMinutes];

    /// The time in the background after which the app locks.
    pub const fn delay(self) -> Duration {
        match self {
            Self::AtOnce => Duration::ZERO,
            Self::OneMinute => Duration::from_mins(1),
            Self::FiveMinutes => Duration::from_mins(5),
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Settings {
    #[serde(default)]
    pub(crate) lock_after: LockAfter,
}

impl Session {
    /// How long the app may be in the background before it locks. Readable while locked.
    pub fn lock_after(&self) -> LockAfter {
        self.0.keeper.settings().lock_after
    }

    /// Chooses that. Only an unlocked app can: whoever holds a locked phone must not gain time.
    pub fn set_lock_after(&self, lock_after: LockAfter) -> Result<(), SettingRefusal> {
        let life = self.0.keeper.life();
        if self.lock_if_due() {
            return Err(SettingRefusal::Locked);
        }
        self.0.keeper.change_settings(life, |settings| settings.lock_after = lock_after)?;
        self.0.timer_changed();
        Ok(())
    }
}

impl From<NotKept> for SettingRefusal {
    fn from(not_kept: NotKept) -> Self {
        match not_kept {
            NotKept::Superseded => Self::Superseded,
            NotKept::Store(failure) => Self::Store(failure),
        }
    }
}
