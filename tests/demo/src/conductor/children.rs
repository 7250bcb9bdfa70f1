//! The processes of the demo: this very program, started again under another role.
//!
//! Each sits in a process group of its own, so that Ctrl-C reaches the conductor alone, and each ends when its standard input
//! does, so that none outlives the conductor, however that one ended.

use std::ffi::OsStr;
use std::path::PathBuf;
use std::process::Stdio;

use anyhow::{Context as _, Result};
use tokio::process::{Child, Command};

/// A command that starts this program under the role, with pipes for all three streams.
pub(crate) fn role(name: &str) -> Result<Command> {
    let program = std::env::current_exe().context("this program does not find itself")?;
    let mut command = Command::new(program);
    command
        .arg(name)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .kill_on_drop(true);
    #[cfg(unix)]
    command.process_group(0);
    Ok(command)
}

/// Where a process ends by itself.
#[derive(Clone, Debug)]
pub(crate) struct Trap {
    /// Before which of the calls that leave something behind, counted from 1; 0: nowhere.
    pub(crate) at: usize,
    /// Whether each write of a run to one file counts.
    pub(crate) every: bool,
    /// They count while this file is there.
    pub(crate) armed: PathBuf,
    /// Where they are listed.
    pub(crate) log: PathBuf,
}

/// As [`role`], in a trap if there is one.
pub(crate) fn role_in(trap: Option<&Trap>, name: &str) -> Result<Command> {
    let Some(trap) = trap else { return role(name) };
    let mut command = role("trace")?;
    option(&mut command, "--at", trap.at.to_string());
    if trap.every {
        command.arg("--every");
    }
    option(&mut command, "--armed", &trap.armed);
    option(&mut command, "--log", &trap.log);
    command.arg("--").arg(name);
    Ok(command)
}

/// Adds `--name value`.
pub(crate) fn option(command: &mut Command, name: &str, value: impl AsRef<OsStr>) {
    command.arg(name).arg(value);
}

/// Ends the process at once (`kill -9`) and waits until it is gone.
pub(crate) async fn kill(child: &mut Child) -> Result<()> {
    child.kill().await.context("a process of the demo cannot be killed")
}
