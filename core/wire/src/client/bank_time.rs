//! The bank's time.
//!
//! It is the bank's last `Date` plus the phone's uptime since: setting the phone's clock while the app runs changes nothing. A
//! `Date` is believed only within [`TOLERANCE`] of what the phone's clock says, so that whoever sends one moves the end of tokens,
//! pin sets and intents by a day at most; one further off makes the time unknown, and nothing is signed before it is known again.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use guichet_foundation::ports::Clock;
use guichet_foundation::time::Timestamp;

/// How far the phone's clock and the bank's may lie apart.
pub const TOLERANCE: Duration = Duration::from_hours(24);

/// What is known of the bank's time, shared between the connection and the one who signs. A clone is a handle to the same.
#[derive(Clone)]
pub struct BankTime {
    clock: Arc<dyn Clock>,
    knowledge: Arc<Mutex<Knowledge>>,
}

#[derive(Clone, Copy, Default)]
enum Knowledge {
    /// The bank has not spoken.
    #[default]
    None,
    /// The bank's last `Date` and the phone's clock are further apart than they may be.
    Contradiction,
    Learned {
        bank: Reading,
        /// The phone's clock when the bank was first believed: the middle of what is believed from then on.
        phone: Reading,
    },
}

/// What a clock showed, and when.
#[derive(Clone, Copy)]
struct Reading {
    time: Timestamp,
    uptime: Duration,
}

impl Reading {
    /// What the clock shows at `uptime` if nobody sets it.
    fn at(self, uptime: Duration) -> Timestamp {
        self.time.plus(uptime.saturating_sub(self.uptime))
    }
}

impl BankTime {
    /// Nothing is known yet.
    pub fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, knowledge: Arc::default() }
    }

    /// The bank's time, once the bank has said it: what may be written into something signed.
    pub fn known(&self) -> Option<Timestamp> {
        match *self.lock() {
            Knowledge::Learned { bank, .. } => Some(bank.at(self.clock.uptime())),
            Knowledge::None | Knowledge::Contradiction => None,
        }
    }

    /// The bank's time, or what the phone believes as long as it is not known. Never signed.
    pub fn now(&self) -> Timestamp {
        self.known().unwrap_or_else(|| self.clock.now())
    }

    /// Whether the bank's last `Date` was too far from the phone's clock to be believed.
    pub fn is_contradicted(&self) -> bool {
        matches!(*self.lock(), Knowledge::Contradiction)
    }

    /// The bank says it is `date` now.
    pub fn learn(&self, date: Timestamp) {
        let uptime = self.clock.uptime();
        let mut knowledge = self.lock();
        let phone = match *knowledge {
            Knowledge::Learned { phone, .. } => phone,
            Knowledge::None | Knowledge::Contradiction => {
                Reading { time: self.clock.now(), uptime }
            }
        };
        *knowledge = if are_close(date, phone.at(uptime)) {
            Knowledge::Learned { bank: Reading { time: date, uptime }, phone }
        } else {
            Knowledge::Contradiction
        };
    }

    /// What measures the time since.
    pub fn uptime(&self) -> Duration {
        self.clock.uptime()
    }

    /// The phone's clock may have been set since: the next `Date` is compared with what it shows then.
    pub fn forget(&self) {
        *self.lock() = Knowledge::None;
    }

    fn lock(&self) -> MutexGuard<'_, Knowledge> {
        self.knowledge.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Whether two times lie within [`TOLERANCE`] of each other.
pub(super) const fn are_close(one: Timestamp, other: Timestamp) -> bool {
    one.seconds_since(other).unsigned_abs() <= TOLERANCE.as_secs()
}

impl fmt::Debug for BankTime {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("BankTime").field(&self.known()).finish()
    }
}

#[cfg(test)]
mod tests {
    use guichet_foundation::ports::fakes::FakeClock;
    use proptest::prelude::*;

    use super::*;

    const DAY: i64 = 86_400;
    const START: i64 = 1_000 * DAY;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_unix_seconds(seconds).unwrap()
    }

    fn phone() -> (FakeClock, BankTime) {
        let clock = FakeClock::at(at(START));
        (clock.clone(), BankTime::new(Arc::new(clock)))
    }

    #[test]
    fn the_phones_clock_is_shown_but_not_known_until_the_bank_has_spoken() {
        let (clock, time) = phone();
        assert_eq!((time.now(), time.known()), (at(START), None));
        time.learn(at(START + 3600));
        clock.advance(Duration::from_secs(5));
        assert_eq!(time.known(), Some(at(START + 3605)));
    }

    #[test]
    fn setting_the_phones_clock_does_not_move_the_banks_time() {
        let (clock, time) = phone();
        time.learn(at(START));
        clock.set(at(START + 500 * DAY));
        assert_eq!(time.known(), Some(at(START)));
        time.learn(at(START + 1));
        assert_eq!(time.known(), Some(at(START + 1)));
    }

    #[test]
    fn a_day_apart_is_believed_and_a_second_more_is_not() {
        for (off, believed) in [(DAY, true), (-DAY, true), (DAY + 1, false), (-DAY - 1, false)] {
            let (_, time) = phone();
            time.learn(at(START + off));
            assert_eq!(time.known().is_some(), believed, "{off}");
            assert_eq!(time.is_contradicted(), !believed, "{off}");
        }
    }

    #[test]
    fn a_clock_that_was_set_right_ends_the_contradiction() {
        let (clock, time) = phone();
        time.learn(at(START + 3 * DAY));
        clock.set(at(START + 3 * DAY));
        time.learn(at(START + 3 * DAY));
        assert_eq!(time.known(), Some(at(START + 3 * DAY)));
    }

    proptest! {
        #[test]
        fn whatever_the_bank_says_its_time_stays_within_a_day_of_the_phones(
            dates in proptest::collection::vec((0_i64..2_000 * DAY, 0_u64..10_000), 1..20),
        ) {
            let (clock, time) = phone();
            let mut passed = 0;
            for (date, wait) in dates {
                time.learn(at(date));
                clock.advance(Duration::from_secs(wait));
                passed += i64::try_from(wait).unwrap();
                if let Some(known) = time.known() {
                    prop_assert!(known.seconds_since(at(START + passed)).abs() <= DAY);
                }
            }
        }
    }
}
