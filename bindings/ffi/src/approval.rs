use std::sync::Arc;

use crate::cross::{Cross, record};
use crate::notice::Notice;
use crate::observe::observable;
use crate::panics::contained;
use crate::pin::pin;
use crate::refusal::Refused;

record! {
    /// Whether payments can be approved on this phone.
    ApprovalState mirrors guichet_app::ApprovalState {
        /// Grows with every change. C1.
        revision: u64,
        /// What to do so that they can be again; `None` while they can, while locked, and while signed out. C2.
        card: Option<ApprovalCard>,
    }
}

record! {
    /// Approval has to be set up again: the PIN, a sign-in at the bank, and the finger or face that is to approve from now on.
    ApprovalCard mirrors guichet_app::ApprovalCard {
        /// The title. C1.
        title: String,
        /// What has happened, and what comes. C1.
        message: String,
        /// The label of the field for the PIN. C1.
        pin: String,
        /// The label of the button that begins. C1.
        renew: String,
        /// It is under way: the button waits. What the bank wants is asked by the step-up card. C1.
        busy: bool,
        /// Why the last try did not work. C2.
        notice: Option<Notice>,
    }
}

/// Setting up approval again, after fingers or faces on the phone have changed: a card for the home screen and the pay screen.
#[derive(uniffi::Object)]
pub struct Approval(pub(crate) Arc<guichet_app::Approval>);

observable!(Approval tells ApprovalListener ApprovalState);

#[uniffi::export]
impl Approval {
    /// Begins, with the PIN: a try that counts, as on the lock screen. Its digits are ASCII bytes. C3, inwards only: they are read where
    /// the shell has them, and the shell overwrites them afterwards. Refused where there is nothing to renew, or while it is under
    /// way. Returns at once otherwise; the result is a state.
    pub fn renew(&self, digits: &[u8]) -> Result<(), Refused> {
        contained(|| Ok(self.0.renew(pin(digits))?))
    }
}
