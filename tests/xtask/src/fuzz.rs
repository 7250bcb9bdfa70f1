//! libFuzzer on the targets of tests/fuzz, one after the other.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    bench::Bench, cargo_tool, cli::Fuzzing, failure::Failure, house::House, process, screen::Screen,
};

/// A decoder that takes this long over one input has hung.
const TIMEOUT_SECONDS: u32 = 10;
/// Longer inputs only repeat what shorter ones show.
const INPUT_BYTES_MAX: u32 = 4096;

pub(crate) fn run(bench: &Bench<'_>, screen: &Screen, fuzzing: &Fuzzing) -> Result<(), Failure> {
    let explorer = built(bench)?;
    let names = chosen(&explorer, &fuzzing.targets)?;
    let mut broken = 0;
    for name in &names {
        let target = Exploration::prepared(bench.house, name)?;
        let ended = target.explore(&explorer, screen, fuzzing.seconds)?;
        screen.line(&ended.spoken(name));
        if let Some(input) = ended.breaking {
            broken += 1;
            screen.line(&format!("         {}", bench.house.shown(&input)));
        }
    }
    if broken == 0 {
        return Ok(());
    }
    screen.line("mend the decoder, keep the input in tests/fuzz/crashes/<target>/, and the tests replay it for ever");
    Err(Failure::Reported)
}

/// The program with all targets. Without a sanitizer: what is looked for are broken promises and panics in safe Rust, and stable
/// Rust can build it.
fn built(bench: &Bench<'_>) -> Result<PathBuf, Failure> {
    let cargo_fuzz = cargo_tool::FUZZ.ready(bench)?;
    let folder = folder(bench.house);
    let mut build = Command::new(cargo_fuzz);
    build
        .current_dir(&bench.house.root)
        .args(["build", "explore", "--fuzz-dir", "tests/fuzz", "--features", "libfuzzer"])
        .args(["--sanitizer", "none", "--target-dir"])
        .arg(&folder);
    bench.run(&mut build)?;
    let for_hosts =
        fs::read_dir(&folder).map_err(|cause| Failure::file("read", &folder, &cause))?;
    let programs = for_hosts.filter_map(Result::ok).map(|it| it.path().join("release/explore"));
    programs.into_iter().find(|program| program.is_file()).ok_or_else(|| {
        Failure::Failed("cargo-fuzz built no program `explore`: is tests/fuzz as it was?".into())
    })
}

/// The targets that were asked for, or all there are. The program itself knows their names.
fn chosen(explorer: &Path, asked: &[String]) -> Result<Vec<String>, Failure> {
    let names = process::answer(&mut Command::new(explorer)).unwrap_or_default();
    let names: Vec<String> = names.lines().map(str::to_owned).collect();
    if let Some(unknown) = asked.iter().find(|name| !names.contains(name)) {
        let names = names.join(", ");
        return Err(Failure::Failed(format!("there is no target {unknown}; there are: {names}")));
    }
    Ok(if asked.is_empty() { names } else { asked.to_vec() })
}

fn folder(house: &House) -> PathBuf {
    house.logs.parent().unwrap_or(&house.root).join("fuzz")
}

/// One target's folders: what libFuzzer found so far, the vectors, what broke it, and its log.
struct Exploration<'a> {
    name: &'a str,
    kept: PathBuf,
    found: PathBuf,
    vectors: PathBuf,
    breaking: PathBuf,
    log: PathBuf,
}

impl<'a> Exploration<'a> {
    fn prepared(house: &House, name: &'a str) -> Result<Self, Failure> {
        let of = |what: &str| folder(house).join(what).join(name);
        let exploration = Self {
            name,
            kept: house.root.join("tests/fuzz"),
            found: of("found"),
            vectors: of("vectors"),
            breaking: of("breaking"),
            log: folder(house).join(name).with_extension("log"),
        };
        for folder in [&exploration.found, &exploration.vectors, &exploration.breaking] {
            fs::create_dir_all(folder).map_err(|cause| Failure::file("make", folder, &cause))?;
        }
        Ok(exploration)
    }

