//! What a screen says when something went otherwise than hoped: one sentence, and what to do next.

use std::time::Duration;

use guichet_foundation::ports::{PromptFailure, StoreFailure};
use guichet_session::lock::{SettingRefusal, UnlockRefusal};
use guichet_session::{CallFailure, NotSent, SignInRefusal};
use guichet_vault::OpenFailure;
use guichet_vault::keys::UnwrapFailure;

use crate::prompting::Prompting;
use crate::text::Words;

/// A sentence for the customer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// How it is drawn.
    pub tone: Tone,
    /// The sentence, in the customer's language.
    pub text: String,
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
    pub(crate) const fn info(text: String) -> Self {
        Self { tone: Tone::Info, text }
    }

    pub(crate) const fn trouble(text: String) -> Self {
        Self { tone: Tone::Trouble, text }
    }

    pub(crate) const fn danger(text: String) -> Self {
        Self { tone: Tone::Danger, text }
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
            CallFailure::NotSent(NotSent::StepUpCancelled) => "step-up-cancelled",
            CallFailure::NotSent(NotSent::StepUpRefused) => "step-up-refused",
            CallFailure::Busy { .. } => "trouble-busy",
            CallFailure::Revoked => "welcome-wiped-message",
            CallFailure::SignedOut => "trouble-signed-out",
            CallFailure::Unreadable => "trouble-unreadable",
        };
        match failure {
            CallFailure::NotSent(NotSent::NotTheBank) | CallFailure::Revoked => {
                Self::danger(words.say(id))
            }
            CallFailure::NotSent(NotSent::StepUpCancelled) => Self::info(words.say(id)),
            _ => Self::trouble(words.say(id)),
        }
    }

    /// The words for a try that did not open; `None` where another screen has them.
    pub(crate) fn of_unlock(refusal: UnlockRefusal, words: &Words) -> Option<Self> {
        Some(match refusal {
            UnlockRefusal::Wrong { left } => {
                Self::trouble(words.say_with("lock-wrong-pin", &[("left", u64::from(left).into())]))
            }
            UnlockRefusal::Wait { seconds } => {
                let wait = words.span(Duration::from_secs(seconds));
                Self::trouble(words.say_with("lock-wait", &[("wait", (&wait).into())]))
            }
            UnlockRefusal::NotAPin => Self::trouble(words.say("pin-length")),
            UnlockRefusal::Prompt(failure) => Self::of_prompt(failure, Prompting::Unlock, words),
            UnlockRefusal::NotSetUp => Self::info(words.say("lock-message-pin")),
            UnlockRefusal::Vault(OpenFailure::Newer) | UnlockRefusal::Key(UnwrapFailure::Newer) => {
                Self::danger(words.say("lock-newer"))
            }
            UnlockRefusal::Vault(_) => Self::trouble(words.say("lock-storage")),
            UnlockRefusal::Key(_) | UnlockRefusal::Store(_) => {
                Self::trouble(words.say("trouble-phone"))
            }
            UnlockRefusal::Wiped | UnlockRefusal::Superseded => return None,
        })
    }

    /// The words for a sign-in that did not end as it should.
    pub(crate) fn of_sign_in(refusal: SignInRefusal, words: &Words) -> Self {
        match refusal {
            SignInRefusal::Bank(failure) => Self::of_call(failure, words),
            SignInRefusal::NotOurs => Self::danger(words.say("trouble-wrong-return")),
            SignInRefusal::OtherCustomer => Self::danger(words.say("trouble-other-customer")),
            SignInRefusal::Denied | SignInRefusal::Superseded => {
                Self::info(words.say("trouble-sign-in-cancelled"))
            }
            SignInRefusal::NothingPending | SignInRefusal::Failed => {
                Self::trouble(words.say("trouble-sign-in-refused"))
            }
            SignInRefusal::OtherIssuer
            | SignInRefusal::MetadataUnusable
            | SignInRefusal::RefusedByBank => Self::trouble(words.say("trouble-update")),
        }
    }

    /// The words for a setting of the lock that was not changed; `None` where another screen has them.
    pub(crate) fn of_setting(refusal: SettingRefusal, words: &Words) -> Option<Self> {
        match refusal {
            SettingRefusal::Store(StoreFailure::NoBiometrics) => {
                Some(Self::of_prompt(PromptFailure::NotEnrolled, Prompting::Enrol, words))
            }
            SettingRefusal::Store(_) => Some(Self::trouble(words.say("trouble-phone"))),
            SettingRefusal::Locked | SettingRefusal::Superseded => None,
        }
    }
}
