//! The program as a stranger runs it.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

fn demo(temporary: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_demo"));
    // Everything it makes has to be in here, so that what it leaves can be seen.
    command.env("TMPDIR", temporary).stdin(Stdio::null());
    command
}

fn text(output: &Output) -> String {
    format!(
        "{}{}",
        String::from_utf8_lossy(&output.stdout),
        String::from_utf8_lossy(&output.stderr)
    )
}

/// Into the log of the test run, also where the test holds: figures are there to be read.
fn tell(told: &str) {
    std::io::stderr().write_all(format!("{told}\n").as_bytes()).unwrap();
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn the_scenarios_hold_word_for_word() {
    let temporary = tempfile::tempdir().unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../scenarios");
    let mut files = entries(&folder);
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    assert!(!files.is_empty(), "no scenarios in {}", folder.display());
    let output = demo(temporary.path()).arg("scenario").args(files).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    assert!(entries(temporary.path()).is_empty());
}

/// From the phone's hardware to the bank's limits, over real processes.
#[test]
fn a_phone_that_is_attested_may_approve_more_and_no_other_may() {
    let temporary = tempfile::tempdir().unwrap();
    let scenarios = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    for (file, arguments) in [("attested.json", &["--attested"][..]), ("software.json", &[])] {
        let mut command = demo(temporary.path());
        command.arg("scenario").args(arguments).arg(scenarios.join(file));
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", text(&output));
    }
    assert!(entries(temporary.path()).is_empty());
}

/// Invariants 2, 4, 5 and 8 and the journalled wipe, over real processes.
#[test]
fn invariant_02_once_whoever_is_killed_wherever() {
    let temporary = tempfile::tempdir().unwrap();
    let output = demo(temporary.path()).arg("--kill-loop").output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    assert!(entries(temporary.path()).is_empty());
}

/// Invariants 2, 4 and 5 over real processes that end before each call that leaves something behind: `conductor/crash_points`.
#[cfg(target_os = "linux")]
#[test]
fn invariant_02_once_with_a_kill_before_every_write_and_send_of_a_payment() {
    crash_points("payment");
}

/// The same where something is cleared away while the fate of a payment is open.
#[cfg(target_os = "linux")]
#[test]
fn invariant_08_gone_with_a_kill_before_every_write_and_send_of_a_clean_up() {
    crash_points("clean-up");
}

#[cfg(target_os = "linux")]
fn crash_points(parts: &str) {
    let temporary = tempfile::tempdir().unwrap();
    let output = demo(temporary.path()).arg(format!("--crash-points={parts}")).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    tell(&text(&output));
    assert!(entries(temporary.path()).is_empty());
}

/// Invariants 2, 4, 5 and 10 over real processes: `conductor/faults` has the table.
#[test]
fn invariant_05_settles_whatever_the_network_does() {
    let temporary = tempfile::tempdir().unwrap();
    let output = demo(temporary.path()).arg("--faults").output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    tell(&text(&output));
    assert!(entries(temporary.path()).is_empty());
}

/// Invariants 1, 2, 4, 5 and 6, read from the bank's file by a program that shares no line with bank or phone. `cargo xtask soak`
/// goes on for longer.
#[test]
fn invariant_01_conservation_holds_in_a_soak_as_an_independent_auditor_finds() {
    if python_is_missing() {
        return;
    }
    let temporary = tempfile::tempdir().unwrap();
    let output = demo(temporary.path()).args(["--soak", "20"]).output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    let told = text(&output);
    tell(&told);
    assert!(told.contains("0 violations") && told.contains("cooked in 7 ways"), "{told}");
    assert!(entries(temporary.path()).is_empty());
}

#[test]
fn the_auditor_finds_every_kind_of_cooked_books() {
    if python_is_missing() {
        return;
    }
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../audit");
    let mut tests = Command::new("python3");
    let output = tests.args(["-B", "-m", "unittest"]).current_dir(folder).output().unwrap();
    let told = text(&output);
    assert!(output.status.success(), "{told}");
    let ran = told.lines().find_map(|line| line.strip_prefix("Ran ")).unwrap();
    assert!(ran.split(' ').next().unwrap().parse::<u32>().unwrap() > 30, "{told}");
}

/// A person without Python reads what was left out; an unwatched run may leave nothing out.
fn python_is_missing() -> bool {
    let found = Command::new("python3").arg("--version").output();
    let is_missing = !found.is_ok_and(|output| output.status.success());
    if is_missing {
        tell("SKIPPED, nothing is known about it: install Python 3.9 or newer as python3");
        assert!(std::env::var_os("CI").is_none(), "Python 3 is missing");
    }
    is_missing
}

/// Invariants 7 and 11 over a real process: `conductor/silence` has the table of endings.
#[cfg(target_os = "linux")]
#[test]
fn invariant_07_silent_nothing_is_left_in_the_phone_however_a_session_ends() {
    let temporary = tempfile::tempdir().unwrap();
    let output = demo(temporary.path()).arg("--silence").output().unwrap();
    assert!(output.status.success(), "{}", text(&output));
    assert!(entries(temporary.path()).is_empty());
}

/// The twin: the same search of a phone that does not wipe what it frees.
#[cfg(target_os = "linux")]
#[test]
fn what_a_phone_frees_and_does_not_wipe_is_found() {
    let temporary = tempfile::tempdir().unwrap();
    let output = demo(temporary.path()).arg("--silence=left").output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told = text(&output);
    assert!(told.contains("expected: the browser is closed again; found: "), "{told}");
}

#[test]
fn a_folder_that_holds_something_is_refused_and_left_alone() {
    let (temporary, data) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    std::fs::write(data.path().join("mine"), "mine").unwrap();
    let output = demo(temporary.path()).arg("--data").arg(data.path()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("is not empty"), "{}", text(&output));
    assert_eq!(entries(data.path()), [data.path().join("mine")]);
}

#[test]
fn a_record_that_cannot_be_written_is_said_before_the_day_begins() {
    let temporary = tempfile::tempdir().unwrap();
    let nowhere = temporary.path().join("nowhere/record.json");
    let output = demo(temporary.path()).arg("--json").arg(nowhere).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert!(text(&output).contains("choose another --json"), "{}", text(&output));
    assert!(!text(&output).contains("Guichet"), "the day has not begun");
}

#[test]
fn an_unknown_language_is_refused_with_those_there_are() {
    let temporary = tempfile::tempdir().unwrap();
    let output = demo(temporary.path()).args(["--lang", "fr"]).output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("en or zh-CN"), "{}", text(&output));
}

