//! Resolution: every payment whose end is not known is brought to one, by sending its bytes again.
//!
//! One pass goes over all of them. What is left waits for a keeper: one task that sleeps until the next is due and tries again,
//! for as long as there is something to settle, the vault is open and the customer is signed in. After unlocking, signing in or
//! coming back online the app asks for a pass, which starts the keeper anew.

use std::collections::BTreeSet;
use std::sync::{Arc, Weak};
use std::time::Duration;

use guichet_foundation::ids::IntentId;
use guichet_foundation::time::Timestamp;
use tokio::task::JoinHandle;

use crate::desk::Keeper;
use crate::outbox::{Event, OutboxFailure};
use crate::payments::{Payments, Room};
use crate::submit::Line;

/// The longest the keeper sleeps in one go, in seconds: a clock set wrong must not hold a payment up.
const SLEEP_SECONDS_MAX: i64 = 900;

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
            Ok(Resolved { left: payments.room.outstanding()? })
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
        let look = |held: &BTreeSet<IntentId>| room.upgrade()?.next_due(held);
        let Some(pause) = keeper.look_or_leave(look) else { return };
        tokio::select! {
            () = tokio::time::sleep(pause) => {}
            () = keeper.woken() => continue,
        }
        let Some(room) = room.upgrade() else { return };
        match room.pass(Take::Due).await {
            Ok(Line::Open) => {}
            Ok(Line::Closed) | Err(_) => return,
        }
    }
}

impl Room {
    async fn pass(&self, take: Take) -> Result<Line, OutboxFailure> {
        for id in self.to_send(take)? {
            // Somebody has it in hand: reviewing, approving or sending it.
            let Some(hold) = self.desk().hold(id) else { continue };
            self.outbox().apply(id, Event::SenderLost, self.now())?;
            let line = self.send(&hold).await?;
            drop(hold);
            self.outbox().touch();
            if line == Line::Closed {
                return Ok(line);
            }
        }
        Ok(Line::Open)
    }

    fn to_send(&self, take: Take) -> Result<Vec<IntentId>, OutboxFailure> {
        let now = self.now();
        let payments = self.outbox().open()?.into_iter();
        let due = payments.filter(|payment| match (payment.state.due(now), take) {
            (Some(_), Take::All) => true,
            (Some(due), Take::Due) => due <= now,
            (None, _) => false,
        });
        Ok(due.map(|payment| payment.id).collect())
    }

    fn outstanding(&self) -> Result<usize, OutboxFailure> {
        self.to_send(Take::All).map(|ids| ids.len())
    }

    /// How long until the next payment that nobody has in hand is due; `None` if there is none, or no way to know.
    fn next_due(&self, held: &BTreeSet<IntentId>) -> Option<Duration> {
        let now = self.now();
        let payments = self.outbox().open().ok()?.into_iter();
        let free = payments.filter(|payment| !held.contains(&payment.id));
        free.filter_map(|payment| payment.state.due(now)).min().map(|due| pause_until(due, now))
    }
}

fn pause_until(due: Timestamp, now: Timestamp) -> Duration {
    let seconds = due.seconds_since(now).clamp(0, SLEEP_SECONDS_MAX);
    Duration::from_secs(seconds.unsigned_abs())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_set_back_delays_a_retry_by_a_quarter_of_an_hour_at_most() {
        let due = Timestamp::EPOCH.shifted(1_000_000);
        assert_eq!(pause_until(due, due.shifted(-30)), Duration::from_secs(30));
        assert_eq!(pause_until(due, due.shifted(50)), Duration::ZERO);
        assert_eq!(pause_until(due, Timestamp::EPOCH), Duration::from_mins(15));
    }
}
