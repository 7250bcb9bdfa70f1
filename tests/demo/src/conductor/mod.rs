//! The conductor: it starts the bank and the phone, plays the customer, the bank's staff and the network, and checks what became
//! of it all from the other side.

mod acts;
mod agreement;
mod auditor;
mod bank;
mod books;
mod children;
mod control;
mod crash_points;
mod customer;
mod day;
mod draw;
mod faults;
mod folder;
mod kill_loop;
mod last_words;
mod link;
mod meter;
mod person;
mod phone;
mod receipt;
mod sandbox;
mod silence;
mod soak;
mod stage;
mod witness;

use std::path::PathBuf;

use anyhow::{Context as _, Result};

use crate::lang::Locale;
use crate::phone::FreedMemory;
use crate::report::Report;
use crate::report::record::{RecordFile, Run};
use crate::stopwatch::Stopwatch;
pub(crate) use bank::SignIn;
pub(crate) use books::Books;
pub(crate) use control::{Control, StaffOptions, run as be_the_staff};
pub(crate) use crash_points::CrashPoints;
pub(crate) use sandbox::Sandbox;
use stage::Stage;

/// How the day goes.
#[derive(Clone, Debug)]
pub(crate) struct DayOptions {
    /// The customer's language, and the conductor's.
    pub(crate) locale: Locale,
    /// The seed of the bank's invented past.
    pub(crate) seed: u64,
    /// Where bank and phone keep what they have, if it is to stay.
    pub(crate) data: Option<PathBuf>,
    /// Where the record goes, if one is wanted.
    pub(crate) json: Option<PathBuf>,
    /// What is played.
    pub(crate) play: Play,
}

/// What can be played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Play {
    /// The day.
    Day,
    /// Everybody is killed everywhere.
    KillLoop,
    /// The network goes wrong in every way.
    Faults,
    /// Everybody ends before every call that leaves something behind.
    CrashPoints {
        /// In which parts.
        which: CrashPoints,
    },
    /// Payments all the time, and everybody in trouble all the time.
    Soak {
        /// For how long.
        seconds: u64,
    },
    /// The session ends in every way, and the phone is searched for what is left of it.
    Silence {
        /// What the phone does with memory that it frees.
        freed: FreedMemory,
    },
}

/// Plays. `Ok` if every expectation held. Whatever happens, no process is left, and no folder but one that was asked for.
pub(crate) async fn run(
    options: &DayOptions,
    interrupted: impl Future<Output = anyhow::Error>,
) -> Result<()> {
    let time = Stopwatch::start();
    let length = match options.play {
        Play::Day => day::LENGTH,
        Play::KillLoop => kill_loop::LENGTH,
        Play::Faults => faults::LENGTH,
        Play::CrashPoints { which } => which.length(),
        Play::Soak { seconds } => seconds,
        Play::Silence { .. } => silence::LENGTH,
    };
    // Where the record cannot be written, better now than after the day.
    let record = options.json.as_deref().map(RecordFile::create).transpose()?;
    let mut stage = Stage::set(options)?;
    let mut report = Report::to_terminal(options.locale, length);
    let outcome = tokio::select! {
        outcome = play(options.play, &mut stage, &mut report) => outcome,
        signal = interrupted => Err(signal),
    };
    let outcome = match stage.unexpected_end() {
        Some(end) => outcome.context(end),
        None => outcome,
    };
    let cleared = stage.clear().await;
    let run = Run {
        version: 1,
        language: options.locale,
        seed: options.seed,
        keys: "software keys stand in for the phone's secure hardware",
        passed: outcome.is_ok(),
        failure: outcome.as_ref().err().map(|error| format!("{error:#}")),
        milliseconds: time.milliseconds(),
        steps: report.finish(),
    };
    if let Some(record) = record {
        record.write(&run)?;
    }
    outcome?;
    day::say_goodbye(&report, &run, options);
    cleared
}

async fn play(play: Play, stage: &mut Stage, report: &mut Report) -> Result<()> {
    match play {
        Play::Day => day::play(stage, report).await,
        Play::KillLoop => Box::pin(kill_loop::play(stage, report)).await,
        Play::Faults => Box::pin(faults::play(stage, report)).await,
        Play::CrashPoints { which } => Box::pin(crash_points::play(stage, report, which)).await,
        Play::Soak { seconds } => Box::pin(soak::play(stage, report, seconds)).await,
        Play::Silence { freed } => silence::play(stage, report, freed).await,
    }
}
