use std::sync::Arc;

use guichet_foundation::ports::PromptId;
use guichet_foundation::sensitivity::C3;
use guichet_silence::contained;

use crate::cross::{Cross, enumeration, record};
use crate::notice::Notice;
use crate::observe::observable;
use crate::pin::pin;
use crate::private_text::PrivateText;
use crate::refusal::Refused;

record! {
    /// What the welcome screen shows.
    WelcomeState mirrors guichet_app::WelcomeState {
        /// Grows with every change. C1.
        revision: u64,
        /// Where the customer is. C1.
        step: WelcomeStep,
        /// The title. C1.
        title: String,
        /// What this is about. C1.
        message: String,
        /// The label of the button that goes on; `None` where something else does (the browser, the PIN pad). C1.
        action: Option<String>,
        /// The label of the button that leaves the step out, where that is possible. C1.
        skip: Option<String>,
        /// The page to open, while it is wanted. A shell opens each id once. C2.
        browser: Option<BrowserRequest>,
        /// Something is under way: the buttons wait. C1.
        busy: bool,
        /// Why the last try did not work. C2.
        notice: Option<Notice>,
    }
}

record! {
    /// A page of the bank to open in the system's browser.
    BrowserRequest mirrors guichet_app::BrowserRequest {
        /// To be handed back with the answer. C1.
        id: u64,
        /// The page. C2: it names a sign-in that is under way.
        url: PrivateText,
    }
}

enumeration! {
    /// Where the customer is on the way in.
    WelcomeStep mirrors guichet_app::WelcomeStep {
        /// To sign in, for the first time or again.
        SignIn,
        /// The bank's page is open in the browser.
        Browser,
        /// To enrol this phone: the approval key is made and proved.
        Enrol,
        /// To choose a PIN.
        ChoosePin,
        /// To say whether a finger or face may open the app.
        OfferBiometrics,
        /// The way in is done.
        Done,
    }
}

/// From the first opening to a phone the bank knows.
#[derive(uniffi::Object)]
pub struct Welcome(pub(crate) Arc<guichet_app::Welcome>);

observable!(Welcome tells WelcomeListener WelcomeState);

#[uniffi::export]
impl Welcome {
    /// Begins to sign in: a later state asks for the browser.
    pub fn begin(&self) {
        contained(|| self.0.begin());
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

    /// Makes this phone a device of the customer: asks for a finger or face to prove the new approval key.
    pub fn enrol(&self) {
        contained(|| self.0.enrol());
    }

    /// Sets the PIN and makes the vault. Refused at once if the PIN breaks a rule. The digits are ASCII bytes. C3, inwards only:
    /// they are read where the shell has them, and the shell overwrites them afterwards.
    pub fn choose_pin(&self, digits: &[u8]) -> Result<(), Refused> {
        contained(|| Ok(self.0.choose_pin(pin(digits))?))
    }

    /// Lets a finger or face open the app from now on.
    pub fn use_biometrics(&self) {
        contained(|| self.0.use_biometrics());
    }

    /// Leaves it at the PIN.
    pub fn skip_biometrics(&self) {
        contained(|| self.0.skip_biometrics());
    }
}
