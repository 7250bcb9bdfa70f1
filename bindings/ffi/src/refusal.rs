use guichet_foundation::sensitivity::C2;

use crate::cross::{Cross, enumeration, record};
use crate::private_text::PrivateText;

/// A verb was refused at the door. Nothing has happened.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, uniffi::Error)]
pub enum Refused {
    /// The one way to be refused.
    #[error("refused at the door")]
    AtTheDoor {
        /// What stands in the way, at least one thing. C2.
        refusals: Vec<Refusal>,
    },
}

record! {
    /// One thing that stands in a verb's way.
    Refusal mirrors guichet_app::Refusal {
        /// Why, for the code. C1.
        reason: RefusalReason,
        /// Which field of the form it is about, if any. C1.
        field: Option<Field>,
        /// What the customer reads. C2: it may name an amount.
        text: PrivateText,
    }
}

impl From<guichet_app::Refusal> for Refused {
    fn from(refusal: guichet_app::Refusal) -> Self {
        Self::AtTheDoor { refusals: vec![refusal.cross()] }
    }
}

impl From<guichet_app::Refusals> for Refused {
    fn from(refusals: guichet_app::Refusals) -> Self {
        Self::AtTheDoor { refusals: refusals.0.cross() }
    }
}

/// For an id that no payment or account can have: only a shell's mistake leads here, so that there are no words for it.
pub(crate) fn not_found() -> Refused {
    let text = C2::new(String::new()).into();
    Refused::AtTheDoor {
        refusals: vec![Refusal { reason: RefusalReason::NotFound, field: None, text }],
    }
}

enumeration! {
    /// Why a verb was refused.
    RefusalReason mirrors guichet_app::RefusalReason {
        /// The app is locked or nobody is signed in.
        Locked,
        /// Something else is under way.
        Busy,
        /// There is no such draft or payment any more.
        NotFound,
        /// What was shown is not what would be signed.
        Changed,
        /// The intent has expired: review it again.
        Expired,
        /// Something covers the screen.
        Obscured,
        /// The customer's payments are stopped.
        Frozen,
        /// A field does not hold what it must.
        Invalid,
        /// More than may be paid.
        OverLimit,
        /// More than there is.
        InsufficientFunds,
        /// The PIN breaks a rule.
        WeakPin,
    }
}

enumeration! {
    /// A field of a form.
    Field mirrors guichet_app::Field {
        /// The account to pay from.
        From,
        /// The payee's name.
        Name,
        /// The payee's account number.
        Account,
        /// How much.
        Amount,
        /// The message to the payee.
        Note,
        /// The PIN.
        Pin,
    }
}
