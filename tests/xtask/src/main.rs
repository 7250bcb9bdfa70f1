//! The commands a person runs: `cargo xtask --help`.

mod apt;
mod bench;
mod cargo_tool;
mod cli;
mod count;
mod doctor;
mod excerpt;
mod failure;
mod fuzz;
mod house;
mod measure;
mod node;
mod process;
mod screen;
mod size;
mod stages;
mod stopwatch;
mod swift_toolchain;
mod test_run;

use std::process::ExitCode;

use clap::Parser;

use crate::{
    bench::Bench,
    cli::{Cli, Command},
    failure::Failure,
    house::House,
    screen::Screen,
};

/// What a shell reports for a program ended by Ctrl-C.
const INTERRUPTED: u8 = 130;

fn main() -> ExitCode {
    let cli = Cli::parse();
    let screen = Screen::new();
    if let Err(cause) = process::listen_for_interrupt() {
        screen.line(&format!("cannot listen for Ctrl-C: {cause}"));
        return ExitCode::FAILURE;
    }
    let house = match House::find() {
        Ok(house) => house,
        Err(failure) => return ending(&screen, Err(failure)),
    };
    match cli.command {
        Command::Test(choice) => ending(&screen, test_run::run(&house, &screen, &choice)),
        Command::Doctor => ending(&screen, doctor::run(&house, &screen)),
        Command::Size => ending(&screen, size::run(&Bench::at_terminal(&house), &screen)),
        Command::Fuzz(fuzzing) => {
            ending(&screen, fuzz::run(&Bench::at_terminal(&house), &screen, &fuzzing))
        }
        command => ending(&screen, command.run_piece(&Bench::at_terminal(&house))),
    }
}

fn ending(screen: &Screen, outcome: Result<(), Failure>) -> ExitCode {
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(Failure::Interrupted) => {
            screen.line("interrupted");
            ExitCode::from(INTERRUPTED)
        }
        Err(Failure::Reported) => ExitCode::FAILURE,
        Err(failure) => {
            screen.line(&format!("error: {failure}"));
            ExitCode::FAILURE
        }
    }
}
