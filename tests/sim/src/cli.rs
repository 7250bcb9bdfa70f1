//! The command line: worlds, one world, the fixed set, the table of planted bugs.

use std::io::Write as _;
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use anyhow::Context as _;
use clap::Parser;
use guichet_sim::plants::{self, Plant};
use guichet_sim::{Ending, Worlds};

use crate::stopwatch::Stopwatch;

/// The seeds that `cargo xtask test` lives, from 1.
const FIXED: u64 = 48;

/// The seeds that may find a planted bug, from 1. More than the others: most bugs are found by the first few, and end there.
const FIXED_WITH_PLANT: u64 = 120;

/// How many of them are lived twice, to see that the same seed is the same world.
const TWICE: u64 = 4;

/// Lives worlds and checks the invariants after every step.
#[derive(Debug, Parser)]
#[command(name = "cargo xtask sim", bin_name = "cargo xtask sim")]
struct Arguments {
    /// How many worlds
    #[arg(long, default_value_t = 100)]
    seeds: u64,
    /// The first seed
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Only this seed
    #[arg(long)]
    seed: Option<u64>,
    /// Print every event of it
    #[arg(long, requires = "seed")]
    trace: bool,
    /// With this bug
    #[arg(long, value_name = "NAME")]
    plant: Option<String>,
    /// Look for every planted bug with the fixed seeds, and print which seed finds it
    #[arg(long)]
    plants: bool,
    /// The fixed seeds, some of them twice
    #[arg(long)]
    fixed: bool,
    /// Write the copy of the sources that has the bugs, and end
    #[arg(long, value_name = "FOLDER", hide = true)]
    write_planted: Option<PathBuf>,
}

pub(crate) fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            say(&format!("error: {error:#}"));
            ExitCode::FAILURE
        }
    }
}

/// Whether everything is as it should be.
fn run(arguments: &Arguments) -> anyhow::Result<bool> {
    if let Some(tree) = &arguments.write_planted {
        plants::write_tree(&std::env::current_dir()?, tree)?;
        return Ok(true);
    }
    let plant = match &arguments.plant {
        Some(name) => Some(plants::named(name).with_context(|| format!("no plant {name}"))?),
        None => None,
    };
    let worlds = Worlds::new()?;
    if arguments.plants {
        return find_plants(&worlds, plant);
    }
    if arguments.fixed {
        return live_fixed(&worlds);
    }
    if let Some(seed) = arguments.seed {
        let ending = worlds.live(seed, plant, arguments.trace)?;
        ending.lines.iter().for_each(|line| say(line));
        tell(&ending, plant);
        say(&format!("seed {seed}: {} events, {}", ending.events, ending.hash));
        return Ok(ending.broken.is_none());
    }
    let clock = Stopwatch::start();
    let range = (arguments.from, arguments.seeds);
    let endings = worlds.live_all(range, plant, false, |ending| tell(ending, plant))?;
    say(&figures(&endings, clock.elapsed()));
    Ok(endings.iter().all(|ending| ending.broken.is_none()))
}

fn live_fixed(worlds: &Worlds) -> anyhow::Result<bool> {
    let clock = Stopwatch::start();
    let endings = worlds.live_all((1, FIXED), None, false, |ending| tell(ending, None))?;
    for ending in &endings {
        judge(ending.broken.is_none(), &format!("seed {} holds", ending.seed));
    }
    say(&figures(&endings, clock.elapsed()));
    let again = worlds.live_all((1, TWICE), None, false, |_| ())?;
    let mut are_same = true;
    for (first, second) in endings.iter().zip(&again) {
        let is_same = first.hash == second.hash;
        judge(is_same, &format!("seed {} is the same world again: {}", first.seed, first.hash));
        are_same &= is_same;
    }
    Ok(are_same && endings.iter().all(|ending| ending.broken.is_none()))
}

fn find_plants(worlds: &Worlds, only: Option<&Plant>) -> anyhow::Result<bool> {
    let clock = Stopwatch::start();
    let mut are_found = true;
    let chosen = |plant: &&Plant| only.is_none_or(|only| only.name == plant.name);
    for plant in plants::all().filter(chosen) {
        let endings = worlds.live_all((1, FIXED_WITH_PLANT), Some(plant), true, |_| ())?;
        let caught = endings.iter().find_map(|ending| Some((ending.seed, ending.broken.as_ref()?)));
        let found = match caught {
            None => "not found".to_owned(),
            Some((seed, broken)) => format!("seed {seed:>3}  {broken}"),
        };
        let is_found = caught.is_some_and(|(_, broken)| plant.breaks.contains(&broken.invariant));
        judge(is_found, &format!("{:<26} {found}", plant.name));
        are_found &= is_found;
    }
    say(&format!("{} plants in {:.0} s", plants::all().count(), clock.elapsed().as_secs_f64()));
    Ok(are_found)
}

/// One line that `cargo xtask test` counts.
fn judge(holds: bool, what: &str) {
    say(&format!("{} {what}", if holds { "ok    " } else { "FAILED" }));
}

fn figures(endings: &[Ending], took: Duration) -> String {
    let hours: f64 = endings.iter().map(|ending| ending.lasted.as_secs_f64() / 3_600.0).sum();
    let sum = |of: fn(&Ending) -> usize| endings.iter().map(of).sum::<usize>();
    let (executed, refused) = (sum(|ending| ending.executed), sum(|ending| ending.refused));
    let broken = sum(|ending| usize::from(ending.broken.is_some()));
    let a_second = Duration::from_secs(1).as_secs_f64() / took.as_secs_f64().max(0.001);
    let count: f64 = endings.iter().map(|_| a_second).sum();
    format!(
        "{} worlds, {hours:.1} virtual hours, {executed} payments executed, {refused} refused, {broken} broken; {count:.2} worlds a \
         second",
        endings.len()
    )
}

fn tell(ending: &Ending, plant: Option<&Plant>) {
    let Some(broken) = &ending.broken else { return };
    let with = plant.map(|plant| format!(" --plant {}", plant.name)).unwrap_or_default();
    say(&format!("\nseed {}: {broken}", ending.seed));
    ending.story.iter().for_each(|told| say(&format!("  {told}")));
    say(&format!("  To see every step: cargo xtask sim --seed {} --trace{with}\n", ending.seed));
}

fn say(line: &str) {
    // A reader who has gone needs no words.
    let _ = writeln!(std::io::stdout(), "{line}");
}
