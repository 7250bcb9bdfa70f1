//! Sending: the committed bytes go out, and whatever comes back is judged.
//!
//! Only a receipt that verifies about these very bytes decides anything. Every other ending, whatever status or words it came
//! with, leaves the payment unknown, unless the call certainly was not carried out.

use std::time::Duration;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use guichet_session::{Call, CallFailure, NotSent, Reply, SignedBy};
use serde::{Deserialize, Serialize};

use crate::desk::Hold;
use crate::frozen::Signed;
use crate::outbox::{Attempt, Effect, Event, OutboxFailure, Wait};
use crate::payments::Room;
use crate::receipt::{Receipt, Unbelievable};

#[derive(Serialize)]
struct Submission {
    intent: String,
    approval: String,
}

#[derive(Deserialize)]
struct Answer {
    receipt: String,
}

/// Whether it makes sense to call the bank again soon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// Yes, perhaps after a wait.
    Open,
    /// Not before the customer has signed in, enrolled or come back.
    Closed,
}

impl Room {
    /// Sends the payment in hand, if it is due to be sent at all.
    pub(crate) async fn send(&self, hold: &Hold) -> Result<Line, OutboxFailure> {
        let leaving = self.outbox().apply(hold.id(), Event::Leaving, self.now())?;
        match leaving.effect {
            Some(effect) => self.carry_out(hold, effect).await,
            None => Ok(Line::Open),
        }
    }

    /// Sends what the committed state of the payment in hand orders to be sent.
    pub(crate) async fn carry_out(
        &self,
        hold: &Hold,
        effect: Effect,
    ) -> Result<Line, OutboxFailure> {
        let Effect::Send { signed, attempt } = effect;
        let answer = self.bank().call(submission(&signed)?).await;
        let line = line_after(&answer);
        let event = self.judge(answer, &signed, attempt).await;
        self.outbox().apply(hold.id(), event, self.now())?;
        Ok(line)
    }

    async fn judge(
        &self,
        answer: Result<Reply, CallFailure>,
        signed: &Signed,
        attempt: Attempt,
    ) -> Event {
        let failure = match answer {
            Ok(reply) => match self.receipt_in(&reply, signed).await {
                Some(receipt) => return Event::Decided(receipt),
                None => CallFailure::Unreadable,
            },
            Err(failure) => failure,
        };
        let wait = Wait { asked: asked_wait(failure), jitter: self.random_byte() };
        if is_the_customers_no(failure) {
            Event::GivenUp { attempt, wait }
        } else if failure.may_have_been_carried_out() {
            Event::Unanswered { attempt, wait }
        } else {
            Event::NotSent { attempt, wait }
        }
    }

    /// The receipt in the bank's answer, if it is to be believed.
    async fn receipt_in(&self, reply: &Reply, signed: &Signed) -> Option<Receipt> {
        if !matches!(reply.status, 200 | 201) {
            tracing::warn!(status = reply.status, "the bank answered a payment without a receipt");
            return None;
        }
        let answer: Answer = serde_json::from_slice(&reply.body).ok()?;
        match self.believe(&answer.receipt, signed).await {
            Ok(receipt) => Some(receipt),
            Err(why) => {
                tracing::warn!(%why, "the bank's answer to a payment is not believed");
                None
            }
        }
    }

    /// Verifies with the keys at hand; with the newest ones if the key is not among them.
    async fn believe(&self, compact: &str, signed: &Signed) -> Result<Receipt, Disbelief> {
        let keys = self.bank().receipt_keys(false).await?;
        match Receipt::verify(compact, &keys, signed) {
            Err(Unbelievable::Signature(SignedBy::UnknownKey)) => {
                let newest = self.bank().receipt_keys(true).await?;
                Ok(Receipt::verify(compact, &newest, signed)?)
            }
            judged => Ok(judged?),
        }
    }
}

#[derive(Debug, thiserror::Error)]
enum Disbelief {
    #[error("no receipt keys: {0}")]
    NoKeys(#[from] CallFailure),
    #[error(transparent)]
    Receipt(#[from] Unbelievable),
}

/// The body is a function of the signed bytes alone: every attempt sends the same.
fn submission(signed: &Signed) -> Result<Call, OutboxFailure> {
    let submission = Submission {
        intent: Base64UrlUnpadded::encode_string(signed.frozen().bytes()),
        approval: Base64UrlUnpadded::encode_string(signed.approval().as_raw()),
    };
    let body = serde_json::to_vec(&submission).map_err(|_| OutboxFailure::Damaged)?;
    Ok(Call::post("/v1/intents", body))
}

const fn asked_wait(failure: CallFailure) -> Option<Duration> {
    match failure {
        CallFailure::Busy { retry_after } => retry_after,
        _ => None,
    }
}

const fn line_after(answer: &Result<Reply, CallFailure>) -> Line {
    match answer {
        Err(CallFailure::Revoked | CallFailure::SignedOut | CallFailure::NotEnrolled) => {
            Line::Closed
        }
        Err(failure) if is_the_customers_no(*failure) => Line::Closed,
        _ => Line::Open,
    }
}

/// The bank wanted the customer to show to be there, and they did not, or could not. Trying again by itself would only ask again.
const fn is_the_customers_no(failure: CallFailure) -> bool {
    matches!(failure, CallFailure::NotSent(NotSent::StepUpCancelled | NotSent::StepUpRefused))
}
