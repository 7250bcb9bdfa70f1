//! Why a verb was refused at the door: a type for the code, a sentence for the customer, the field it is about.

use guichet_foundation::sensitivity::C2;
use guichet_session::lock::PinRefusal;

use crate::text::{Argument, Words};

/// A verb was refused. Nothing has happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    /// Why.
    pub reason: RefusalReason,
    /// Which field of the form it is about, if any.
    pub field: Option<Field>,
    /// What the customer reads. It may name an amount.
    pub text: C2<String>,
}

/// Why a verb was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefusalReason {
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

/// A field of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
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

impl Refusal {
    pub(crate) fn new(words: &Words, reason: RefusalReason, id: &str) -> Self {
        Self { reason, field: None, text: words.say(id).into() }
    }

    pub(crate) fn of_field(
        words: &Words,
        reason: RefusalReason,
        field: Field,
        id: &str,
        arguments: &[(&str, Argument<'_>)],
    ) -> Self {
        Self { reason, field: Some(field), text: words.say_with(id, arguments).into() }
    }

    /// A PIN that may not be chosen.
    pub(crate) fn of_pin(refusal: PinRefusal, words: &Words) -> Self {
        let id = match refusal {
            PinRefusal::Length => "pin-length",
            PinRefusal::NotDigits => "pin-not-digits",
            PinRefusal::Repeated | PinRefusal::Run => "pin-pattern",
            PinRefusal::Common => "pin-common",
            PinRefusal::Date => "pin-date",
            PinRefusal::Known => "pin-known",
        };
        Self::of_field(words, RefusalReason::WeakPin, Field::Pin, id, &[])
    }

    pub(crate) fn locked(words: &Words) -> Self {
        Self::new(words, RefusalReason::Locked, "refusal-locked")
    }

    pub(crate) fn busy(words: &Words) -> Self {
        Self::new(words, RefusalReason::Busy, "refusal-busy")
    }
}

/// Everything that is wrong with a form; one reason at least.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusals(pub Vec<Refusal>);

impl Refusals {
    pub(crate) fn of(refusal: Refusal) -> Self {
        Self(vec![refusal])
    }
}
