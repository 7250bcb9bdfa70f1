use std::sync::Arc;

use guichet_foundation::ports::PromptId;
use guichet_foundation::sensitivity::C3;
use guichet_silence::contained;

use crate::cross::{Cross, record};
use crate::notice::Notice;
use crate::observe::observable;
use crate::pin::pin;
use crate::refusal::Refused;
use crate::welcome::BrowserRequest;

record! {
    /// What is asked of the customer now.
    StepUpState mirrors guichet_app::StepUpState {
        /// Grows with every change. C1.
        revision: u64,
        /// Drawn over every screen; `None` while nothing is asked. C2.
        card: Option<StepUpCard>,
    }
}

record! {
    /// The bank wants to be sure that it is the customer, before it goes on with what they have just done.
    StepUpCard mirrors guichet_app::StepUpCard {
        /// The question. C1.
        title: String,
        /// What this is about. C1.
        message: String,
        /// The label of the biometric button, if a finger or face will do. C1.
        biometric: Option<String>,
        /// The label of the PIN button, if the PIN will do. C1.
        pin: Option<String>,
        /// The label of the button that leads to the bank's page, if that will do. C1.
        bank: Option<String>,
        /// The label of the button that leaves it. C1.
        cancel: String,
        /// The page to open, while it is wanted. A shell opens each id once.
        browser: Option<BrowserRequest>,
        /// A try is under way: the buttons wait, all but the one that leaves it. C1.
        busy: bool,
        /// Why the last try did not work. C2.
        notice: Option<Notice>,
    }
}

/// The card over every screen, while the bank wants to be sure that it is the customer.
#[derive(uniffi::Object)]
pub struct StepUp(pub(crate) Arc<guichet_app::StepUp>);

observable!(StepUp tells StepUpListener StepUpState);

#[uniffi::export]
impl StepUp {
    /// Asks for a finger or a face. Returns at once; the result is a state.
    pub fn with_biometrics(&self) {
        contained(|| self.0.with_biometrics());
    }

    /// Tries a PIN: its digits as ASCII bytes. C3, inwards only: they are read where the shell has them, and the shell overwrites
    /// them afterwards. Returns at once; the result is a state. Refused while another try is under way: nothing was tried.
    pub fn with_pin(&self, digits: &[u8]) -> Result<(), Refused> {
        contained(|| Ok(self.0.with_pin(pin(digits))?))
    }

    /// Leads to the bank's page: a later state asks for the browser.
    pub fn at_bank(&self) {
        contained(|| self.0.at_bank());
    }

    /// The browser came back to the app with `url`. Ignored if `id` is not the page that is open. The URL is C3: it carries an
    /// authorization code; the shell keeps no copy.
    pub fn browser_returned(&self, id: u64, url: String) {
        contained(|| self.0.browser_returned(PromptId(id), C3::new(url)));
    }

    /// The customer closed the browser. Ignored if `id` is not the page that is open.
    pub fn browser_closed(&self, id: u64) {
        contained(|| self.0.browser_closed(PromptId(id)));
    }

    /// Leaves it: what the bank asked for is not done.
    pub fn cancel(&self) {
        contained(|| self.0.cancel());
    }
}
