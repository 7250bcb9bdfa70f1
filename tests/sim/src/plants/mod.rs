//! Planted bugs: what shows that the simulation can fail.
//!
//! A plant is a few lines of the core or of the bank and the wrong lines in their place. They are planted in a copy of the sources
//! ([`write_tree`]), never in the sources themselves, so that nothing that is shipped can hold one: not behind a feature, not behind
//! a `cfg`. The copy holds all of them; each is wrong only in worlds whose thread bears its name.

mod bank;
mod phone;
mod tree;

pub use tree::write_tree;

/// Whether this program was built from the copy.
pub const ARE_PLANTED: bool = false;

/// A bug, and where it is planted.
pub struct Plant {
    /// Its name, for the command line.
    pub name: &'static str,
    /// What is wrong, in a sentence.
    pub what: &'static str,
    /// The invariants it may break first.
    pub breaks: &'static [u8],
    pub(crate) changes: &'static [Change],
}

/// Lines that stand in a file exactly once, and what stands there instead.
pub(crate) struct Change {
    pub(crate) file: &'static str,
    pub(crate) right: &'static str,
    pub(crate) wrong: &'static str,
}

/// Every plant: the phone's, then the bank's.
pub fn all() -> impl Iterator<Item = &'static Plant> {
    phone::PLANTS.iter().chain(&bank::PLANTS)
}

/// The plant of this name.
pub fn named(name: &str) -> Option<&'static Plant> {
    all().find(|plant| plant.name == name)
}
