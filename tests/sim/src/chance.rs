//! Every choice of a world, from one seed.

use std::sync::{Mutex, PoisonError};

use guichet_foundation::ports::Entropy;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

/// The draws of a world, in the order in which they are asked for.
pub(crate) struct Chance(Mutex<ChaCha8Rng>);

impl Chance {
    /// The same seed draws the same.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(Mutex::new(ChaCha8Rng::seed_from_u64(seed)))
    }

    /// Any number.
    pub(crate) fn number(&self) -> u64 {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).next_u64()
    }

    /// From 0 up to `end`, without it; 0 if there is nothing between.
    pub(crate) fn below(&self, end: u64) -> u64 {
        self.number() % end.max(1)
    }

    /// From `first` to `last`, both included.
    pub(crate) fn between(&self, first: u64, last: u64) -> u64 {
        first + self.below(last.saturating_sub(first).saturating_add(1))
    }

    /// Yes, so many times in a thousand.
    pub(crate) fn permille(&self, yes: u64) -> bool {
        self.below(1_000) < yes
    }

    /// One of several; `None` of none.
    pub(crate) fn pick<'a, T>(&self, of: &'a [T]) -> Option<&'a T> {
        let at = usize::try_from(self.below(of.len().try_into().unwrap_or(1))).unwrap_or(0);
        of.get(at)
    }
}

/// The randomness of one process of a phone.
pub(crate) struct Drawn(Chance);

impl Drawn {
    pub(crate) fn from(chance: &Chance) -> Self {
        Self(Chance::seeded(chance.number()))
    }
}

impl Entropy for Drawn {
    fn fill(&self, buffer: &mut [u8]) {
        self.0.0.lock().unwrap_or_else(PoisonError::into_inner).fill_bytes(buffer);
    }
}
