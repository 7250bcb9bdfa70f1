//! A Swift toolchain for Linux in a private root, made once by swift-toolchain.sh.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::{bench::Bench, failure::Failure, house::House, process};

/// Makes it if it is not complete.
pub(crate) fn make(bench: &Bench<'_>) -> Result<(), Failure> {
    if !Path::new("/etc/debian_version").exists() {
        return Err(Failure::Unavailable(
            "install Swift 6.0 or newer from swift.org, so that `swift` is on the PATH".into(),
        ));
    }
    let make = || bench.run(Command::new(script(bench.house)).arg(folder(bench.house)));
    // Most often a download; the script goes on where it stopped.
    process::persistently(make).map_err(|failure| match failure {
        Failure::Failed(why) => Failure::Unavailable(format!("no Swift toolchain: {why}")),
        other => other,
    })
}

/// `swift` inside it, still without arguments.
pub(crate) fn enter(bench: &Bench<'_>) -> Command {
    let mut command = Command::new(script(bench.house));
    command.arg(folder(bench.house)).args(["run", "swift"]);
    command
}

pub(crate) fn folder(house: &House) -> PathBuf {
    house.cache.join("swift")
}

fn script(house: &House) -> PathBuf {
    house.root.join("tests/xtask/swift-toolchain.sh")
}
