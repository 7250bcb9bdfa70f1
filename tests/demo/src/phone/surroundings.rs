//! The ports that are neither keys nor storage: time, randomness, and what the conductor says of the network.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use guichet_foundation::ports::{Clock, Connectivity, Entropy};
use guichet_foundation::time::Timestamp;

use super::hardware;

/// The machine's clocks. The process is the phone, so its start is when the phone was switched on. The conductor may let time
/// pass, which nobody has to wait for.
pub(crate) struct SystemClock {
    switched_on: Instant,
    /// Seconds that the conductor let pass.
    passed: AtomicU64,
}

impl SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the adapter of the Clock port")]
    pub(crate) fn new() -> Self {
        Self { switched_on: Instant::now(), passed: AtomicU64::new(0) }
    }

    /// Lets so many seconds pass.
    pub(crate) fn pass(&self, seconds: u64) {
        self.passed.fetch_add(seconds, Ordering::SeqCst);
    }

    fn passed(&self) -> u64 {
        self.passed.load(Ordering::SeqCst)
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the adapter of the Clock port")]
    fn now(&self) -> Timestamp {
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        i64::try_from(since.as_secs() + self.passed())
            .ok()
            .and_then(|seconds| Timestamp::from_unix_seconds(seconds).ok())
            .unwrap_or(Timestamp::EPOCH)
    }

    fn uptime(&self) -> Duration {
        self.switched_on.elapsed() + Duration::from_secs(self.passed())
    }
}

/// The operating system's generator.
pub(crate) struct SystemEntropy;

impl Entropy for SystemEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        hardware::fill_random(buffer);
    }
}

/// Whether the conductor has left the network on.
pub(crate) struct ToldNetwork {
    online: AtomicBool,
    meanwhile: Mutex<Option<Meanwhile>>,
}

/// What happens while the core waits for an answer.
type Meanwhile = Box<dyn FnOnce() + Send>;

impl ToldNetwork {
    pub(crate) const fn new(online: bool) -> Self {
        Self { online: AtomicBool::new(online), meanwhile: Mutex::new(None) }
    }

    pub(crate) fn tell(&self, online: bool) {
        self.online.store(online, Ordering::SeqCst);
    }

    /// The next time the core asks, this happens before it is answered.
    pub(crate) fn when_asked(&self, meanwhile: impl FnOnce() + Send + 'static) {
        let mut place = self.meanwhile.lock().unwrap_or_else(PoisonError::into_inner);
        *place = Some(Box::new(meanwhile));
    }
}

impl Connectivity for ToldNetwork {
    fn is_online(&self) -> bool {
        let meanwhile = self.meanwhile.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(meanwhile) = meanwhile {
            meanwhile();
        }
        self.online.load(Ordering::SeqCst)
    }
}
