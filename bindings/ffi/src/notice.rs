use crate::cross::{enumeration, record};
use crate::private_text::PrivateText;

record! {
    /// A sentence for the customer.
    Notice mirrors guichet_app::Notice {
        /// How it is drawn.
        tone: Tone,
        /// The sentence. C2: it may name an amount.
        text: PrivateText,
    }
}

enumeration! {
    /// How a notice is drawn and announced.
    Tone mirrors guichet_app::Tone {
        /// Something the customer may like to know.
        Info,
        /// Something did not work; trying again or waiting helps.
        Trouble,
        /// Something is wrong that the customer must act on.
        Danger,
    }
}
