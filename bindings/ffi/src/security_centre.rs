use std::sync::Arc;

use crate::cross::{Cross, record};
use crate::notice::Notice;
use crate::observe::observable;
use crate::panics::contained;
use crate::private_text::PrivateText;

record! {
    /// What the devices screen shows.
    DevicesState mirrors guichet_app::DevicesState {
        /// Grows with every change. C1.
        revision: u64,
        /// `None` while locked or signed out. C2.
        content: Option<DevicesContent>,
    }
}

record! {
    /// The devices screen of an unlocked app.
    DevicesContent mirrors guichet_app::DevicesContent {
        /// The title. C1.
        title: String,
        /// The phones, as the bank listed them last. Empty until it was asked. C2.
        rows: Vec<DeviceRow>,
        /// The label of the button that signs this phone out and erases it. C1.
        sign_out: String,
        /// The bank is being asked. C1.
        busy: bool,
        /// What became of the last verb. C2.
        notice: Option<Notice>,
    }
}

record! {
    /// A phone on the screen.
    DeviceRow mirrors guichet_app::DeviceRow {
        /// To sign it out. C1.
        id: String,
        /// Its name. C2.
        name: PrivateText,
        /// `This phone`, or when it was last used. C1.
        detail: String,
        /// How well its keys are protected. C1.
        trust: String,
        /// Whether it is this phone. C1.
        current: bool,
        /// The label of the button that signs it out; `None` for this phone. C1.
        revoke: Option<String>,
    }
}

/// The customer's phones.
#[derive(uniffi::Object)]
pub struct Devices(pub(crate) Arc<guichet_app::Devices>);

observable!(Devices tells DevicesListener DevicesState);

#[uniffi::export]
impl Devices {
    /// Asks the bank for the list. Returns at once; the result is a state.
    pub fn refresh(&self) {
        contained(|| self.0.refresh());
    }

    /// Signs another phone out. Returns at once; the result is a state. An id that is none changes nothing.
    pub fn revoke(&self, id: &str) {
        contained(|| {
            if let Ok(id) = id.parse() {
                self.0.revoke(id);
            }
        });
    }

    /// Signs this phone out: ends the session at the bank if it can be reached, and erases everything here in any case.
    pub fn sign_out(&self) {
        contained(|| self.0.sign_out());
    }
}
