//! The bank's time: it goes on with the runtime's paused time, and from one process to the next.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use guichet_foundation::time::Timestamp;
use tokio::time::Instant;

#[derive(Clone)]
pub(crate) struct BankClock(Arc<Mutex<(Timestamp, Option<Instant>)>>, Meanwhile);

/// What happens while somebody looks at the clock.
type Meanwhile = Arc<Mutex<Option<Box<dyn FnOnce() + Send>>>>;

impl Default for BankClock {
    fn default() -> Self {
        let start = Timestamp::from_unix_seconds(1_772_000_000).unwrap();
        Self(Arc::new(Mutex::new((start, None))), Meanwhile::default())
    }
}

impl BankClock {
    pub(crate) fn now(&self) -> Timestamp {
        let meanwhile = self.1.lock().unwrap().take();
        if let Some(happen) = meanwhile {
            happen();
        }
        let (base, since) = *self.0.lock().unwrap();
        since.map_or(base, |since| base.plus(Instant::now() - since))
    }

    /// This happens the next time that somebody looks.
    pub(crate) fn meanwhile(&self, happen: impl FnOnce() + Send + 'static) {
        *self.1.lock().unwrap() = Some(Box::new(happen));
    }

    /// A runtime begins; to be called inside it.
    pub(crate) fn start(&self) {
        let mut inside = self.0.lock().unwrap();
        inside.1 = Some(Instant::now());
    }

    /// The runtime is about to end; to be called inside it.
    pub(crate) fn stop(&self) {
        let now = self.now();
        *self.0.lock().unwrap() = (now, None);
    }

    /// What the phone has learned of the bank's time is whole seconds, and may be one less the next time.
    pub(crate) fn step_back(&self, seconds: i64) {
        let mut inside = self.0.lock().unwrap();
        inside.0 = inside.0.shifted(-seconds);
    }

    /// Time passes without a runtime.
    pub(crate) fn advance(&self, by: Duration) {
        let mut inside = self.0.lock().unwrap();
        inside.0 = inside.0.plus(by);
    }
}
