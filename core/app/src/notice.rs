//! What a screen says when something went otherwise than hoped: one sentence, and what to do next.

use guichet_foundation::ports::PromptFailure;
use guichet_foundation::sensitivity::C2;
use guichet_session::{CallFailure, NotSent};

use crate::text::Words;

/// A sentence for the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How it is drawn.
    pub tone: Tone,
    /// The sentence, in the customer's language. It may name an amount.
    pub text: C2<String>,
}

/// How a notice is drawn and announced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Something the customer may like to know.
    Info,
    /// Something did not work; trying again or waiting helps.
    Trouble,
    /// Something is wrong that the customer must act on.
    Danger,
}

impl Notice {
    pub(crate) fn info(text: impl Into<C2<String>>) -> Self {
        Self { tone: Tone::Info, text: text.into() }
    }

    pub(crate) fn trouble(text: impl Into<C2<String>>) -> Self {
        Self { tone: Tone::Trouble, text: text.into() }
    }

    pub(crate) fn danger(text: impl Into<C2<String>>) -> Self {
        Self { tone: Tone::Danger, text: text.into() }
    }

    /// The words for a biometric prompt that did not end in an answer.
    pub(crate) fn of_prompt(failure: PromptFailure, words: &Words) -> Self {
        let id = match failure {
            PromptFailure::Cancelled => "prompt-cancelled",
            PromptFailure::NotRecognised => "prompt-not-recognised",
            PromptFailure::LockedOut => "prompt-locked-out",
            PromptFailure::NoHardware => "prompt-no-hardware",
            PromptFailure::NotEnrolled => "prompt-not-enrolled",
            PromptFailure::KeyInvalidated => "prompt-invalidated",
            PromptFailure::Platform => "prompt-platform",
            PromptFailure::TimedOut => "prompt-timed-out",
        };
        match failure {
            PromptFailure::Cancelled => Self::info(words.say(id)),
            PromptFailure::KeyInvalidated => Self::danger(words.say(id)),
            _ => Self::trouble(words.say(id)),
        }
    }

    /// The words for a call to the bank that brought no answer.
    pub(crate) fn of_call(failure: CallFailure, words: &Words) -> Self {
        let id = match failure {
            CallFailure::NotSent(NotSent::Offline) => "trouble-offline",
            CallFailure::NotSent(NotSent::NotTheBank) => "trouble-not-the-bank",
            CallFailure::NotSent(NotSent::ClockWrong) => "trouble-clock",
            CallFailure::NotSent(NotSent::NotReady) | CallFailure::Unanswered => {
                "trouble-unanswered"
            }
            CallFailure::NotSent(NotSent::Refused) | CallFailure::NotEnrolled => "trouble-update",
            CallFailure::NotSent(NotSent::Phone) => "trouble-phone",
            CallFailure::NotSent(NotSent::Locked) => "refusal-locked",
            CallFailure::Busy { .. } => "trouble-busy",
            CallFailure::Revoked => "welcome-wiped-message",
            CallFailure::SignedOut => "trouble-signed-out",
            CallFailure::Unreadable => "trouble-unreadable",
        };
        match failure {
            CallFailure::NotSent(NotSent::NotTheBank) | CallFailure::Revoked => {
                Self::danger(words.say(id))
            }
            _ => Self::trouble(words.say(id)),
        }
    }
}