/// What only a system with signals and `/proc` can show.
#[cfg(target_os = "linux")]
mod interrupted {
    use std::io::{BufRead as _, BufReader};
    use std::process::Child;
    use std::time::Duration;

    use super::*;

    /// A day under way: bank and phone run.
    fn under_way(temporary: &Path) -> Child {
        let mut child =
            demo(temporary).stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        assert!(lines.any(|line| line.unwrap().starts_with(" 2  ")), "the second step begins");
        // Somebody has to go on reading.
        std::thread::spawn(move || lines.for_each(drop));
        assert_eq!(roles(temporary), ["bank", "phone"], "the twin: there is something to end");
        child
    }

    fn signal(child: &Child, name: &str) {
        let sent = Command::new("kill").args([name, &child.id().to_string()]).status().unwrap();
        assert!(sent.success());
    }

    /// The roles of the processes that work in this folder.
    fn roles(folder: &Path) -> Vec<String> {
        let folder = folder.to_string_lossy().into_owned();
        let mut roles: Vec<_> = entries(Path::new("/proc"))
            .into_iter()
            .filter_map(|process| std::fs::read(process.join("cmdline")).ok())
            .filter_map(|line| {
                let words: Vec<_> =
                    line.split(|byte| *byte == 0).map(String::from_utf8_lossy).collect();
                let here = words.iter().any(|word| word.starts_with(&folder));
                here.then(|| words.get(1).map(ToString::to_string)).flatten()
            })
            .collect();
        roles.sort();
        roles
    }

    /// Looks again and again: orphans are nobody's to wait for.
    fn nobody_is_left(folder: &Path) -> bool {
        for _ in 0..500 {
            if roles(folder).is_empty() {
                return true;
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        false
    }

    #[test]
    fn ctrl_c_and_its_like_leave_no_process_and_no_folder() {
        for (name, status) in [("-INT", 130), ("-TERM", 143), ("-HUP", 129)] {
            let temporary = tempfile::tempdir().unwrap();
            let mut child = under_way(temporary.path());
            signal(&child, name);
            assert_eq!(child.wait().unwrap().code(), Some(status), "{name}");
            assert!(roles(temporary.path()).is_empty(), "{name}");
            assert!(entries(temporary.path()).is_empty(), "{name}");
        }
    }

    #[test]
    fn a_conductor_that_is_killed_takes_its_processes_along() {
        let temporary = tempfile::tempdir().unwrap();
        let mut child = under_way(temporary.path());
        signal(&child, "-KILL");
        child.wait().unwrap();
        assert!(nobody_is_left(temporary.path()), "{:?}", roles(temporary.path()));
    }
}
