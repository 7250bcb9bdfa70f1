//! The bank's time.
//!
//! Until the bank has answered, the phone's clock is believed. From then on time is the bank's last `Date` plus the phone's uptime
//! since: setting the phone's clock changes nothing any more.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use guichet_foundation::ports::Clock;
use guichet_foundation::time::Timestamp;

pub(crate) struct BankTime {
    clock: Arc<dyn Clock>,
    learned: Mutex<Option<Learned>>,
}

#[derive(Clone, Copy)]
struct Learned {
    bank: Timestamp,
    uptime: Duration,
}

impl BankTime {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, learned: Mutex::default() }
    }

    pub(crate) fn now(&self) -> Timestamp {
        let learned = *self.learned.lock().unwrap_or_else(PoisonError::into_inner);
        match learned {
            Some(at) => at.bank.plus(self.clock.uptime().saturating_sub(at.uptime)),
            None => self.clock.now(),
        }
    }

    /// The bank says it is `date` now.
    pub(crate) fn learn(&self, date: Timestamp) {
        let learned = Learned { bank: date, uptime: self.clock.uptime() };
        *self.learned.lock().unwrap_or_else(PoisonError::into_inner) = Some(learned);
    }
}

#[cfg(test)]
mod tests {
    use guichet_foundation::ports::fakes::FakeClock;

    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds).unwrap()
    }

    #[test]
    fn the_phone_is_believed_until_the_bank_has_spoken() {
        let clock = FakeClock::at(at(1000));
        let time = BankTime::new(Arc::new(clock.clone()));
        assert_eq!(time.now(), at(1000));
        time.learn(at(4600));
        clock.advance(Duration::from_secs(5));
        assert_eq!(time.now(), at(4605));
    }

    #[test]
    fn setting_the_phones_clock_does_not_move_the_banks_time() {
        let clock = FakeClock::at(at(1000));
        let time = BankTime::new(Arc::new(clock.clone()));
        time.learn(at(1000));
        clock.set(at(500_000));
        assert_eq!(time.now(), at(1000));
    }
}
