//! The command line: `cargo demo`.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{Parser, Subcommand};

use crate::browser::BrowserOptions;
use crate::conductor::{CrashPoints, DayOptions, Play, StaffOptions};
use crate::lang::Locale;
use crate::phone::{FreedMemory, PhoneOptions};
use crate::scenario::ScenarioOptions;

/// A day of banking on this machine: one customer's phone against a real bank over real TLS, with everything that matters checked
/// from the other side. Takes under 30 seconds and leaves nothing behind.
#[derive(Debug, Parser)]
#[command(
    name = "cargo demo",
    bin_name = "cargo demo",
    version,
    args_conflicts_with_subcommands = true
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) day: Day,
    #[command(subcommand)]
    pub(crate) role: Option<Role>,
}

impl Arguments {
    /// As given. The alias in .cargo/config.toml ends in `--`, and `cargo demo -- --silence` says it once more.
    pub(crate) fn given() -> Self {
        Self::parse_from(without_separator(std::env::args_os()))
    }
}

fn without_separator(arguments: impl Iterator<Item = OsString>) -> impl Iterator<Item = OsString> {
    arguments.enumerate().filter(|(at, argument)| *at != 1 || argument != "--").map(|(_, it)| it)
}

/// The day itself.
#[derive(Debug, clap::Args)]
pub(crate) struct Day {
    /// The customer's language and this report's: en or zh-CN
    #[arg(long, value_name = "LANG", default_value = "en")]
    lang: Locale,
    /// Seed of the bank's invented past
    #[arg(long, value_name = "N", default_value_t = 1)]
    seed: u64,
    /// Write every step with its checks, counts and times to FILE
    #[arg(long, value_name = "FILE")]
    json: Option<PathBuf>,
    /// No colours, also on a terminal
    #[arg(long)]
    pub(crate) no_color: bool,
    /// Keep the bank's and the phone's files in DIR, which must be empty
    #[arg(long, value_name = "DIR")]
    data: Option<PathBuf>,
    #[command(flatten)]
    instead: Instead,
}

/// What is played instead of the day.
#[derive(Debug, clap::Args)]
#[group(multiple = false)]
struct Instead {
    /// Instead of the day: kill phone and bank at every point of it, and show that nothing is lost or doubled
    #[arg(long)]
    kill_loop: bool,
    /// Instead of the day: make payments over a network that goes wrong in every way
    #[arg(long)]
    faults: bool,
    /// Instead of the day: end phone and bank before every call by which they leave something behind, in turn (on Linux): in all
    /// parts, in those of a `payment` or of a `clean-up`, or in all and also between two `writes` of one transaction
    #[arg(
        long,
        value_name = "WHERE",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "all",
        hide_possible_values = true
    )]
    crash_points: Option<CrashPoints>,
    /// Instead of the day: make payments for so many seconds, kill phone and bank and break the network at random (drawn from the
    /// seed), and have the books audited by a program in Python
    #[arg(long, value_name = "SECONDS", value_parser = clap::value_parser!(u64).range(1..))]
    soak: Option<u64>,
    /// Instead of the day: end the session in every way, and search the phone's memory (on Linux), files and log for what is left of it
    #[arg(
        long,
        value_name = "FREED",
        num_args = 0..=1,
        require_equals = true,
        default_missing_value = "wiped",
        hide_possible_values = true
    )]
    silence: Option<FreedMemory>,
}

impl Day {
    pub(crate) fn options(self) -> DayOptions {
        let play = self.instead.play();
        DayOptions { locale: self.lang, seed: self.seed, data: self.data, json: self.json, play }
    }
}

impl Instead {
    const fn play(&self) -> Play {
        match self.silence {
            Some(freed) => Play::Silence { freed },
            None if self.kill_loop => Play::KillLoop,
            None if self.faults => Play::Faults,
            None if let Some(which) = self.crash_points => Play::CrashPoints { which },
            None if let Some(seconds) = self.soak => Play::Soak { seconds },
            None => Play::Day,
        }
    }
}

/// What this program can be besides the conductor.
#[derive(Debug, Subcommand)]
pub(crate) enum Role {
    /// The sandbox bank, until its standard input ends; arguments as for cargo bank
    #[command(hide = true, disable_help_flag = true)]
    Bank {
        /// Passed on.
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// The phone: verbs as JSON lines on standard input, states on standard output
    #[command(hide = true)]
    Phone(PhoneOptions),
    /// One of the others under a tracer, which ends it before the nth call that leaves something behind
    #[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
    #[command(hide = true)]
    Trace(crate::trace::TraceOptions),
    /// Play the customer in the system browser: sign in on the bank's page and print where it sends the browser
    Browser(BrowserOptions),
    /// Play the bank's staff: set switches of a sandbox bank
    Staff(StaffOptions),
    /// Run scenarios of tests/scenarios, as Kotlin and Swift do
    Scenario(ScenarioOptions),
}

#[cfg(test)]
mod tests {
    use super::*;

    fn left(arguments: &[&str]) -> Vec<OsString> {
        without_separator(arguments.iter().map(OsString::from)).collect()
    }

    #[test]
    fn a_separator_may_stand_before_the_arguments() {
        assert_eq!(left(&["demo", "--", "--silence"]), ["demo", "--silence"]);
        assert_eq!(left(&["demo", "--silence"]), ["demo", "--silence"]);
        assert_eq!(left(&["demo", "bank", "--"]), ["demo", "bank", "--"]);
    }
}
