//! Where a stage works: the house, and where the output of its programs goes.

use std::{
    cell::Cell,
    env,
    fs::{self, File, OpenOptions},
    io::{Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
    process::Command,
    time::Duration,
};

use crate::{failure::Failure, house::House, process, screen::Screen};

/// On a pipe, a sign of life this often.
const SIGN_OF_LIFE: Duration = Duration::from_mins(1);
/// The moving line is drawn this often.
const REDRAW: Duration = Duration::from_millis(200);
/// Enough of a log's end to hold its last line.
const LAST_LINE: i64 = 600;

/// Where a stage works.
pub(crate) struct Bench<'a> {
    pub(crate) house: &'a House,
    sink: Sink<'a>,
}

enum Sink<'a> {
    /// Programs write to the person directly: one piece, in daily work.
    Terminal,
    /// Programs write to the stage's log, and the person sees that it goes on.
    Log { stage: &'static str, path: PathBuf, screen: &'a Screen, shown: Cell<Duration> },
}

impl<'a> Bench<'a> {
    pub(crate) fn at_terminal(house: &'a House) -> Self {
        Self { house, sink: Sink::Terminal }
    }

    /// A bench whose programs write to a new log.
    pub(crate) fn with_log(
        house: &'a House,
        screen: &'a Screen,
        stage: &'static str,
    ) -> Result<Self, Failure> {
        let path = house.logs.join(stage).with_extension("log");
        fs::create_dir_all(&house.logs)
            .and_then(|()| File::create(&path).map(drop))
            .map_err(|cause| Failure::file("write", &path, &cause))?;
        let sink = Sink::Log { stage, path, screen, shown: Cell::new(Duration::ZERO) };
        Ok(Self { house, sink })
    }

    /// The log so far; empty at the terminal.
    pub(crate) fn log(&self) -> String {
        match &self.sink {
            Sink::Terminal => String::new(),
            Sink::Log { path, .. } => {
                fs::read(path).map_or_else(|_| String::new(), |bytes| text_of(&bytes))
            }
        }
    }

    /// A remark among the programs' own output.
    pub(crate) fn note(&self, text: &str) -> Result<(), Failure> {
        match &self.sink {
            Sink::Terminal => {
                let _ = writeln!(std::io::stdout(), "{text}");
            }
            Sink::Log { path, .. } => {
                let mut log = open_log(path)?;
                writeln!(log, "{text}").map_err(|cause| Failure::file("write", path, &cause))?;
            }
        }
        Ok(())
    }

    /// Runs a program to its end. Anything but success is a failure that names it.
    pub(crate) fn run(&self, command: &mut Command) -> Result<(), Failure> {
        let what = self.spoken(command);
        forget_cargo(command);
        command.env("CARGO_NET_RETRY", "5");
        let status = match &self.sink {
            Sink::Terminal => process::run_to_end(command, |_| ())?,
            Sink::Log { stage, path, screen, shown } => {
                self.note(&format!("$ {what}"))?;
                let log = open_log(path)?;
                let errors = log.try_clone().map_err(|c| Failure::file("write", path, &c))?;
                command.stdout(log).stderr(errors);
                shown.set(Duration::ZERO);
                let ended = process::run_to_end(command, |time| {
                    show_life(screen, stage, path, shown, time);
                });
                screen.clear();
                ended?
            }
        };
        if status.success() {
            return Ok(());
        }
        Err(Failure::Failed(format!("{what}: {}", process::spoken(status))))
    }

    /// `cargo` in the repository.
    pub(crate) fn cargo(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new("cargo");
        command.current_dir(&self.house.root).args(arguments);
        if self.house.ci && !matches!(arguments.first(), Some(&"fmt")) {
            command.arg("--locked");
        }
        command
    }

    /// Builds what the other languages and the demo start. One selection for all of them: each other one would compile
    /// the same crates again with other features.
    pub(crate) fn build_workspace(&self) -> Result<(), Failure> {
        self.run(&mut self.cargo(&["build", "--workspace"]))
    }

    fn spoken(&self, command: &Command) -> String {
        let program = Path::new(command.get_program());
        let mut words =
            vec![program.file_name().unwrap_or_default().to_string_lossy().into_owned()];
        words.extend(command.get_args().map(|word| self.house.shown(Path::new(word))));
        words.join(" ")
    }
}

/// Cargo's `run` sets these for this program. A build started from here must see what one started by hand sees, or Cargo
/// takes them for two different ones and compiles SQLCipher twice.
fn forget_cargo(command: &mut Command) {
    for (name, _) in env::vars_os() {
        let text = name.to_string_lossy();
        let ours = text == "LIBSQLITE3_FLAGS"
            || text.ends_with("_OPENSSL_LIB_DIR")
            || text.ends_with("_OPENSSL_INCLUDE_DIR");
        if ours || text.starts_with("CARGO_PKG_") || text.starts_with("CARGO_MANIFEST_") {
            command.env_remove(name);
        }
    }
}

fn show_life(screen: &Screen, stage: &str, path: &Path, shown: &Cell<Duration>, time: Duration) {
    let every = if screen.is_moving() { REDRAW } else { SIGN_OF_LIFE };
    if time < shown.get() + every {
        return;
    }
    shown.set(time);
    let said = last_line(path);
    if screen.is_moving() {
        screen.progress(stage, time, &said);
    } else {
        screen.line(&format!("  ..    {stage:<9} {} min: {said}", time.as_secs() / 60));
    }
}

fn open_log(path: &Path) -> Result<File, Failure> {
    OpenOptions::new()
        .append(true)
        .create(true)
        .open(path)
        .map_err(|cause| Failure::file("write", path, &cause))
}

fn last_line(path: &Path) -> String {
    let mut bytes = Vec::new();
    let read = File::open(path).and_then(|mut log| {
        let length = log.metadata()?.len();
        let from = length.saturating_sub(LAST_LINE.unsigned_abs());
        log.seek(SeekFrom::Start(from))?;
        log.read_to_end(&mut bytes)
    });
    if read.is_err() {
        return String::new();
    }
    let text = text_of(&bytes);
    text.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default().trim().to_owned()
}

/// A log's text without the colours that a program may have put there.
fn text_of(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let mut plain = String::with_capacity(text.len());
    let mut characters = text.chars();
    while let Some(c) = characters.next() {
        if c == '\x1b' {
            // A control sequence ends with its first letter.
            characters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            plain.push(c);
        }
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colours_are_taken_out_of_a_log() {
        assert_eq!(text_of(b"\x1b[1m\x1b[32mok\x1b[0m 3 passed\n"), "ok 3 passed\n");
    }
}
