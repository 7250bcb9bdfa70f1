use tokio::sync::oneshot;

use super::{Demand, Ended, StepUpRequest, Way};
use crate::Session;
use crate::calls::{CallFailure, NotSent};

/// Whose showing it was that may satisfy the bank.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Shown {
    /// The customer answered this very demand.
    ForThis,
    /// The customer answered another call's demand, while this one waited for its turn.
    Meanwhile,
}

impl Session {
    /// Asks the customer for what the bank demands of a call, and returns once it was shown. `closed` is the lock's count when the
    /// call began: a lock that was closed since ends it, also where it is open again.
    /// What was shown `before` for another call did not satisfy the bank: now the customer is asked for this one.
    pub(crate) async fn shown(
        &self,
        demand: &Demand,
        closed: u64,
        before: Option<Shown>,
    ) -> Result<Shown, CallFailure> {
        let ways = self.ways_at_hand(demand);
        if ways.is_empty() {
            return Err(NotSent::StepUpRefused.into());
        }
        let step_ups = &self.0.step_ups;
        let earlier = step_ups.over();
        let _turn = step_ups.turn.lock().await;
        self.unless_locked_since(closed)?;
        let meanwhile = step_ups.state().ended.filter(|(number, _)| *number > earlier);
        match meanwhile {
            Some((_, Ended::Shown)) if before.is_none() => return Ok(Shown::Meanwhile),
            Some((_, Ended::Cancelled)) => return Err(NotSent::StepUpCancelled.into()),
            Some((_, Ended::Shown)) | None => {}
        }
        let (request, answer) = step_ups.open(ways, demand.max_age);
        let _closing = Closing { session: self, request };
        // Either this sees a lock that was closed, or the closing saw the request.
        self.unless_locked_since(closed)?;
        let ended = self.answered(answer).await;
        self.unless_locked_since(closed)?;
        match ended {
            Ended::Shown => Ok(Shown::ForThis),
            Ended::Cancelled => Err(NotSent::StepUpCancelled.into()),
        }
    }

    /// The ways of a demand that this phone has: a finger and a PIN come with setting it up.
    fn ways_at_hand(&self, demand: &Demand) -> Vec<Way> {
        let is_enrolled = self.0.keeper.snapshot().registration.device.is_some();
        let has_pin = self.0.keeper.has_pin();
        let at_hand = |way: &Way| match way {
            Way::Biometric => is_enrolled,
            Way::Pin => is_enrolled && has_pin,
            Way::Bank => true,
        };
        demand.ways.iter().copied().filter(at_hand).collect()
    }

    fn unless_locked_since(&self, closed: u64) -> Result<(), CallFailure> {
        let is_locked = self.lock_if_due();
        if !is_locked && self.0.lock.closed() == closed {
            return Ok(());
        }
        if self.0.keeper.is_signed_in() {
            Err(NotSent::Locked.into())
        } else {
            Err(CallFailure::SignedOut)
        }
    }

    async fn answered(&self, mut answer: oneshot::Receiver<Ended>) -> Ended {
        let step_ups = &self.0.step_ups;
        let mut moved = step_ups.moved.subscribe();
        loop {
            let patience = step_ups.patience();
            tokio::select! {
                biased;
                answer = &mut answer => return answer.unwrap_or(Ended::Cancelled),
                _ = moved.changed() => {}
                () = tokio::time::sleep(patience) => return Ended::Cancelled,
            }
        }
    }
}

/// Closes the request when nobody waits for it any more: answered, timed out or dropped. A sign-in that it left open leads nowhere.
struct Closing<'a> {
    session: &'a Session,
    request: StepUpRequest,
}

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        self.session.0.step_ups.cancel(&self.request);
        self.session.forget_pending_step_up();
    }
}
