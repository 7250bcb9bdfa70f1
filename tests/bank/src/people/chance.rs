//! A person's luck: drawn from a seed, so that the same seed gives the same two years.

use rand::RngExt;
use rand_chacha::ChaCha20Rng;

use super::merchants::Merchant;
use crate::random::seeded;

/// How the prices of a shop end.
#[derive(Clone, Copy, Debug)]
pub(super) enum Ending {
    /// Whole yuan.
    Whole,
    /// `.00` or `.50`.
    Half,
    /// Tenths of a yuan.
    Tenth,
    /// `9.00`, `9.90` and the like.
    Nine,
    /// Weighed or metered: any number of fen.
    Fen,
}

/// Draws for one person.
#[derive(Debug)]
pub(super) struct Chance(ChaCha20Rng);

impl Chance {
    /// The luck of the `person`th of the cast.
    pub(super) fn new(seed: u64, person: u64) -> Self {
        Self(seeded(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15).wrapping_add(person)))
    }

    /// A whole number from `low` to `high`, both possible.
    pub(super) fn between(&mut self, low: i64, high: i64) -> i64 {
        self.0.random_range(low..=high.max(low))
    }

    /// Whether something happens that does so in `percent` of a hundred cases.
    pub(super) fn happens(&mut self, percent: i64) -> bool {
        self.between(1, 100) <= percent
    }

    /// One of several, each as likely.
    pub(super) fn pick<'a, T>(&mut self, several: &'a [T]) -> Option<&'a T> {
        let last = i64::try_from(several.len()).unwrap_or(i64::MAX) - 1;
        several.get(usize::try_from(self.between(0, last)).unwrap_or_default())
    }

    /// A second of the day between two hours, the second one excluded.
    pub(super) fn time(&mut self, from_hour: i64, to_hour: i64) -> i64 {
        self.between(from_hour * 3600, to_hour * 3600 - 1)
    }

    /// A price in a shop, in minor units. Low prices are likelier than high ones.
    pub(super) fn price(&mut self, merchant: &Merchant) -> i64 {
        let (low, high) = (merchant.low, merchant.high);
        let drawn = self.between(low, high).min(self.between(low, high));
        let price = match merchant.ending {
            Ending::Whole => drawn / 100 * 100,
            Ending::Half => drawn / 50 * 50,
            Ending::Tenth => drawn / 10 * 10,
            Ending::Nine if drawn >= 2_000 => drawn / 1_000 * 1_000 + 900,
            Ending::Nine => drawn / 100 * 100 + 90,
            Ending::Fen => drawn,
        };
        price.max(1)
    }
}
