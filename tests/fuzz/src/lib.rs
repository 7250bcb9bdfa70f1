//! What must hold for every input of every decoder, as one function per target: it panics where it does not hold.
//!
//! The functions are plain Rust. The tests replay the kept inputs through them, `cargo xtask fuzz` lets libFuzzer look for new ones.
//! Where core and bank have each their own decoder, a target feeds both and compares.
//!
//! `corpus/<target>/` holds inputs worth beginning with, one a file, `crashes/<target>/` those that once broke something.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a panic is how a target says that something does not hold"
)]

pub mod known;
mod targets;

use std::fs;
use std::path::{Path, PathBuf};

/// One decoder, or two that must agree.
#[derive(Clone, Copy)]
pub struct Target {
    /// Its name on the command line, and of its folders.
    pub name: &'static str,
    /// Panics if something does not hold for this input.
    pub check: fn(&[u8]),
    /// Inputs made of the protocol's vectors.
    pub vectors: fn() -> Vec<Vec<u8>>,
}

/// Every target.
pub const TARGETS: &[Target] = targets::ALL;

impl Target {
    /// The target of this name.
    pub fn named(name: &str) -> Option<Self> {
        TARGETS.iter().copied().find(|target| target.name == name)
    }

    /// Writes the vectors' inputs into the folder that `GUICHET_FUZZ_SEEDS` names, for a fuzzer to begin with.
    pub fn write_seeds(&self) {
        let Some(folder) = std::env::var_os("GUICHET_FUZZ_SEEDS") else { return };
        for (number, input) in (self.vectors)().iter().enumerate() {
            let file = Path::new(&folder).join(format!("vector-{number}"));
            fs::write(file, input).expect("the folder for seeds can be written");
        }
    }

    /// The files of `corpus` or `crashes`.
    pub fn files(&self, of: &str) -> Vec<PathBuf> {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(of).join(self.name);
        let entries = fs::read_dir(folder).into_iter().flatten().filter_map(Result::ok);
        let mut files: Vec<PathBuf> = entries.map(|entry| entry.path()).collect();
        files.sort();
        files
    }
}
