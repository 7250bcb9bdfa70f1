use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use guichet_foundation::ports;
use guichet_foundation::time::Timestamp;

use super::PortFailure;

/// The phone's clocks.
#[uniffi::export(foreign)]
pub trait Clock: Send + Sync {
    /// What the phone believes the time is: seconds since 1970-01-01T00:00:00Z.
    fn unix_seconds(&self) -> Result<i64, PortFailure>;

    /// Milliseconds since the phone started, sleep included.
    fn uptime_millis(&self) -> Result<u64, PortFailure>;
}

/// A clock that fails stands still; one that goes backwards does too, as far as uptime is concerned.
pub(crate) struct ForeignClock {
    clock: Arc<dyn Clock>,
    last: Mutex<(Timestamp, Duration)>,
}

impl ForeignClock {
    pub(crate) fn new(clock: Arc<dyn Clock>) -> Self {
        Self { clock, last: Mutex::new((Timestamp::EPOCH, Duration::ZERO)) }
    }
}

impl ports::Clock for ForeignClock {
    fn now(&self) -> Timestamp {
        let told = self.clock.unix_seconds().ok();
        let now = told.and_then(|seconds| Timestamp::from_unix_seconds(seconds).ok());
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.0 = now.unwrap_or(last.0);
        last.0
    }

    fn uptime(&self) -> Duration {
        let told = self.clock.uptime_millis().map(Duration::from_millis);
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        last.1 = told.map_or(last.1, |uptime| uptime.max(last.1));
        last.1
    }
}

#[cfg(test)]
mod tests {
    use guichet_foundation::ports::Clock as _;

    use super::*;

    struct Scripted(Mutex<Vec<Result<i64, PortFailure>>>);

    impl Scripted {
        fn next(&self) -> Result<i64, PortFailure> {
            self.0.lock().unwrap().remove(0)
        }
    }

    impl Clock for Scripted {
        fn unix_seconds(&self) -> Result<i64, PortFailure> {
            self.next()
        }

        fn uptime_millis(&self) -> Result<u64, PortFailure> {
            self.next().map(i64::cast_unsigned)
        }
    }

    fn clock(script: &[Result<i64, PortFailure>]) -> ForeignClock {
        ForeignClock::new(Arc::new(Scripted(Mutex::new(script.to_vec()))))
    }

    #[test]
    fn a_clock_that_fails_or_lies_out_of_range_stands_still() {
        let clock = clock(&[Ok(5), Err(PortFailure::Platform), Ok(-1), Ok(4)]);
        let shown: Vec<i64> = (0..4).map(|_| clock.now().unix_seconds()).collect();
        assert_eq!(shown, [5, 5, 5, 4]);
    }

    #[test]
    fn uptime_never_goes_back() {
        let clock = clock(&[Ok(5), Ok(3), Err(PortFailure::Platform), Ok(6)]);
        let shown: Vec<u128> = (0..4).map(|_| clock.uptime().as_millis()).collect();
        assert_eq!(shown, [5, 5, 5, 6]);
    }
}
