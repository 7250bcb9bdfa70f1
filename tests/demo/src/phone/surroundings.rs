//! The ports that are neither keys nor storage: time, randomness, and what the conductor says of the network.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use guichet_foundation::ports::{Clock, Connectivity, Entropy};
use guichet_foundation::time::Timestamp;

use super::hardware;

/// The machine's clocks. The process is the phone, so its start is when the phone was switched on.
pub(crate) struct SystemClock {
    switched_on: Instant,
}

impl SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the adapter of the Clock port")]
    pub(crate) fn new() -> Self {
        Self { switched_on: Instant::now() }
    }
}

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "this is the adapter of the Clock port")]
    fn now(&self) -> Timestamp {
        let seconds = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs();
        i64::try_from(seconds)
            .ok()
            .and_then(|seconds| Timestamp::from_unix_seconds(seconds).ok())
            .unwrap_or(Timestamp::EPOCH)
    }

    fn uptime(&self) -> Duration {
        self.switched_on.elapsed()
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
pub(crate) struct ToldNetwork(AtomicBool);

impl ToldNetwork {
    pub(crate) const fn new(online: bool) -> Self {
        Self(AtomicBool::new(online))
    }

    pub(crate) fn tell(&self, online: bool) {
        self.0.store(online, Ordering::SeqCst);
    }
}

impl Connectivity for ToldNetwork {
    fn is_online(&self) -> bool {
        self.0.load(Ordering::SeqCst)
    }
}
