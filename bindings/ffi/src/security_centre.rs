use std::sync::Arc;

use guichet_silence::contained;

use crate::cross::{Cross, record};
use crate::notice::Notice;
use crate::observe::observable;
use crate::private_text::PrivateText;

record! {
    /// What the security centre shows.
    SecurityState mirrors guichet_app::SecurityState {
        /// Grows with every change. C1.
        revision: u64,
        /// `None` while locked or signed out. C2.
        content: Option<SecurityContent>,
    }
}

record! {
    /// The security centre of an unlocked app.
    SecurityContent mirrors guichet_app::SecurityContent {
        /// The title. C1.
        title: String,
        /// Something that happened and the customer is asked about: one at a time, the oldest first. C2.
        question: Option<QuestionCard>,
        /// Whether payments go. C1.
        payments: PaymentsCard,
        /// After moving to this phone: what becomes of those that were there before. C2.
        moving: Option<MovingCard>,
        /// The heading above the phones. C1.
        devices_title: String,
        /// The phones, as the bank listed them last. Empty until it was asked. C2.
        devices: Vec<DeviceRow>,
        /// The label of the button that signs all other phones out; `None` where there is no other. C1.
        sign_out_others: Option<String>,
        /// The label of the button that signs this phone out and erases it. C1.
        sign_out: String,
        /// The bank is being asked: the buttons wait, all but the one that stops payments. C1.
        busy: bool,
        /// What became of the last verb. C2.
        notice: Option<Notice>,
    }
}

record! {
    /// Was this you?
    QuestionCard mirrors guichet_app::QuestionCard {
        /// To answer it. C1.
        id: String,
        /// What happened: `A phone was added to your account: Li Na's phone`. C2.
        title: PrivateText,
        /// The phone's kind and protection, where it is about a phone. C1.
        detail: Option<String>,
        /// When. C1.
        time: String,
        /// `Was this you?` C1.
        question: String,
        /// The label of the button that says yes. C1.
        mine: String,
        /// The label of the button that says no. C1.
        not_mine: String,
        /// What saying no does. C1.
        hint: String,
        /// `2 more after this.` C1.
        more: Option<String>,
        /// What a screen reader says for the card. C2.
        spoken: PrivateText,
    }
}

record! {
    /// Whether payments go, and the button that changes it.
    PaymentsCard mirrors guichet_app::PaymentsCard {
        /// The heading. C1.
        title: String,
        /// Whether they are stopped, for the icon and the colour. C1.
        frozen: bool,
        /// How things stand, in words. C1.
        message: String,
        /// The label of the button that stops all payments; `None` while they are stopped. C1.
        freeze: Option<String>,
        /// The label of the button that allows them again; `None` while they go. C1.
        unfreeze: Option<String>,
        /// They are being stopped. C1.
        busy: bool,
    }
}

record! {
    /// The phones that were there before this one.
    MovingCard mirrors guichet_app::MovingCard {
        /// The question. C1.
        title: String,
        /// Which phone it is about, and what signing it out does. C2.
        message: PrivateText,
        /// The old phone, where there is just one. C1.
        device: Option<String>,
        /// The label of the button that signs it out, where there is just one. C1.
        sign_out: Option<String>,
        /// The label of the button that leaves everything as it is. C1.
        keep: String,
    }
}

record! {
    /// A phone on the screen.
    DeviceRow mirrors guichet_app::DeviceRow {
        /// To sign it out. C1.
        id: String,
        /// Its name. C2.
        name: PrivateText,
        /// `Android phone`. C1.
        platform: String,
        /// `This phone`, or when it was last used. C1.
        detail: String,
        /// How well its keys are protected. C1.
        trust: String,
        /// Whether it is this phone. C1.
        current: bool,
        /// The label of the button that signs it out; `None` for this phone. C1.
        sign_out: Option<String>,
        /// What a screen reader says for the row. C2.
        spoken: PrivateText,
    }
}

/// What happened on other phones, whether payments go, and which phones the customer has. (Not called `Security`: Apple has a
/// framework of that name.)
#[derive(uniffi::Object)]
pub struct SecurityCentre(pub(crate) Arc<guichet_app::SecurityCentre>);

observable!(SecurityCentre tells SecurityListener SecurityState);

#[uniffi::export]
impl SecurityCentre {
    /// Asks the bank for the phones and for what happened. Returns at once; the result is a state.
    pub fn refresh(&self) {
        contained(|| self.0.refresh());
    }

    /// Stops all payments, whatever else is under way; never asks who it is. Returns at once; the result is a state.
    pub fn freeze(&self) {
        contained(|| self.0.freeze());
    }

    /// Lets payments go again; the bank asks the customer to sign in with it before. Returns at once; the result is a state.
    pub fn unfreeze(&self) {
        contained(|| self.0.unfreeze());
    }

    /// The customer says that what the question is about was their own doing. Returns at once; the result is a state. An id that is
    /// none changes nothing.
    pub fn this_was_me(&self, id: &str) {
        contained(|| {
            if let Ok(id) = id.parse() {
                self.0.this_was_me(id);
            }
        });
    }

    /// The customer says that it was not them: payments stop at once, then the phone it is about is signed out. Returns at once;
    /// the result is a state. An id that nothing is asked about changes nothing.
    pub fn this_was_not_me(&self, id: &str) {
        contained(|| {
            if let Ok(id) = id.parse() {
                self.0.this_was_not_me(&id);
            }
        });
    }

    /// Signs another phone out. Returns at once; the result is a state. An id that is none changes nothing.
    pub fn sign_out_device(&self, id: &str) {
        contained(|| {
            if let Ok(id) = id.parse() {
                self.0.sign_out_device(id);
            }
        });
    }

    /// Signs all other phones out, and whoever signed in somewhere and is on no list. Returns at once; the result is a state.
    pub fn sign_out_others(&self) {
        contained(|| self.0.sign_out_others());
    }

    /// The phones that were there before this one stay as they are, and nobody asks again.
    pub fn keep_phones(&self) {
        contained(|| self.0.keep_phones());
    }

    /// Signs this phone out: ends the session at the bank if it can be reached, and erases everything here in any case.
    pub fn sign_out(&self) {
        contained(|| self.0.sign_out());
    }
}
