//! The checks: what must hold after every step, read from the bank's books and from what the phones show and keep.

mod books;
mod phones;
mod record;

use core::fmt;

pub(crate) use books::Bookkeeper;
pub(crate) use phones::{Inspector, is_settled};
pub(crate) use record::{Record, Typed};

use crate::trace::Whom;

/// The invariants' names, in their order. The first is no invariant of ARCHITECTURE.md: what the bank has stopped stays stopped.
const NAMES: [&str; 13] = [
    "stopped",
    "conservation",
    "once",
    "seen is signed",
    "truthful",
    "settles",
    "expires",
    "silent",
    "gone",
    "one refresh",
    "whole or nothing",
    "locked is locked",
    "old vaults open",
];

/// Something that did not hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// The invariant's number; 0 where the bank has done what it had said it would not.
    pub invariant: u8,
    /// Whom it happened to.
    pub whom: Whom,
    /// What was found.
    pub what: String,
}

impl Broken {
    pub(crate) fn new(invariant: u8, whom: Whom, what: impl Into<String>) -> Self {
        Self { invariant, whom, what: what.into() }
    }

    /// The invariant's name.
    pub fn name(&self) -> &'static str {
        NAMES.get(usize::from(self.invariant)).copied().unwrap_or("unknown")
    }
}

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "invariant {} ({}): {}", self.invariant, self.name(), self.what)
    }
}
