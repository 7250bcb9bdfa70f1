//! Resolution: every payment whose end is not known is brought to one, by sending its bytes again.
//!
//! One pass goes over all of them. What is left waits for a keeper: one task that sleeps until the next is due and tries again,
//! for as long as there is something to settle, the vault is open and the customer is signed in. After unlocking, signing in or
//! coming back online the app asks for a pass, which starts the keeper anew.

use std::collections::BTreeSet;
use std::sync::{Arc, Weak};
use std::time::Duration;

use guichet_foundation::ids::IntentId;
use tokio::task::JoinHandle;

use crate::desk::{Hold, Keeper};
use crate::outbox::{Event, OutboxFailure};
use crate::payments::{Payments, Room};
use crate::submit::Line;

/// What a pass left to do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resolved {
    /// Payments still on their way: approved, in flight or unknown.
    pub left: usize,
}

/// Which payments a pass takes.
#[derive(Clone, Copy)]
enum Take {
    All,
    Due,
}

impl Payments {
    /// Sends everything that is approved, in flight or unknown, now, and goes on until it is settled. To be called after unlocking,
    /// after signing in and when the network returns; calling it too often does no harm. The handle tells when the first pass is
    /// over; it may be dropped.
    pub fn resolve_all(&self) -> JoinHandle<Result<Resolved, OutboxFailure>> {
        let payments = self.clone();
        self.start(async move {
            let line = payments.room.pass(Take::All).await?;
            if line == Line::Open {
                payments.keep_resolving();
            }
            Ok(Resolved { left: payments.room.to_send(Take::All)?.len() })
        })
    }

    /// Starts the keeper, or has it look again.
    pub(crate) fn keep_resolving(&self) {
        if let Some(keeper) = self.room.desk().become_keeper() {
            self.start(keep(Arc::downgrade(&self.room), keeper));
        }
    }
}

/// Ends with nothing left to do, a locked vault, a closed line, or the app's last handle to its payments.
async fn keep(room: Weak<Room>, mut keeper: Keeper) {
    loop {
        let look = |alone: &BTreeSet<IntentId>| room.upgrade()?.next_due(alone);
        let Some(pause) = keeper.look_or_leave(look) else { return };
        tokio::select! {
            biased;
            () = tokio::time::sleep(pause) => {}
            () = keeper.woken() => continue,
        }
        let Some(room) = room.upgrade() else { return };
        let passed = room.pass(Take::Due).await;
        if passed != Ok(Line::Open) && keeper.leave() {
            return;
        }
    }
}

impl Room {
    async fn pass(&self, take: Take) -> Result<Line, OutboxFailure> {
        for id in self.to_send(take)? {
            // Somebody has it in hand: reviewing, approving or sending it.
            let Some(hold) = self.desk().hold(id) else { continue };
            match self.resolve(&hold).await {
                Ok(Line::Open) | Err(OutboxFailure::NoSuchPayment) => {}
                Ok(Line::Closed) => return Ok(Line::Closed),
                Err(OutboxFailure::Damaged) => self.set_aside(id),
                Err(failure) => return Err(failure),
            }
        }
        Ok(Line::Open)
    }

    async fn resolve(&self, hold: &Hold) -> Result<Line, OutboxFailure> {
        self.outbox().apply(hold.id(), Event::SenderLost, self.now())?;
        let sent = self.send(hold).await;
        self.outbox().touch();
        sent
    }

    fn set_aside(&self, id: IntentId) {
        tracing::error!(%id, "a stored payment is damaged and cannot be resolved");
        self.desk().set_aside(id);
    }

    fn to_send(&self, take: Take) -> Result<Vec<IntentId>, OutboxFailure> {
        let now = self.now();
        let on_their_way = self.outbox().on_their_way()?.into_iter();
        let taken = on_their_way.filter(|payment| match take {
            Take::All => true,
            Take::Due => payment.due(now) <= now,
        });
        Ok(taken.map(|payment| payment.id).collect())
    }

    /// How long until the next payment that is not to be left alone is due; `None` if there is none, or no way to know.
    fn next_due(&self, alone: &BTreeSet<IntentId>) -> Option<Duration> {
        let now = self.now();
        let on_their_way = self.outbox().on_their_way().ok()?.into_iter();
        let free = on_their_way.filter(|payment| !alone.contains(&payment.id));
        let next = free.map(|payment| payment.due(now)).min()?;
        Some(Duration::from_secs(next.seconds_since(now).max(0).unsigned_abs()))
    }
}