    fn explore(&self, explorer: &Path, screen: &Screen, seconds: u32) -> Result<Ended, Failure> {
        let cannot_write = |cause| Failure::file("write", &self.log, &cause);
        let log = File::create(&self.log).map_err(cannot_write)?;
        let mut command = self.command(explorer, seconds);
        command.stdout(log.try_clone().map_err(cannot_write)?).stderr(log);
        let ended = process::run_to_end(&mut command, |time| {
            screen.progress(self.name, time, "exploring");
        });
        screen.clear();
        let status = ended?;
        let said = String::from_utf8_lossy(&fs::read(&self.log).unwrap_or_default()).into_owned();
        let breaking = written(&said);
        if status.success() || breaking.is_some() {
            return Ok(Ended { executions: executions(&said), covered: covered(&said), breaking });
        }
        let (how, log) = (process::spoken(status), self.log.display());
        Err(Failure::Failed(format!("{}: {how}, see {log}", self.name)))
    }

    fn command(&self, explorer: &Path, seconds: u32) -> Command {
        let kept = ["corpus", "crashes"].map(|of| self.kept.join(of).join(self.name));
        let mut command = Command::new(explorer);
        command
            .env("GUICHET_FUZZ_TARGET", self.name)
            .env("GUICHET_FUZZ_SEEDS", &self.vectors)
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-timeout={TIMEOUT_SECONDS}"))
            .arg(format!("-max_len={INPUT_BYTES_MAX}"))
            .arg(format!("-artifact_prefix={}/", self.breaking.display()))
            .args(["-print_final_stats=1", "-use_value_profile=1"])
            .args([&self.found, &self.vectors])
            .args(kept.iter().filter(|folder| folder.is_dir()));
        command
    }
}

/// What an exploration came to.
struct Ended {
    executions: u64,
    covered: u64,
    breaking: Option<PathBuf>,
}

impl Ended {
    fn spoken(&self, name: &str) -> String {
        let outcome = if self.breaking.is_some() { "BROKEN" } else { "ok" };
        let Self { executions, covered, .. } = self;
        format!("{outcome:<8} {name:<17} {executions:>11} executions, {covered:>6} edges covered")
    }
}

/// `stat::number_of_executed_units: 123`, or where it broke the number of the line before: `#123 NEW cov: 4 ...`.
fn executions(log: &str) -> u64 {
    let stat = log.lines().find_map(|line| line.strip_prefix("stat::number_of_executed_units:"));
    let progress = log
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix('#').and_then(|rest| rest.split_whitespace().next()));
    stat.or(progress).and_then(|number| number.trim().parse().ok()).unwrap_or(0)
}

/// The file with the input that broke the target.
fn written(log: &str) -> Option<PathBuf> {
    let place = log.lines().find_map(|line| line.split_once("Test unit written to "));
    place.map(|(_, file)| PathBuf::from(file.trim()))
}

fn covered(log: &str) -> u64 {
    let last = log.lines().rev().find_map(|line| line.split_once(" cov: "));
    last.and_then(|(_, rest)| rest.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOG: &str = "#2\tINITED cov: 120 ft: 121 corp: 1/1b\n#4096\tpulse  cov: 311 ft: 700 corp: 9/1Kb\n\
        stat::number_of_executed_units: 51234\nstat::peak_rss_mb: 60\n";

    #[test]
    fn figures_are_read_from_libfuzzer_s_log() {
        assert_eq!((executions(LOG), covered(LOG)), (51_234, 311));
    }

    #[test]
    fn a_run_that_broke_off_is_counted_up_to_its_last_line() {
        let log = "#7\tNEW    cov: 5 ft: 6\nthread panicked\n==1== ERROR: libFuzzer: deadly signal\n\
            artifact_prefix='a/'; Test unit written to a/crash-1\n";
        assert_eq!((executions(log), covered(log)), (7, 5));
        assert_eq!(written(log), Some(PathBuf::from("a/crash-1")));
        assert_eq!((executions(""), covered("")), (0, 0));
    }
}
