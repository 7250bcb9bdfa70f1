//! How long to wait before the same bytes are sent again.

use std::time::Duration;

/// The longest wait of our own choosing, in seconds, before jitter.
const OWN_SECONDS_MAX: u64 = 240;

/// The longest wait a bank can ask for, in seconds.
const ASKED_SECONDS_MAX: u64 = 900;

/// The longest wait there is, in seconds.
pub(crate) const WAIT_SECONDS_MAX: i64 = 900;

/// A wait before the next attempt.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Wait {
    /// What the bank asked for, if it did.
    pub asked: Option<Duration>,
    /// A random byte, so that phones that lost the bank together do not come back together.
    pub jitter: u8,
}

impl Wait {
    /// Doubles from 2 s after the first attempt up to 240 s, plus up to a quarter; never less than the bank asked for, which
    /// counts up to 900 s.
    pub(crate) fn after(self, attempts: u32) -> Duration {
        let doubled = 1_u64.checked_shl(attempts).unwrap_or(OWN_SECONDS_MAX).min(OWN_SECONDS_MAX);
        let own = doubled + doubled * u64::from(self.jitter) / 1024;
        let asked = self.asked.unwrap_or_default().as_secs().min(ASKED_SECONDS_MAX);
        Duration::from_secs(own.max(asked))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seconds(attempts: u32, asked: Option<u64>, jitter: u8) -> u64 {
        Wait { asked: asked.map(Duration::from_secs), jitter }.after(attempts).as_secs()
    }

    #[test]
    fn waits_double_and_stop_growing() {
        let waits: Vec<u64> = (1..=9).map(|attempts| seconds(attempts, None, 0)).collect();
        assert_eq!(waits, [2, 4, 8, 16, 32, 64, 128, 240, 240]);
        assert_eq!(seconds(u32::MAX, None, 255), 299);
    }

    #[test]
    fn the_bank_may_ask_for_longer_but_not_for_ever() {
        assert_eq!(seconds(1, Some(60), 0), 60);
        assert_eq!(seconds(8, Some(60), 0), 240);
        assert_eq!(seconds(1, Some(u64::MAX), 0), 900);
        assert_eq!(seconds(u32::MAX, Some(u64::MAX), 255), WAIT_SECONDS_MAX.unsigned_abs());
    }
}
