//! A payment as a screen shows it.

use guichet_foundation::ids::IntentId;
use guichet_foundation::ports::PromptFailure;
use guichet_foundation::time::Timestamp;

use super::machine::{Event, Payment, Setback, State, step};
use crate::receipt::{Outcome, RefusalReason};
use crate::terms::Terms;

/// A payment and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutboxItem {
    /// Its name, from draft to receipt.
    pub id: IntentId,
    /// What it is about.
    pub terms: Terms,
    /// When it was drafted, in the bank's time.
    pub made_at: Timestamp,
    /// When it last changed.
    pub changed_at: Timestamp,
    /// Where it stands.
    pub stage: Stage,
}

/// Where a payment stands, as far as the phone can prove it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Not reviewed, or no longer. Nothing of it reached the bank.
    Draft {
        /// Why it is a draft again, if it is.
        setback: Option<Setback>,
    },
    /// Frozen and waiting for the customer's approval.
    Reviewed {
        /// Until when.
        expires: Timestamp,
        /// What became of the biometric prompt.
        prompt: PromptStage,
    },
    /// Approved; nothing of it has left the phone yet. May still be discarded.
    Approved {
        /// Until when it is tried.
        expires: Timestamp,
    },
    /// Being sent for the first time.
    InFlight,
    /// Sent, and the bank's answer is not known: executed or not.
    Unknown {
        /// When the phone asks again; `None`: at the next opportunity.
        retry_at: Option<Timestamp>,
    },
    /// The bank has executed it, proved by a receipt.
    Confirmed {
        /// When the bank did.
        at: Timestamp,
    },
    /// The bank never will execute it, proved by a receipt.
    Rejected {
        /// When the bank decided.
        at: Timestamp,
        /// Why.
        reason: RefusalReason,
    },
}

/// The biometric prompt of a reviewed payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PromptStage {
    /// Not shown.
    Closed,
    /// The person is being asked.
    Open,
    /// The last one ended without a signature.
    Failed(PromptFailure),
}

impl Stage {
    /// Whether the bank may have executed it without the phone knowing.
    pub const fn is_uncertain(&self) -> bool {
        matches!(self, Self::InFlight | Self::Unknown { .. })
    }

    /// Whether it is decided, with a receipt.
    pub const fn is_settled(&self) -> bool {
        matches!(self, Self::Confirmed { .. } | Self::Rejected { .. })
    }
}

impl Payment {
    /// As a screen shows it at `now`. What has run out shows as run out, and *in flight* only while somebody waits for the answer,
    /// whether or not that has been written down yet.
    pub(crate) fn shown(self, prompt: PromptStage, is_sending: bool, now: Timestamp) -> OutboxItem {
        let (state, _) = step(&self, Event::TimePassed, now);
        let mut seen = Self { state, ..self };
        if !is_sending {
            (seen.state, _) = step(&seen, Event::SenderLost, now);
        }
        OutboxItem {
            id: seen.id,
            terms: seen.terms,
            made_at: seen.made_at,
            changed_at: seen.changed_at,
            stage: stage(&seen.state, prompt),
        }
    }
}

fn stage(state: &State, prompt: PromptStage) -> Stage {
    match state {
        State::Draft { setback } => Stage::Draft { setback: *setback },
        State::Reviewed(frozen) => Stage::Reviewed { expires: frozen.intent().expires, prompt },
        State::Approved(sending) => {
            Stage::Approved { expires: sending.signed.frozen().intent().expires }
        }
        State::InFlight(_) => Stage::InFlight,
        State::Unknown(sending) => Stage::Unknown { retry_at: sending.retry_at },
        State::Confirmed(settled) | State::Rejected(settled) => {
            let at = settled.receipt.decided_at();
            match settled.receipt.outcome() {
                Outcome::Executed { .. } => Stage::Confirmed { at },
                Outcome::Refused { reason } => Stage::Rejected { at, reason: *reason },
            }
        }
    }
}
