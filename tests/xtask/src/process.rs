//! Running another program so that nothing of it outlives Ctrl-C or a time limit.

use std::{
    io,
    os::unix::process::{CommandExt, ExitStatusExt},
    process::{Child, Command, ExitStatus, Stdio},
    sync::{
        Arc, LazyLock,
        atomic::{AtomicBool, Ordering},
    },
    thread,
    time::Duration,
};

use nix::{
    sys::signal::{Signal, killpg},
    unistd::Pid,
};
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};

use crate::{failure::Failure, stopwatch::Stopwatch};

/// Far above what any command needs on two cores; a hang ends here instead of in the CI's own limit.
const TIME_LIMIT: Duration = Duration::from_mins(40);
/// What an ended program gets to put its own house in order.
const GRACE: Duration = Duration::from_secs(4);
const POLL: Duration = Duration::from_millis(50);
/// How often a download is tried, and the wait before the next try.
const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_secs(5);

static INTERRUPTED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// From here on Ctrl-C, SIGTERM and SIGHUP end the running program, and then this one.
pub(crate) fn listen_for_interrupt() -> io::Result<()> {
    for signal in [SIGINT, SIGTERM, SIGHUP] {
        signal_hook::flag::register(signal, Arc::clone(&INTERRUPTED))?;
    }
    Ok(())
}

/// Runs `command` to its end in a process group of its own, with no input. `watch` is called all the while with the time
/// since the start.
pub(crate) fn run_to_end(
    command: &mut Command,
    watch: impl FnMut(Duration),
) -> Result<ExitStatus, Failure> {
    run_unless(&INTERRUPTED, TIME_LIMIT, command, watch)
}

/// Waits, but not past Ctrl-C.
pub(crate) fn pause(time: Duration) -> Result<(), Failure> {
    let clock = Stopwatch::start();
    while clock.elapsed() < time {
        if INTERRUPTED.load(Ordering::SeqCst) {
            return Err(Failure::Interrupted);
        }
        thread::sleep(POLL);
    }
    Ok(())
}

/// Does what downloads, and does it again after a pause where it failed.
pub(crate) fn persistently(
    mut attempt: impl FnMut() -> Result<(), Failure>,
) -> Result<(), Failure> {
    let mut outcome = attempt();
    for _ in 1..TRIES {
        if matches!(outcome, Ok(()) | Err(Failure::Interrupted)) {
            break;
        }
        pause(PAUSE)?;
        outcome = attempt();
    }
    outcome
}

/// What `command` prints, if it can be run and succeeds. For quick questions such as `--version`.
pub(crate) fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// `1`, or `signal 9`.
pub(crate) fn spoken(status: ExitStatus) -> String {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("signal {signal}"),
        (None, None) => status.to_string(),
    }
}

fn run_unless(
    interrupted: &AtomicBool,
    limit: Duration,
    command: &mut Command,
    mut watch: impl FnMut(Duration),
) -> Result<ExitStatus, Failure> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = command
        .stdin(Stdio::null())
        .process_group(0)
        .spawn()
        .map_err(|cause| not_started(&program, &cause))?;
    let clock = Stopwatch::start();
    loop {
        if let Some(status) = child.try_wait().map_err(|cause| lost(&program, &cause))? {
            return Ok(status);
        }
        if interrupted.load(Ordering::SeqCst) {
            end_group(&mut child);
            return Err(Failure::Interrupted);
        }
        if clock.elapsed() > limit {
            end_group(&mut child);
            let minutes = limit.as_secs() / 60;
            return Err(Failure::Failed(format!("{program} took more than {minutes} min: ended")));
        }
        watch(clock.elapsed());
        thread::sleep(POLL);
    }
}

/// Asks the whole group to end, and after the grace makes it. A group that is gone already is what was wanted, so the
/// answers of `killpg` do not matter.
fn end_group(child: &mut Child) {
    let Ok(id) = i32::try_from(child.id()) else { return };
    let group = Pid::from_raw(id);
    let _ = killpg(group, Signal::SIGTERM);
    let clock = Stopwatch::start();
    while clock.elapsed() < GRACE && matches!(child.try_wait(), Ok(None)) {
        thread::sleep(POLL);
    }
    let _ = killpg(group, Signal::SIGKILL);
    let _ = child.wait();
}

fn not_started(program: &str, cause: &io::Error) -> Failure {
    if cause.kind() == io::ErrorKind::NotFound {
        Failure::Unavailable(format!("{program} is not installed: see cargo xtask doctor"))
    } else {
        Failure::Unavailable(format!("cannot start {program}: {cause}"))
    }
}

fn lost(program: &str, cause: &io::Error) -> Failure {
    Failure::Failed(format!("lost sight of {program}: {cause}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const MINUTE: Duration = Duration::from_mins(1);

    fn sh(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn a_program_runs_to_its_end_and_its_status_is_told() {
        let never = AtomicBool::new(false);
        let status = run_unless(&never, MINUTE, &mut sh("exit 3"), |_| ()).unwrap();
        assert_eq!(spoken(status), "exit code 3");
    }

    #[test]
    fn an_interrupt_ends_the_program_and_its_children() {
        let now = AtomicBool::new(true);
        let clock = Stopwatch::start();
        let ended = run_unless(&now, MINUTE, &mut sh("sleep 300 & sleep 300"), |_| ());
        assert!(matches!(ended, Err(Failure::Interrupted)));
        assert!(clock.elapsed() < MINUTE);
    }

    #[test]
    fn a_program_that_ignores_the_request_to_end_is_killed() {
        let never = AtomicBool::new(false);
        let stubborn = "trap '' TERM; while :; do sleep 1; done";
        let ended = run_unless(&never, Duration::ZERO, &mut sh(stubborn), |_| ());
        assert!(matches!(ended, Err(Failure::Failed(text)) if text.contains("ended")));
    }

    #[test]
    fn a_program_that_is_not_there_is_unavailable() {
        let never = AtomicBool::new(false);
        let mut command = Command::new("guichet-no-such-program");
        let ended = run_unless(&never, MINUTE, &mut command, |_| ());
        assert!(matches!(ended, Err(Failure::Unavailable(_))));
    }
}
