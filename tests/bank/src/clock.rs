//! The bank's clock: the machine's time plus an offset that a switch can set.
//!
//! The only place in this crate that reads the time. Everything else asks a [`Clock`], so that a
//! test can stand at any moment, and the sandbox can be an hour off on purpose.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// Where the time comes from before the offset.
#[derive(Clone, Debug)]
enum Source {
    Machine,
    Fixed(Arc<AtomicI64>),
}

/// The bank's idea of now. Clones share the offset.
#[derive(Clone, Debug)]
pub struct Clock {
    source: Source,
    offset_seconds: Arc<AtomicI64>,
}

impl Clock {
    /// The machine's clock.
    pub fn machine() -> Self {
        Self { source: Source::Machine, offset_seconds: Arc::default() }
    }

    /// A clock that stands still at `start` until [`Clock::advance`] is called: for tests.
    pub fn fixed(start: Timestamp) -> Self {
        Self {
            source: Source::Fixed(Arc::new(AtomicI64::new(start.as_second()))),
            offset_seconds: Arc::default(),
        }
    }

    /// Now, in whole seconds: what the protocol writes everywhere.
    pub fn now(&self) -> Timestamp {
        let seconds = self.seconds();
        Timestamp::from_second(seconds).unwrap_or(Timestamp::UNIX_EPOCH)
    }

    /// Now, in seconds since 1970 (`NumericDate`).
    pub fn seconds(&self) -> i64 {
        let base = match &self.source {
            Source::Machine => machine_seconds(),
            Source::Fixed(seconds) => seconds.load(Ordering::SeqCst),
        };
        base.saturating_add(self.offset_seconds.load(Ordering::SeqCst))
    }

    /// Moves a fixed clock on; a machine clock is left as it is.
    pub fn advance(&self, by: SignedDuration) {
        if let Source::Fixed(seconds) = &self.source {
            seconds.fetch_add(by.as_secs(), Ordering::SeqCst);
        }
    }

    /// Sets how far this clock is off, in seconds, forwards or backwards.
    pub fn set_offset_seconds(&self, seconds: i64) {
        self.offset_seconds.store(seconds, Ordering::SeqCst);
    }

    /// How far this clock is off, in seconds.
    pub fn offset_seconds(&self) -> i64 {
        self.offset_seconds.load(Ordering::SeqCst)
    }
}

#[expect(clippy::disallowed_methods, reason = "this module is the bank's clock")]
fn machine_seconds() -> i64 {
    Timestamp::now().as_second()
}
