//! Every choice of a world, from one seed.

use std::panic::resume_unwind;
use std::sync::{Arc, Mutex};

use guichet_foundation::ports::Entropy;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng as _, SeedableRng as _};

use crate::scene::{Scene, hold};
use crate::trace::Whom;
use crate::watch::Broken;

/// The draws of a world, in the order in which they are asked for.
pub(crate) struct Chance(Mutex<ChaCha8Rng>);

impl Chance {
    /// The same seed draws the same.
    pub(crate) fn seeded(seed: u64) -> Self {
        Self(Mutex::new(ChaCha8Rng::seed_from_u64(seed)))
    }

    /// Any number.
    pub(crate) fn number(&self) -> u64 {
        hold(&self.0).next_u64()
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

/// More draws than a phone ever has reason for in one millisecond.
const DRAWS_AT_ONCE_MAX: u32 = 5_000;

/// The randomness of one process of a phone.
pub(crate) struct Drawn {
    chance: Chance,
    scene: Arc<Scene>,
    phone: usize,
    /// The millisecond that is being counted, and the draws of it.
    lately: Mutex<(u64, u32)>,
}

impl Drawn {
    pub(crate) fn of(phone: usize, scene: &Arc<Scene>) -> Self {
        let chance = Chance::seeded(scene.chance.number());
        Self { chance, scene: Arc::clone(scene), phone, lately: Mutex::default() }
    }

    /// Part of invariant 5. Work that goes round in circles without waiting for anything would hold a world up for ever: its task
    /// is ended.
    fn count(&self) {
        let now_ms = self.scene.age_ms();
        let mut lately = hold(&self.lately);
        *lately = if lately.0 == now_ms { (now_ms, lately.1 + 1) } else { (now_ms, 1) };
        let is_in_circles = lately.1 > DRAWS_AT_ONCE_MAX;
        drop(lately);
        if is_in_circles {
            let what = "the phone goes round in circles without waiting for anything";
            self.scene.report(Broken::new(5, Whom::Phone(self.phone), what));
            resume_unwind(Box::new(what));
        }
    }
}

impl Entropy for Drawn {
    fn fill(&self, buffer: &mut [u8]) {
        self.count();
        hold(&self.chance.0).fill_bytes(buffer);
    }
}
