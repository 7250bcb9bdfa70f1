//! What a process says on standard error: read to the end so that it never waits to be heard, and the last of it kept.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::{Child, ChildStderr};
use tokio::task::JoinHandle;

/// How many lines are kept.
const LINES: usize = 20;

/// The last lines of one process.
pub(crate) struct LastWords {
    lines: Arc<Mutex<VecDeque<String>>>,
    listening: Option<JoinHandle<()>>,
}

impl LastWords {
    /// Listens to the process from now on.
    pub(crate) fn of(child: &mut Child) -> Self {
        let lines = Arc::default();
        let listening =
            child.stderr.take().map(|stderr| tokio::spawn(listen(stderr, Arc::clone(&lines))));
        Self { lines, listening }
    }

    /// The last lines so far.
    pub(crate) fn so_far(&self) -> String {
        let lines = self.lines.lock().unwrap_or_else(PoisonError::into_inner);
        lines.iter().map(String::as_str).collect::<Vec<_>>().join("\n")
    }

    /// The last lines of a process that is ending.
    pub(crate) async fn at_the_end(mut self) -> String {
        if let Some(listening) = self.listening.take() {
            listening.await.ok();
        }
        self.so_far()
    }
}

async fn listen(stderr: ChildStderr, kept: Arc<Mutex<VecDeque<String>>>) {
    let mut lines = BufReader::new(stderr).lines();
    while let Ok(Some(line)) = lines.next_line().await {
        let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.len() == LINES {
            kept.pop_front();
        }
        kept.push_back(line);
    }
}

#[cfg(all(test, unix))]
mod tests {
    use std::process::Stdio;

    use tokio::process::Command;

    use super::*;

    #[tokio::test]
    async fn a_talkative_process_is_heard_to_its_end_and_its_last_lines_are_kept() {
        let script = "i=0; while [ $i -lt 20000 ]; do echo line $i >&2; i=$((i+1)); done";
        let mut child =
            Command::new("sh").args(["-c", script]).stderr(Stdio::piped()).spawn().unwrap();
        let words = LastWords::of(&mut child);
        assert!(child.wait().await.unwrap().success());
        let words = words.at_the_end().await;
        assert_eq!(words.lines().count(), LINES);
        assert!(words.ends_with("line 19999"));
    }
}
