//! The processes of the demo: this very program, started again under another role.
//!
//! Each sits in a process group of its own, so that Ctrl-C reaches the conductor alone, and each ends when its standard input
//! does, so that none outlives the conductor, however that one ended.

use std::ffi::OsStr;
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

/// Adds `--name value`.
pub(crate) fn option(command: &mut Command, name: &str, value: impl AsRef<OsStr>) {
    command.arg(name).arg(value);
}

/// Ends the process at once (`kill -9`) and waits until it is gone.
pub(crate) async fn kill(child: &mut Child) -> Result<()> {
    child.kill().await.context("a process of the demo cannot be killed")
}
