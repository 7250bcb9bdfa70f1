//! Counting wrong PINs.
//!
//! A try is counted, durably, *before* it is made: ending the process after a wrong answer wins nothing. Waiting is measured with
//! the phone's uptime alone. If the phone has been restarted since, the time since its start is all that counts; in every case what
//! is measured is at most what has passed, and setting the clock changes nothing.

use std::time::Duration;

use guichet_foundation::ports::{SecureStore, Slot, StoreFailure};
use guichet_vault::keys::by_pin;
use serde::{Deserialize, Serialize};

use crate::keeper::write;

/// After this many wrong PINs everything on the phone is destroyed.
pub const TRIES: u8 = 10;

/// Seconds to wait after so many wrong PINs (the index).
const DELAYS: [u64; TRIES as usize] = [0, 0, 0, 5, 15, 30, 60, 300, 900, 3600];

/// How many tries failed since a right one, and when the last was made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Attempts {
    failed: u8,
    uptime_ms: u64,
}

impl Attempts {
    pub(crate) const NONE: Self = Self { failed: 0, uptime_ms: 0 };

    /// What the store holds. A record that cannot be read, or is missing where there is a PIN, is replaced by one try left and the
    /// longest wait, from now on: whoever can spoil it or take it away gains nothing.
    pub(crate) fn load(store: &dyn SecureStore, uptime: Duration) -> Result<Self, StoreFailure> {
        let read = match store.get(Slot::PinAttempts)? {
            Some(item) => serde_json::from_slice(item.expose_secret()).ok(),
            None => (!by_pin::is_set(store)?).then_some(Self::NONE),
        };
        if let Some(attempts) = read {
            return Ok(attempts);
        }
        let replaced = Self { failed: TRIES - 1, uptime_ms: millis(uptime) };
        replaced.save(store)?;
        Ok(replaced)
    }

    /// Durable when it returns.
    pub(crate) fn save(self, store: &dyn SecureStore) -> Result<(), StoreFailure> {
        write(store, Slot::PinAttempts, &self)
    }

    /// One more try, made at `uptime`.
    pub(crate) fn one_more(self, uptime: Duration) -> Self {
        Self { failed: self.failed.saturating_add(1), uptime_ms: millis(uptime) }
    }

    pub(crate) const fn left(self) -> u8 {
        TRIES.saturating_sub(self.failed)
    }

    pub(crate) const fn are_used_up(self) -> bool {
        self.failed >= TRIES
    }

    /// How long to wait before the next try.
    pub(crate) fn wait(self, uptime: Duration) -> Option<Duration> {
        let delay = DELAYS.get(usize::from(self.failed)).copied().unwrap_or(u64::MAX);
        let now = millis(uptime);
        let passed = now.checked_sub(self.uptime_ms).unwrap_or(now);
        let left = delay.saturating_mul(1000).saturating_sub(passed);
        (left > 0).then(|| Duration::from_millis(left))
    }
}

fn millis(uptime: Duration) -> u64 {
    u64::try_from(uptime.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use guichet_foundation::ports::fakes::FakeStore;
    use guichet_foundation::sensitivity::SecretBytes;
    use proptest::prelude::*;

    use super::*;

    const SECOND: Duration = Duration::from_secs(1);

    fn failed(times: u8, uptime: Duration) -> Attempts {
        (0..times).fold(Attempts::NONE, |attempts, _| attempts.one_more(uptime))
    }

    #[test]
    fn delays_grow() {
        let waits: Vec<_> = (0..TRIES)
            .map(|times| failed(times, SECOND).wait(SECOND).unwrap_or_default().as_secs())
            .collect();
        assert_eq!(waits, DELAYS);
        assert!(failed(TRIES, SECOND).are_used_up());
    }

    #[test]
    fn a_restart_begins_the_wait_anew() {
        let attempts = failed(6, Duration::from_secs(1000));
        assert_eq!(attempts.wait(Duration::from_secs(1030)), Some(30 * SECOND));
        assert_eq!(attempts.wait(Duration::from_secs(10)), Some(50 * SECOND));
        assert_eq!(attempts.wait(Duration::from_secs(1060)), None);
    }

    #[test]
    fn a_spoilt_record_leaves_one_try_and_the_longest_wait() {
        let store = FakeStore::default();
        store.put(Slot::PinAttempts, &SecretBytes::new(b"spoilt".to_vec())).unwrap();
        let attempts = Attempts::load(&store, SECOND).unwrap();
        assert_eq!((attempts.left(), attempts.wait(SECOND)), (1, Some(Duration::from_hours(1))));
        let later = Duration::from_secs(3601);
        let attempts = Attempts::load(&store, later).unwrap();
        assert_eq!((attempts.left(), attempts.wait(later)), (1, None), "the wait ends");
    }

    #[test]
    fn a_record_that_was_taken_away_counts_as_a_spoilt_one() {
        let store = FakeStore::default();
        assert_eq!(Attempts::load(&store, SECOND), Ok(Attempts::NONE), "there is no PIN yet");
        store.put(Slot::VaultRootByPin, &SecretBytes::new(vec![1])).unwrap();
        let attempts = Attempts::load(&store, SECOND).unwrap();
        assert_eq!((attempts.left(), attempts.wait(SECOND)), (1, Some(Duration::from_hours(1))));
    }

    proptest! {
        #[test]
        fn never_waits_less_than_the_delay_within_one_run(
            times in 0..TRIES, at in 0..1_000_000_u64, later in 0..10_000_u64,
        ) {
            let attempts = failed(times, Duration::from_secs(at));
            let waits = attempts.wait(Duration::from_secs(at + later)).is_some();
            prop_assert_eq!(waits, later < DELAYS[usize::from(times)]);
        }

        #[test]
        fn a_restart_never_shortens_the_wait(
            times in 0..TRIES, at in 0..10_000_u64, off in 0..10_000_u64, since_start in 0..10_000_u64,
        ) {
            // The phone was off for `off` and has run for `since_start` since: so much has really passed at least.
            let attempts = failed(times, Duration::from_secs(at));
            let passed = off + since_start;
            if attempts.wait(Duration::from_secs(since_start)).is_none() {
                prop_assert!(passed >= DELAYS[usize::from(times)]);
            }
        }
    }
}
