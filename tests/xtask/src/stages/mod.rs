//! What `cargo xtask test` runs, cheap things first.

pub(crate) mod bindings;
pub(crate) mod demo;
pub(crate) mod deny;
pub(crate) mod interop;
pub(crate) mod kotlin;
pub(crate) mod rust;
pub(crate) mod sim;
pub(crate) mod swift;

use crate::{
    bench::Bench,
    count::{self, Count},
    failure::Failure,
    house::House,
};

/// One part of the whole test run.
pub(crate) struct Stage {
    pub(crate) name: &'static str,
    pub(crate) run: fn(&Bench<'_>, &[String]) -> Result<(), Failure>,
    pub(crate) counting: Counting,
}

/// What a stage adds to the numbers at the end.
pub(crate) enum Counting {
    /// Itself: one.
    One,
    /// The tests that ran inside it, read from its log or its reports.
    Tests(fn(&House, &str) -> Count),
}

/// The names of [`STAGES`], in their order.
pub(crate) const NAMES: [&str; 10] =
    ["fmt", "lint", "deny", "rust", "sim", "bindings", "demo", "interop", "kotlin", "swift"];

/// Every stage, in the order they run.
pub(crate) const STAGES: [Stage; 10] = [
    Stage { name: "fmt", run: rust::fmt, counting: Counting::One },
    Stage { name: "lint", run: rust::lint, counting: Counting::One },
    Stage { name: "deny", run: deny::run, counting: Counting::One },
    Stage {
        name: "rust",
        run: rust::tests,
        counting: Counting::Tests(|_, log| count::libtest(log)),
    },
    Stage { name: "sim", run: sim::run, counting: Counting::Tests(|_, log| sim::count(log)) },
    Stage { name: "bindings", run: bindings::check, counting: Counting::One },
    Stage { name: "demo", run: demo::run, counting: Counting::One },
    Stage {
        name: "interop",
        run: interop::run,
        counting: Counting::Tests(|_, log| interop::count(log)),
    },
    Stage { name: "kotlin", run: kotlin::run, counting: Counting::Tests(kotlin::count) },
    Stage {
        name: "swift",
        run: swift::run,
        counting: Counting::Tests(|_, log| count::swift_testing(log)),
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_names_are_those_of_the_stages() {
        let names: Vec<_> = STAGES.iter().map(|stage| stage.name).collect();
        assert_eq!(names, NAMES);
    }
}
