//! When somebody is killed.

use std::time::Duration;

use crate::conductor::phone::Watcher;

/// Who is killed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Victim {
    Phone,
    Bank,
}

/// The moment of a kill: the phone has told so many things since the trap was set, and then a little later.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Moment {
    /// States and prompts told: 0 is at once.
    pub(super) told: u64,
    /// And then so much later, to fall between two states.
    pub(super) later: Duration,
}

impl Moment {
    /// Returns when it has come. Never, if the phone does not tell that much.
    pub(super) async fn come(self, mut watcher: Watcher) {
        let base = watcher.borrow().told;
        let reached = watcher.wait_for(|views| views.told >= base + self.told).await.is_ok();
        if !reached {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(self.later).await;
    }
}

/// `count` moments over something that tells `length` things, the first and the last among them; each also a little later than the
/// state it follows, by turns, so that kills fall into the work between states.
pub(super) fn moments(length: u64, count: u64) -> Vec<Moment> {
    const LATER_MS: [u64; 4] = [0, 3, 1, 8];
    let count = count.clamp(1, length + 1);
    let at = |index: u64| if count == 1 { 0 } else { index * length / (count - 1) };
    (0..count)
        .zip(LATER_MS.iter().cycle())
        .map(|(index, later)| Moment { told: at(index), later: Duration::from_millis(*later) })
        .collect()
}

/// Moments around the last thing that is told, and after it: for work that goes on when the screens have said everything.
pub(super) fn during_the_last(length: u64) -> Vec<Moment> {
    const LATER_MS: [u64; 7] = [0, 1, 2, 3, 5, 8, 13];
    let at = |later| Moment { told: length.saturating_sub(2), later: Duration::from_millis(later) };
    LATER_MS.into_iter().map(at).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn moments_reach_from_the_first_to_the_last() {
        let told =
            |length, count| moments(length, count).iter().map(|m| m.told).collect::<Vec<_>>();
        assert_eq!(told(10, 3), [0, 5, 10]);
        assert_eq!(told(2, 9), [0, 1, 2]);
        assert_eq!(told(7, 1), [0]);
        assert_eq!(told(0, 4), [0]);
    }
}
