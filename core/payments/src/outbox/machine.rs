//! The states of a payment, and the one function that leads from one to the next.

use guichet_foundation::ids::IntentId;
use guichet_foundation::time::Timestamp;

use super::backoff::Wait;
use crate::digest::IntentDigest;
use crate::frozen::{Frozen, Signed};
use crate::receipt::{Outcome, Receipt};
use crate::terms::Terms;

/// A payment as the vault has it.
#[derive(Clone, Debug)]
pub(crate) struct Payment {
    pub id: IntentId,
    pub terms: Terms,
    pub made_at: Timestamp,
    pub changed_at: Timestamp,
    pub state: State,
}

/// Where a payment stands. What each state proves about the bank is told in the parent module.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Draft { setback: Option<Setback> },
    Reviewed(Frozen),
    Approved(Sending),
    InFlight(Sending),
    Unknown(Sending),
    Confirmed(Settled),
    Rejected(Settled),
}

/// Why a payment is a draft again. Nothing of it ever reached the bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Setback {
    /// It was reviewed, and its time ran out before it was approved.
    ReviewExpired,
    /// It was approved, and its time ran out before it could be sent.
    NotSent,
}

/// Signed bytes on their way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Sending {
    pub signed: Signed,
    /// How often they were handed to the network.
    pub attempts: u32,
    /// Not to be sent again before; at once if `None`.
    pub retry_at: Option<Timestamp>,
}

/// Signed bytes and the bank's signed answer to them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Settled {
    pub signed: Signed,
    pub attempts: u32,
    pub receipt: Receipt,
}

/// What happens to a payment.
#[derive(Clone, Debug)]
pub(crate) enum Event {
    /// The bank gave a challenge, and the intent was frozen around it.
    Frozen(Frozen),
    /// The customer approved; the signature was verified.
    Signed(Signed),
    /// It is about to be sent. Only the effect of this event, once committed, allows a byte to leave.
    Leaving,
    /// This attempt certainly did not reach the bank.
    NotSent { attempt: Attempt, wait: Wait },
    /// This attempt certainly did not reach the bank, and sending it again by itself would not be what the customer wants.
    GivenUp { attempt: Attempt, wait: Wait },
    /// This attempt ended in anything but a verified receipt.
    Unanswered { attempt: Attempt, wait: Wait },
    /// A verified receipt.
    Decided(Receipt),
    /// Nobody waits for the attempt's answer any more: the process was killed, or the vault was locked under it.
    SenderLost,
    /// Time passed.
    TimePassed,
}

/// What is to be done once the state is committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Effect {
    /// Send these bytes. How that ends comes back as an event with the same attempt.
    Send { signed: Signed, attempt: Attempt },
}

/// One attempt to send: which bytes, and the number of the attempt. The end of an attempt that is not the last one is stray.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Attempt {
    intent: IntentDigest,
    number: u32,
}

/// The state after `event` at `now` (the bank's time), and what to do once it is committed. An event that does not fit the state
/// (late, repeated, about other bytes) changes nothing and does nothing.
pub(crate) fn step(payment: &Payment, event: Event, now: Timestamp) -> (State, Option<Effect>) {
    use State::{Approved, Draft, InFlight, Reviewed, Unknown};
    let state = match (payment.state.clone(), event) {
        (Draft { .. } | Reviewed(_), Event::Frozen(frozen))
            if frozen.is_of(payment.id, &payment.terms) =>
        {
            Reviewed(frozen)
        }
        (Reviewed(frozen), Event::Signed(signed)) if *signed.frozen() == frozen => {
            if frozen.is_expired(now) {
                Draft { setback: Some(Setback::ReviewExpired) }
            } else {
                Approved(Sending::new(signed))
            }
        }
        (Reviewed(frozen), Event::TimePassed) if frozen.is_expired(now) => {
            Draft { setback: Some(Setback::ReviewExpired) }
        }
        (Approved(sending), Event::Leaving | Event::TimePassed) if sending.is_expired(now) => {
            Draft { setback: Some(Setback::NotSent) }
        }
        (Approved(sending), Event::Leaving) => return sending.leave(InFlight),
        // A second attempt while the first one's fate is open: from now on only a receipt tells.
        (InFlight(sending) | Unknown(sending), Event::Leaving) => return sending.leave(Unknown),
        (InFlight(sending), Event::NotSent { attempt, wait }) if sending.was(attempt) => {
            if sending.is_expired(now) {
                Draft { setback: Some(Setback::NotSent) }
            } else {
                Approved(sending.waiting(wait, now))
            }
        }
        (InFlight(sending), Event::GivenUp { attempt, .. }) if sending.was(attempt) => {
            Draft { setback: Some(Setback::NotSent) }
        }
        (InFlight(sending) | Unknown(sending), Event::Unanswered { attempt, wait })
        | (Unknown(sending), Event::NotSent { attempt, wait } | Event::GivenUp { attempt, wait })
            if sending.was(attempt) =>
        {
            Unknown(sending.waiting(wait, now))
        }
        (InFlight(sending), Event::SenderLost) => Unknown(sending),
        // A verified receipt about these very bytes is the truth wherever it arrives.
        (Approved(s) | InFlight(s) | Unknown(s), Event::Decided(receipt))
            if receipt.is_about(&s.signed) =>
        {
            s.settled(receipt)
        }
        (unchanged, _) => unchanged,
    };
    (state, None)
}

