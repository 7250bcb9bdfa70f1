//! Where a transaction stands among all of them: its row number, made of its time.
//!
//! Newest first is the only order screens know. With the time in the row number, the newest rows, a page of one account and the hits
//! of a search all come out of their trees in that order, and nothing is ever sorted.

use guichet_foundation::ids::TransactionId;
use guichet_foundation::time::Timestamp;

/// Bits of a row number below the seconds. Seconds take 38 bits at most (the year 9999), so that 62 are used.
const TIE_BITS: u32 = 24;
const TIES: i64 = 1 << TIE_BITS;

/// A place in the order of transactions, newest first: where a page ends. It stays good whatever rows come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageMark(i64);

impl PageMark {
    /// The mark of a number that [`number`](Self::number) gave. Any other number is a place too.
    pub const fn from_number(number: i64) -> Self {
        Self(number)
    }

    /// The mark as a number, to be carried through a shell.
    pub const fn number(self) -> i64 {
        self.0
    }
}

/// The row numbers a transaction may have, best first: its second, and within it a place that follows from its id (FNV-1a), so
/// that the order does not depend on the order of arrival. If somebody is there, the next place.
pub(crate) fn rows(id: &TransactionId, at: Timestamp) -> impl Iterator<Item = i64> {
    let tie = i64::from(fnv_1a(id.as_str()) >> (u32::BITS - TIE_BITS));
    let second = at.unix_seconds() * TIES;
    (0..TIES).map(move |step| second + (tie + step) % TIES)
}

fn fnv_1a(text: &str) -> u32 {
    text.bytes().fold(0x811C_9DC5, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn later_is_greater_and_the_year_9999_fits() {
        let id: TransactionId = "t".parse().unwrap();
        let first =
            |seconds| rows(&id, Timestamp::from_unix_seconds(seconds).unwrap()).next().unwrap();
        assert!(first(0) >= 0);
        assert!(first(1_000) < first(1_001));
        assert!(first(253_402_207_200) > first(253_402_207_199));
    }

    #[test]
    fn places_stay_within_the_second() {
        let id: TransactionId = "t".parse().unwrap();
        let all = rows(&id, Timestamp::from_unix_seconds(7).unwrap());
        assert!(all.take(1000).all(|row| (7 * TIES..8 * TIES).contains(&row)));
    }
}
