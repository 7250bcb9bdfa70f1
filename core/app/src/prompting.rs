//! What a screen says when a biometric prompt brought no finger and no face: what has happened, and what to do now, which is
//! another thing on every screen.

use guichet_foundation::ports::PromptFailure;

use crate::notice::{Notice, Tone};
use crate::text::Words;

/// What the prompt was for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Prompting {
    /// To open the app. The PIN opens it too.
    Unlock,
    /// To set up approval, for the first time.
    Enrol,
    /// To approve a payment.
    Pay,
    /// To show the bank that it is the customer, where nothing else will do.
    StepUp,
    /// The same, where something else will do too.
    StepUpAmongOthers,
    /// To set up approval again.
    Renewal,
}

impl Notice {
    /// The words for a biometric prompt that did not end in an answer.
    pub(crate) fn of_prompt(failure: PromptFailure, at: Prompting, words: &Words) -> Self {
        let (what, next) = (words.say(what(failure)), words.say(next(failure, at)));
        let text =
            words.say_with("prompt-failed", &[("what", (&what).into()), ("next", (&next).into())]);
        let tone = match failure {
            PromptFailure::Cancelled => Tone::Info,
            PromptFailure::KeyInvalidated => Tone::Danger,
            _ => Tone::Trouble,
        };
        Self { tone, text }
    }
}

const fn what(failure: PromptFailure) -> &'static str {
    match failure {
        PromptFailure::Cancelled => "prompt-cancelled",
        PromptFailure::NotRecognised => "prompt-not-recognised",
        PromptFailure::LockedOut => "prompt-locked-out",
        PromptFailure::NoHardware => "prompt-no-hardware",
        PromptFailure::NotEnrolled => "prompt-not-enrolled",
        PromptFailure::KeyInvalidated => "prompt-invalidated",
        PromptFailure::Platform => "prompt-platform",
        PromptFailure::TimedOut => "prompt-timed-out",
    }
}

const fn next(failure: PromptFailure, at: Prompting) -> &'static str {
    use PromptFailure::{
        Cancelled, KeyInvalidated, LockedOut, NoHardware, NotEnrolled, NotRecognised, Platform,
        TimedOut,
    };
    use Prompting::{Enrol, Pay, Renewal, StepUp, StepUpAmongOthers, Unlock};
    match (at, failure) {
        (Unlock, LockedOut) => "next-code-or-pin",
        (Unlock, NoHardware | NotEnrolled) => "next-pin",
        (Unlock, KeyInvalidated) => "next-pin-turn-on",
        (Unlock, Cancelled | NotRecognised | Platform | TimedOut) => "next-again-or-pin",

        (StepUpAmongOthers, LockedOut) => "next-code-or-other-way",
        (StepUpAmongOthers, NoHardware | NotEnrolled) => "next-other-way",
        (StepUpAmongOthers, KeyInvalidated) => "next-other-way-renew",
        (StepUpAmongOthers, Cancelled | NotRecognised | Platform | TimedOut) => {
            "next-again-or-other-way"
        }

        (Pay, Cancelled) => "next-not-paid",
        (Enrol | Renewal, Cancelled) => "next-begin-again",
        (Pay | StepUp, KeyInvalidated) => "next-renew",
        (Enrol | Pay | Renewal | StepUp, LockedOut) => "next-code",
        (Enrol | Pay | Renewal | StepUp, NoHardware) => "next-other-phone",
        (Enrol | Pay | Renewal | StepUp, NotEnrolled) => "next-add",
        (StepUp, Cancelled)
        | (Enrol | Renewal, KeyInvalidated)
        | (Enrol | Pay | Renewal | StepUp, NotRecognised | Platform | TimedOut) => "next-again",
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use guichet_foundation::locale::Locale;

    use super::*;

    const PROMPTINGS: [Prompting; 6] = [
        Prompting::Unlock,
        Prompting::Enrol,
        Prompting::Pay,
        Prompting::StepUp,
        Prompting::StepUpAmongOthers,
        Prompting::Renewal,
    ];

    const FAILURES: [PromptFailure; 8] = [
        PromptFailure::Cancelled,
        PromptFailure::NotRecognised,
        PromptFailure::LockedOut,
        PromptFailure::NoHardware,
        PromptFailure::NotEnrolled,
        PromptFailure::KeyInvalidated,
        PromptFailure::Platform,
        PromptFailure::TimedOut,
    ];

    #[test]
    fn every_failure_has_words_of_its_own_and_a_next_step_on_every_screen() {
        for locale in Locale::ALL {
            let words = Words::new(locale);
            for at in PROMPTINGS {
                let texts: BTreeSet<String> = FAILURES
                    .into_iter()
                    .map(|failure| Notice::of_prompt(failure, at, &words).text)
                    .collect();
                assert_eq!(texts.len(), FAILURES.len(), "{locale:?} {at:?}");
                for failure in FAILURES {
                    let text = Notice::of_prompt(failure, at, &words).text;
                    let what = words.say(what(failure));
                    let next = words.say(next(failure, at));
                    assert!(text.starts_with(&what) && text.ends_with(&next), "{text}");
                    assert!(next.chars().count() > 3, "{text}");
                }
            }
        }
    }

    #[test]
    fn only_the_lock_screen_speaks_of_the_pin() {
        let words = Words::new(Locale::En);
        for failure in FAILURES {
            for at in PROMPTINGS {
                let text = Notice::of_prompt(failure, at, &words).text;
                assert_eq!(text.contains("PIN"), at == Prompting::Unlock, "{text}");
            }
        }
    }
}
