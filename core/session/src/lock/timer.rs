//! When to lock by itself, measured with the phone's uptime.

use std::time::Duration;

/// Locks when the customer has done nothing for so long (RTS on strong customer authentication, article 4(3)(d)).
pub const IDLE: Duration = Duration::from_mins(5);

#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Timer {
    touched: Duration,
    backgrounded: Option<Duration>,
}

impl Timer {
    /// Unlocked, or used.
    pub(crate) const fn touch(&mut self, uptime: Duration) {
        self.touched = uptime;
    }

    /// Left; leaving again changes nothing.
    pub(crate) fn leave(&mut self, uptime: Duration) {
        self.backgrounded.get_or_insert(uptime);
    }

    /// Come back to.
    pub(crate) const fn come_back(&mut self, uptime: Duration) {
        self.backgrounded = None;
        self.touched = uptime;
    }

    /// Until it locks, where it locks `delay` after it was left, if at all for that; zero when it is due.
    pub(crate) fn left(&self, uptime: Duration, delay: Option<Duration>) -> Duration {
        let since = |then: Duration| uptime.saturating_sub(then);
        let idle = IDLE.saturating_sub(since(self.touched));
        let left = self.backgrounded.zip(delay);
        let background = left.map_or(Duration::MAX, |(at, delay)| delay.saturating_sub(since(at)));
        idle.min(background)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn s(seconds: u64) -> Duration {
        Duration::from_secs(seconds)
    }

    #[test]
    fn it_locks_after_idling_or_in_the_background_whichever_is_first() {
        let delay = Some(s(60));
        let mut timer = Timer::default();
        timer.touch(s(100));
        assert_eq!(timer.left(s(100), delay), s(300));
        timer.leave(s(150));
        timer.leave(s(200));
        assert_eq!(timer.left(s(200), delay), s(10));
        assert_eq!(timer.left(s(210), delay), s(0));
        timer.come_back(s(205));
        assert_eq!(timer.left(s(205), delay), s(300));
        assert_eq!(timer.left(s(9000), delay), s(0));
    }

    #[test]
    fn the_delay_is_none_a_minute_or_whatever_idling_allows() {
        let mut timer = Timer::default();
        timer.touch(s(100));
        timer.leave(s(100));
        assert_eq!(timer.left(s(100), Some(s(0))), s(0));
        assert_eq!(timer.left(s(100), Some(s(60))), s(60));
        assert_eq!(timer.left(s(100), Some(s(9000))), s(300));
        assert_eq!(timer.left(s(350), None), s(50));
        assert_eq!(timer.left(s(400), None), s(0));
    }
}
