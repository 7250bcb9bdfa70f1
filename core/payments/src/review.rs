//! Review: a draft meets the bank. A fresh challenge and fresh limits come in, and the intent is frozen around them.

use guichet_foundation::ids::IntentId;
use guichet_foundation::locale::Locale;
use guichet_foundation::sensitivity::C2;
use guichet_foundation::time::Timestamp;
use guichet_session::{Call, CallFailure};
use serde::Deserialize;

use crate::digest::TextDigest;
use crate::frozen::{Circumstances, Frozen, LIFETIME_MAX_SECONDS, NotFrozen};
use crate::intent::Challenge;
use crate::limits::{AboveLimit, Limits};
use crate::outbox::{Event, OutboxFailure, State};
use crate::payments::{Payments, Room};
use crate::terms::Terms;

/// What the customer is asked to approve. The shell draws `text`, letter for letter, and hands back the digest of what it drew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Review {
    /// The payment.
    pub id: IntentId,
    /// What the words are made of, for a screen that sets them out. The words themselves are what is signed.
    pub terms: Terms,
    /// The words.
    pub text: C2<String>,
    /// The language they are in.
    pub locale: Locale,
    /// Their digest.
    pub digest: TextDigest,
    /// Until when they can be approved, in the bank's time.
    pub expires: Timestamp,
}

/// Why there is nothing to approve. The draft stays as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReviewFailure {
    /// It is approved already, or further.
    #[error("the payment is approved already")]
    AlreadyApproved,
    /// It is being reviewed or approved at this moment.
    #[error("the payment is being worked on")]
    Busy,
    /// The bank did not answer; the draft can be reviewed later.
    #[error(transparent)]
    Bank(#[from] CallFailure),
    /// The bank's answer is not a challenge with limits.
    #[error("the bank's answer is not a challenge")]
    Unreadable,
    /// The amount is above what the customer may pay.
    #[error(transparent)]
    AboveLimit(#[from] AboveLimit),
    /// The intent could not be frozen: the challenge is over already, or this app is too old for its terms.
    #[error(transparent)]
    NotFrozen(#[from] NotFrozen),
    /// The outbox could not be read or written.
    #[error(transparent)]
    Outbox(#[from] OutboxFailure),
}

#[derive(Deserialize)]
struct Told {
    challenge: Challenge,
    expires_at: Timestamp,
    limits: Limits,
}

impl Payments {
    /// Asks the bank for a challenge, freezes the intent and returns the words to show. May be repeated until the customer
    /// approves; each time counts anew from now. Dropping the future leaves the payment as it is.
    pub async fn review(&self, id: IntentId, locale: Locale) -> Result<Review, ReviewFailure> {
        let room = &self.room;
        let _hold = room.desk().hold(id).ok_or(ReviewFailure::Busy)?;
        // What was approved and never sent in its time is a draft again, and may be reviewed like one.
        room.outbox().apply(id, Event::TimePassed, room.now())?;
        let payment = room.outbox().payment(id)?;
        if payment.state.signed().is_some() {
            return Err(ReviewFailure::AlreadyApproved);
        }
        let frozen = room.freeze(id, payment.terms, locale).await?;
        let applied = room.outbox().apply(id, Event::Frozen(frozen), room.now())?;
        room.desk().forget_prompt(id);
        reviewed(&applied.state).ok_or(ReviewFailure::AlreadyApproved)
    }

    /// The review that waits for the customer's approval, if there is one and its time has not run out: for a screen that was left
    /// and opened again.
    pub fn reviewed(&self, id: IntentId) -> Result<Option<Review>, OutboxFailure> {
        let now = self.room.now();
        let payment = self.room.outbox().payment(id)?;
        Ok(reviewed(&payment.state).filter(|review| now < review.expires))
    }
}

impl Room {
    async fn freeze(
        &self,
        id: IntentId,
        terms: Terms,
        locale: Locale,
    ) -> Result<Frozen, ReviewFailure> {
        let identity = self.bank().identity().ok_or(CallFailure::NotEnrolled)?;
        let told = self.ask_challenge().await?;
        let created = self.now();
        self.outbox().keep_limits(&told.limits, created)?;
        if let Some(amount) = terms.amount() {
            told.limits.allow(amount)?;
        }
        let around = Circumstances {
            id,
            issuer: identity.issuer,
            device: identity.device_id,
            challenge: told.challenge,
            created,
            expires: created.shifted(LIFETIME_MAX_SECONDS).min(told.expires_at),
            locale,
        };
        Ok(Frozen::freeze(terms, around)?)
    }

    async fn ask_challenge(&self) -> Result<Told, ReviewFailure> {
        let call = Call::post("/v1/challenges", br#"{"purpose":"intent"}"#.to_vec());
        let reply = self.bank().call(call).await?;
        if reply.status != 201 {
            return Err(ReviewFailure::Unreadable);
        }
        serde_json::from_slice(&reply.body).map_err(|_| ReviewFailure::Unreadable)
    }
}

fn reviewed(state: &State) -> Option<Review> {
    let State::Reviewed(frozen) = state else { return None };
    let intent = frozen.intent();
    Some(Review {
        id: intent.id,
        terms: intent.terms.clone(),
        text: frozen.text().clone(),
        locale: intent.display.locale,
        digest: frozen.text_digest(),
        expires: intent.expires,
    })
}
