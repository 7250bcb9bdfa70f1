//! The command line.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, builder::PossibleValuesParser};

use crate::{bench::Bench, failure::Failure, measure, stages};

const EXAMPLES: &str = "\
Examples:
  cargo xtask test                       everything; ends with `N passed, N failed`
  cargo xtask test --only rust           one stage of it
  cargo xtask test --skip kotlin --skip swift
  cargo xtask rust -p guichet-payments   the tests of one crate, straight to the terminal
  cargo xtask interop refresh            tests against npm's OAuth software whose names hold a word
  cargo xtask sim --seeds 1000           phones, bank and network from seeds, the invariants after every step
  cargo xtask soak --minutes 10          payments among kills and faults, audited
  cargo xtask bindings                   generate the Kotlin and the Swift after a change of the surface
  cargo xtask bench session              what sign-in, calls and unlocking cost
  cargo xtask fuzz --seconds 60 intents  look for inputs that break a decoder; all of them, if none is named
  cargo xtask doctor                     what is installed, what is missing, how to get it

What a stage prints is kept in target/xtask/<stage>.log. With CI set, a stage that cannot run has failed.
$GUICHET_CACHE (~/.cache/guichet) keeps the tools that are installed on the way.";

/// The commands for working on Guichet.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", after_help = EXAMPLES)]
pub(crate) struct Cli {
    #[command(subcommand)]
    pub(crate) command: Command,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Run everything: what must be green before a change lands
    Test(Choice),
    /// Format the Rust code
    Fmt {
        /// Only say what is not formatted
        #[arg(long)]
        check: bool,
    },
    /// Run clippy over the workspace, warnings as errors
    Lint(Passed),
    /// Run the Rust tests, house rules included
    Rust(Passed),
    /// Check licences, banned crates and sources with cargo-deny
    Deny,
    /// Generate bindings/kotlin and bindings/swift from the built library
    Bindings {
        /// Only say whether a fresh generation equals what is checked in
        #[arg(long)]
        check: bool,
    },
    /// Play the demo, in English and in Chinese
    Demo(Passed),
    /// Live simulated worlds: `--seeds N`, `--seed S --trace`, `--plants`, `--plant NAME` (docs/simulation.md)
    Sim(Passed),
    /// Make payments for minutes while phone and bank are killed and the network breaks at random, and audit the bank's file
    Soak(Soak),
    /// Run the core and the bank against OAuth software from npm
    Interop(Passed),
    /// Run the Kotlin tests on the JVM
    Kotlin(Passed),
    /// Run the Swift tests
    Swift(Passed),
    /// Measure: counts, and times as ratios between what runs in turns. Never a test
    Bench(Measure),
    /// Let libFuzzer look for inputs that break a decoder
    Fuzz(Fuzzing),
    /// Build what a phone carries and compare its size with the budget
    Size,
    /// Say what is installed, what is missing, and how to get it
    Doctor,
}

/// Arguments for the program that does the work.
#[derive(Debug, Args)]
pub(crate) struct Passed {
    /// Passed on to the program that does the work
    #[arg(trailing_var_arg = true, allow_hyphen_values = true, value_name = "ARGUMENTS")]
    pub(crate) arguments: Vec<String>,
}

/// How long, and which troubles.
#[derive(Debug, Args)]
pub(crate) struct Soak {
    /// For how long payments are made, 1 to 30 (for longer: cargo demo --soak SECONDS)
    #[arg(long, value_name = "N", default_value_t = 5, value_parser = clap::value_parser!(u32).range(1..=30))]
    pub(crate) minutes: u32,
    /// Draw the troubles from this seed instead of a new one
    #[arg(long, value_name = "S")]
    pub(crate) seed: Option<u64>,
}

/// What is measured.
#[derive(Debug, Args)]
pub(crate) struct Measure {
    /// The area
    #[arg(value_parser = PossibleValuesParser::new(measure::AREAS))]
    pub(crate) area: String,
    /// Write the figures to this file too, as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
}

/// What is explored, and for how long.
#[derive(Debug, Args)]
pub(crate) struct Fuzzing {
    /// How long each target is explored
    #[arg(long, default_value_t = 60, value_name = "SECONDS")]
    pub(crate) seconds: u32,
    /// The targets; all of them, if none is named
    #[arg(value_name = "TARGET")]
    pub(crate) targets: Vec<String>,
}

/// Which stages `test` runs.
#[derive(Debug, Args)]
pub(crate) struct Choice {
    /// Run this stage only (may be given again)
    #[arg(long, value_name = "STAGE", value_parser = PossibleValuesParser::new(stages::NAMES))]
    pub(crate) only: Vec<String>,
    /// Leave this stage out, and say so (may be given again; with CI set it still counts as failed)
    #[arg(long, value_name = "STAGE", value_parser = PossibleValuesParser::new(stages::NAMES))]
    pub(crate) skip: Vec<String>,
    /// Go on after a failed stage (the default)
    #[arg(long, overrides_with = "fail_fast")]
    keep_going: bool,
    /// Stop after the first failed stage
    #[arg(long, overrides_with = "keep_going")]
    pub(crate) fail_fast: bool,
}

impl Command {
    /// Runs a command that is one stage, or the writing form of one.
    pub(crate) fn run_piece(self, bench: &Bench<'_>) -> Result<(), Failure> {
        match self {
            Self::Fmt { check: false } => bench.run(&mut bench.cargo(&["fmt", "--all"])),
            Self::Fmt { check: true } => stages::rust::fmt(bench, &[]),
            Self::Lint(passed) => stages::rust::lint(bench, &passed.arguments),
            Self::Rust(passed) => stages::rust::tests(bench, &passed.arguments),
            Self::Deny => stages::deny::run(bench, &[]),
            Self::Bindings { check: false } => stages::bindings::generate(bench),
            Self::Bindings { check: true } => stages::bindings::check(bench, &[]),
            Self::Demo(passed) => stages::demo::run(bench, &passed.arguments),
            Self::Sim(passed) => stages::sim::live(bench, &passed.arguments),
            Self::Soak(soak) => stages::demo::soak(bench, soak.minutes, soak.seed),
            Self::Interop(passed) => stages::interop::run(bench, &passed.arguments),
            Self::Kotlin(passed) => stages::kotlin::run(bench, &passed.arguments),
            Self::Swift(passed) => stages::swift::run(bench, &passed.arguments),
            Self::Bench(measure) => measure::run(bench, &measure.area, measure.json.as_deref()),
            Self::Test(_) | Self::Fuzz(_) | Self::Size | Self::Doctor => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_well_formed() {
        Cli::command().debug_assert();
    }

    #[test]
    fn arguments_for_cargo_pass_through_untouched() {
        let cli = Cli::parse_from(["xtask", "rust", "-p", "guichet-vault", "--", "opens"]);
        let Command::Rust(passed) = cli.command else { panic!("not the command asked for") };
        assert_eq!(passed.arguments, ["-p", "guichet-vault", "--", "opens"]);
    }

    #[test]
    fn a_stage_that_does_not_exist_is_refused() {
        assert!(Cli::try_parse_from(["xtask", "test", "--only", "everything"]).is_err());
    }
}
