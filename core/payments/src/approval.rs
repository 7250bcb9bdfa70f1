//! Approval: the customer's finger on the words that were shown.
//!
//! The shell hands back the digest of what it drew. If it is not the frozen one (another text, another payment, an old screen)
//! nothing is signed. One tap opens one prompt and yields one signature over one intent; the signature is committed before
//! anything is sent.

use guichet_foundation::ids::IntentId;
use guichet_foundation::ports::PromptFailure;
use tokio::task::JoinHandle;

use crate::desk::{Hold, OpenPrompt};
use crate::digest::TextDigest;
use crate::frozen::{Frozen, Signed};
use crate::outbox::{Applied, Effect, Event, OutboxFailure, Stage, State};
use crate::payments::Payments;

/// Why the prompt was not opened. Nothing was signed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApproveRefusal {
    /// Something else is drawn over the app.
    #[error("something is drawn over the app")]
    Obscured,
    /// The payment is not waiting for an approval: not reviewed, or approved already.
    #[error("the payment is not waiting for an approval")]
    NotReviewed,
    /// Its time has run out; it has to be reviewed again.
    #[error("the time for approving has run out")]
    Expired,
    /// The words that were drawn are not the words of the intent.
    #[error("the words shown are not those of the payment")]
    OtherWords,
    /// This installation is no longer the device the intent was frozen for; it has to be reviewed again.
    #[error("the payment was reviewed on another enrolment of this device")]
    OtherDevice,
    /// A prompt is open, or the payment is being worked on.
    #[error("an approval is under way")]
    Busy,
    /// The outbox could not be read.
    #[error(transparent)]
    Outbox(#[from] OutboxFailure),
}

/// Why an approval that was begun did not lead to a signed payment. Nothing was sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ApprovalFailure {
    /// The prompt ended without a signature.
    #[error(transparent)]
    Prompt(#[from] PromptFailure),
    /// The signature came too late, or for a payment that was discarded or reviewed anew meanwhile. It is thrown away.
    #[error("the approval came too late")]
    TooLate,
    /// The outbox could not be written. If the signature was committed, the payment goes on later.
    #[error(transparent)]
    Outbox(#[from] OutboxFailure),
}

impl Payments {
    /// Opens the biometric prompt for the payment whose words have the digest `digest_shown`; once signed, sends it. `reason` is
    /// what the prompt says, without name, number or amount.
    ///
    /// Returns at once. The handle tells where the payment stands after the first attempt to send it; it may be dropped, the work
    /// goes on, and its progress is in [`Payments::outbox`].
    pub fn approve(
        &self,
        id: IntentId,
        digest_shown: TextDigest,
        reason: String,
    ) -> Result<JoinHandle<Result<Stage, ApprovalFailure>>, ApproveRefusal> {
        let desk = self.room.desk();
        if desk.is_obscured() {
            return Err(ApproveRefusal::Obscured);
        }
        let hold = desk.hold(id).ok_or(ApproveRefusal::Busy)?;
        let frozen = self.approvable(id, digest_shown)?;
        let prompt = desk.open_prompt(id).ok_or(ApproveRefusal::Busy)?;
        self.room.outbox().touch();
        Ok(self.start(self.clone().carry_out(frozen, reason, prompt, hold)))
    }

    fn approvable(&self, id: IntentId, shown: TextDigest) -> Result<Frozen, ApproveRefusal> {
        let State::Reviewed(frozen) = self.room.outbox().payment(id)?.state else {
            return Err(ApproveRefusal::NotReviewed);
        };
        if frozen.is_expired(self.room.now()) {
            return Err(ApproveRefusal::Expired);
        }
        let same_device = self.room.bank().identity().is_some_and(|identity| {
            identity.device_id == frozen.intent().device && identity.issuer == frozen.intent().aud
        });
        if !same_device {
            return Err(ApproveRefusal::OtherDevice);
        }
        if frozen.text_digest() != shown {
            return Err(ApproveRefusal::OtherWords);
        }
        Ok(frozen)
    }

    async fn carry_out(
        self,
        frozen: Frozen,
        reason: String,
        prompt: OpenPrompt,
        hold: Hold,
    ) -> Result<Stage, ApprovalFailure> {
        let id = hold.id();
        let signed = self.sign(frozen, reason, prompt).await;
        self.room.outbox().touch();
        let sent = self.room.carry_out(&hold, signed?).await;
        drop(hold);
        self.room.outbox().touch();
        self.keep_resolving();
        match sent.and_then(|_| self.payment(id)) {
            Ok(item) => Ok(item.stage),
            Err(OutboxFailure::NoSuchPayment) => Err(ApprovalFailure::TooLate),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Has the intent signed, and commits the signature and that it is about to leave in one: a customer waits for one write.
    async fn sign(
        &self,
        frozen: Frozen,
        reason: String,
        prompt: OpenPrompt,
    ) -> Result<Effect, ApprovalFailure> {
        let approval = match self.room.bank().approve(reason, frozen.signing_input()).await {
            Ok(approval) => approval,
            Err(failure) => {
                prompt.failed(failure);
                return Err(failure.into());
            }
        };
        let id = frozen.intent().id;
        let events = [Event::Signed(Signed::new(frozen, approval)), Event::Leaving];
        match self.room.outbox().apply_in_turn(id, events, self.room.now()) {
            Ok(Applied { effect: Some(effect), .. }) => Ok(effect),
            Ok(_) | Err(OutboxFailure::NoSuchPayment) => Err(ApprovalFailure::TooLate),
            Err(failure) => Err(failure.into()),
        }
    }
}
