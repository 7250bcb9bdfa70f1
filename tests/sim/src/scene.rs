//! What everybody in a world shares: the draws, the trace and the time.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::chance::Chance;
use crate::trace::{Trace, Whom};
use crate::watch::Broken;

/// The stage of one world.
pub(crate) struct Scene {
    pub(crate) chance: Chance,
    pub(crate) trace: Trace,
    began: Instant,
    /// What the first check that failed has found.
    broken: Mutex<Option<Broken>>,
}

impl Scene {
    /// Must be made inside a runtime whose time is paused.
    pub(crate) fn new(seed: u64, keep_lines: bool) -> Self {
        Self {
            chance: Chance::seeded(seed),
            trace: Trace::new(keep_lines),
            began: Instant::now(),
            broken: Mutex::default(),
        }
    }

    /// The world's age.
    pub(crate) fn age(&self) -> Duration {
        self.began.elapsed()
    }

    pub(crate) fn age_ms(&self) -> u64 {
        self.age().as_millis().try_into().unwrap_or(u64::MAX)
    }

    pub(crate) fn note(&self, event: &str) {
        self.trace.note(self.age_ms(), event);
    }

    pub(crate) fn tell(&self, whom: Whom, sentence: impl Into<String>) {
        self.trace.tell(self.age_ms(), whom, sentence.into());
    }

    /// Remembers the first thing that did not hold.
    pub(crate) fn report(&self, broken: Broken) {
        let mut first = hold(&self.broken);
        if first.is_none() {
            self.trace.tell(self.age_ms(), broken.whom, format!("BROKEN: {broken}"));
            *first = Some(broken);
        }
    }

    pub(crate) fn broken(&self) -> Option<Broken> {
        hold(&self.broken).clone()
    }
}

/// A lock that a panic elsewhere does not take along.
pub(crate) fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
