//! Debian's packages.

use std::{path::Path, process::Command, time::Duration};

use crate::{bench::Bench, failure::Failure, process};

const TRIES: u32 = 3;
const PAUSE: Duration = Duration::from_secs(5);

/// Installs what is named, as root on Debian; elsewhere says what to install.
pub(crate) fn install(bench: &Bench<'_>, packages: &[&str]) -> Result<(), Failure> {
    if packages.is_empty() {
        return Ok(());
    }
    let names = packages.join(" ");
    if !Path::new("/etc/debian_version").exists() {
        return Err(Failure::Unavailable(format!("install what Debian calls {names}")));
    }
    if !nix::unistd::geteuid().is_root() {
        return Err(Failure::Unavailable(format!("run as root: apt-get install {names}")));
    }
    let mut outcome = bench.run(&mut installation(packages));
    for _ in 1..TRIES {
        if matches!(outcome, Ok(()) | Err(Failure::Interrupted)) {
            break;
        }
        // The package lists are missing, old, or the network was away.
        process::pause(PAUSE)?;
        outcome = bench.run(apt_get().arg("update"));
        if outcome.is_ok() {
            outcome = bench.run(&mut installation(packages));
        }
    }
    outcome.map_err(|failure| match failure {
        Failure::Failed(why) => {
            Failure::Unavailable(format!("{names} could not be installed: {why}"))
        }
        other => other,
    })
}

fn installation(packages: &[&str]) -> Command {
    let mut install = apt_get();
    install.args(["install", "-y", "--no-install-recommends"]).args(packages);
    install
}

fn apt_get() -> Command {
    let mut apt = Command::new("apt-get");
    apt.env("DEBIAN_FRONTEND", "noninteractive");
    apt.args(["-q", "-o", "DPkg::Lock::Timeout=600", "-o", "Acquire::Retries=3"]);
    apt
}
