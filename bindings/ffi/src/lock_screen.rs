use std::sync::Arc;

use crate::cross::{Cross, record};
use crate::notice::Notice;
use crate::observe::observable;
use crate::panics::contained;
use crate::pin::pin;
use crate::refusal::Refused;

record! {
    /// What the lock screen shows.
    LockState mirrors guichet_app::LockState {
        /// Grows with every change. C1.
        revision: u64,
        /// Whether the app is locked: this screen is shown, and nothing else. C1.
        locked: bool,
        /// The title. C1.
        title: String,
        /// What to do. C1.
        message: String,
        /// The label of the biometric button; `None` where biometrics were not set up. C1.
        biometric: Option<String>,
        /// The label of the PIN button. C1.
        pin: String,
        /// An unlocking is under way: the buttons wait. C1.
        busy: bool,
        /// Why the last try did not work. C2.
        notice: Option<Notice>,
    }
}

/// The lock screen.
#[derive(uniffi::Object)]
pub struct LockScreen(pub(crate) Arc<guichet_app::LockScreen>);

observable!(LockScreen tells LockListener LockState);

#[uniffi::export]
impl LockScreen {
    /// Locks now: the vault is closed and its key is gone from memory when this returns.
    pub fn lock(&self) {
        contained(|| self.0.lock());
    }

    /// Asks for a finger or a face. Returns at once; the result is a state.
    pub fn unlock_with_biometrics(&self) {
        contained(|| self.0.unlock_with_biometrics());
    }

    /// Tries a PIN: its digits as ASCII bytes. C3, inwards only: they are read where the shell has them, and the shell overwrites
    /// them afterwards. Returns at once; the result is a state. A biometric prompt that is open is given up: the shell closes it.
    /// Refused while another PIN is being tried: this one was not.
    pub fn unlock_with_pin(&self, digits: &[u8]) -> Result<(), Refused> {
        contained(|| Ok(self.0.unlock_with_pin(pin(digits))?))
    }
}
