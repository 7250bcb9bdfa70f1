//! What a person sees while it runs: one moving line on a terminal, plain lines elsewhere.

use std::{
    env,
    io::{self, IsTerminal, Write},
    time::Duration,
};

use crate::stopwatch::spoken;

const SPINNER: [char; 4] = ['|', '/', '-', '\\'];
/// Longer than any terminal is wide; the terminal clips the rest, wide characters included.
const CLIP: usize = 240;

/// Standard output.
pub(crate) struct Screen {
    moving: bool,
}

impl Screen {
    pub(crate) fn new() -> Self {
        let dumb = env::var("TERM").is_ok_and(|term| term == "dumb");
        Self { moving: io::stdout().is_terminal() && !dumb }
    }

    /// Whether a moving line is shown.
    pub(crate) fn is_moving(&self) -> bool {
        self.moving
    }

    /// A line that stays.
    pub(crate) fn line(&self, text: &str) {
        let clear = if self.moving { "\r\x1b[K" } else { "" };
        write(&format!("{clear}{text}\n"));
    }

    /// The line that moves: what runs, for how long, and the last thing it said. Line wrap is off while it is written.
    pub(crate) fn progress(&self, name: &str, time: Duration, said: &str) {
        if !self.moving {
            return;
        }
        let turn = usize::try_from(time.as_millis() / 200).unwrap_or(0);
        let sign = SPINNER.iter().cycle().nth(turn % SPINNER.len()).unwrap_or(&' ');
        let said: String = said.chars().filter(|c| !c.is_control()).take(CLIP).collect();
        write(&format!("\r\x1b[K\x1b[?7l{sign} {name:<9}{:>12}  {said}\x1b[?7h", spoken(time)));
    }

    /// Takes the moving line away.
    pub(crate) fn clear(&self) {
        if self.moving {
            write("\r\x1b[K");
        }
    }
}

/// A closed pipe is no reason to stop testing.
fn write(text: &str) {
    let mut out = io::stdout().lock();
    let _ = out.write_all(text.as_bytes());
    let _ = out.flush();
}
