//! What goes wrong, where, and when.

use rand::{RngExt as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;

use crate::phase::Phase;

/// Which bytes it happens to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Direction {
    /// From the phone to the bank.
    Up,
    /// From the bank to the phone.
    Down,
}

impl Direction {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Up, Self::Down];
}

/// What happens to them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// Nothing more passes until the network heals; the connection stays open.
    Stall,
    /// The connection is closed in both directions.
    Cut,
    /// The receiver is sent a RST (RFC 9293 section 3.5.3), the sender sees an ordinary end.
    Reset,
    /// The receiver is told that nothing more comes, the rest is swallowed; the other direction goes on.
    HalfClose,
    /// The bytes that are passing pass twice.
    Duplicate,
    /// Everything comes late, until the network heals.
    Delay,
    /// Everything comes in crumbs, until the network heals.
    Trickle,
    /// The connection is cut, and its bytes so far are sent once more: upwards on a connection of the attacker's to the bank,
    /// downwards as the answer to the phone's next connection.
    Replay,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Stall,
        Self::Cut,
        Self::Reset,
        Self::HalfClose,
        Self::Duplicate,
        Self::Delay,
        Self::Trickle,
        Self::Replay,
    ];
}

/// One thing that goes wrong, once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Fault {
    /// What happens.
    pub kind: Kind,
    /// To which bytes.
    pub direction: Direction,
    /// In which part of an exchange the count begins.
    pub phase: Phase,
    /// How many bytes of this direction pass from there before it strikes.
    pub after: u64,
}

/// Faults without end, the same for the same seed.
#[derive(Clone, Debug)]
pub struct Plan(ChaCha8Rng);

/// About the longest an exchange of a few calls is, in bytes.
const LONGEST: u64 = 4096;

impl Plan {
    /// The plan of this seed.
    pub fn seeded(seed: u64) -> Self {
        Self(ChaCha8Rng::seed_from_u64(seed))
    }

    /// A number below `end`, which is above 0.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0.random_range(0..end.max(1))
    }
}

impl Iterator for Plan {
    type Item = Fault;

    fn next(&mut self) -> Option<Fault> {
        let pick = |all: usize, plan: &mut Self| plan.0.random_range(0..all);
        let kind = *Kind::ALL.get(pick(Kind::ALL.len(), self))?;
        let direction = *Direction::ALL.get(pick(Direction::ALL.len(), self))?;
        let phase = *Phase::ALL.get(pick(Phase::ALL.len(), self))?;
        // Early bytes matter more than late ones: the exponent is drawn, not the number.
        let most = LONGEST >> self.below(12);
        Some(Fault { kind, direction, phase, after: self.below(most + 1) })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn the_same_seed_gives_the_same_plan_and_another_seed_another() {
        let first = |seed| Plan::seeded(seed).take(50).collect::<Vec<_>>();
        assert_eq!(first(7), first(7));
        assert_ne!(first(7), first(8));
    }

    #[test]
    fn a_plan_leaves_no_kind_direction_or_phase_out() {
        let planned = Plan::seeded(1).take(2_000);
        let seen: BTreeSet<_> = planned.map(|it| (it.kind, it.direction, it.phase)).collect();
        assert_eq!(seen.len(), Kind::ALL.len() * Direction::ALL.len() * Phase::ALL.len());
    }
}