impl State {
    /// The frozen intent, from review on.
    pub(crate) const fn frozen(&self) -> Option<&Frozen> {
        match self {
            Self::Draft { .. } => None,
            Self::Reviewed(frozen) => Some(frozen),
            _ => match self.signed() {
                Some(signed) => Some(signed.frozen()),
                None => None,
            },
        }
    }

    /// The signed bytes, from approval on.
    pub(crate) const fn signed(&self) -> Option<&Signed> {
        match self {
            Self::Draft { .. } | Self::Reviewed(_) => None,
            Self::Approved(sending) | Self::InFlight(sending) | Self::Unknown(sending) => {
                Some(&sending.signed)
            }
            Self::Confirmed(settled) | Self::Rejected(settled) => Some(&settled.signed),
        }
    }

    pub(super) const fn sending(&self) -> Option<&Sending> {
        match self {
            Self::Approved(sending) | Self::InFlight(sending) | Self::Unknown(sending) => {
                Some(sending)
            }
            _ => None,
        }
    }

    pub(super) const fn setback(&self) -> Option<Setback> {
        match self {
            Self::Draft { setback } => *setback,
            _ => None,
        }
    }

    /// The receipt, once settled.
    pub(crate) const fn receipt(&self) -> Option<&Receipt> {
        match self {
            Self::Confirmed(settled) | Self::Rejected(settled) => Some(&settled.receipt),
            _ => None,
        }
    }

    /// How often the signed bytes were handed to the network.
    pub(super) const fn attempts(&self) -> u32 {
        match self {
            Self::Draft { .. } | Self::Reviewed(_) => 0,
            Self::Approved(sending) | Self::InFlight(sending) | Self::Unknown(sending) => {
                sending.attempts
            }
            Self::Confirmed(settled) | Self::Rejected(settled) => settled.attempts,
        }
    }
}

impl Sending {
    /// Approved and not yet sent.
    pub(crate) const fn new(signed: Signed) -> Self {
        Self { signed, attempts: 0, retry_at: None }
    }

    fn is_expired(&self, now: Timestamp) -> bool {
        self.signed.frozen().is_expired(now)
    }

    fn waiting(self, wait: Wait, now: Timestamp) -> Self {
        Self { retry_at: Some(now.plus(wait.after(self.attempts))), ..self }
    }

    fn leave(self, becoming: impl FnOnce(Self) -> State) -> (State, Option<Effect>) {
        let leaving = Self { attempts: self.attempts.saturating_add(1), retry_at: None, ..self };
        let effect =
            Effect::Send { signed: leaving.signed.clone(), attempt: leaving.last_attempt() };
        (becoming(leaving), Some(effect))
    }

    fn last_attempt(&self) -> Attempt {
        Attempt { intent: self.signed.intent_digest(), number: self.attempts }
    }

    fn was(&self, attempt: Attempt) -> bool {
        self.last_attempt() == attempt
    }

    fn settled(self, receipt: Receipt) -> State {
        let executed = matches!(receipt.outcome(), Outcome::Executed { .. });
        let settled = Settled { signed: self.signed, attempts: self.attempts, receipt };
        if executed { State::Confirmed(settled) } else { State::Rejected(settled) }
    }
}
