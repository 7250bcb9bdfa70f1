//! The Kotlin tests: a Maven project that compiles the shell's own sources for the JVM.
//!
//! It finds what Cargo built through the environment: `GUICHET_LIBRARY_DIR` (a folder with the FFI library, also JNA's
//! search path), `GUICHET_BANK` (the sandbox bank's program), `GUICHET_DEMO` (the demo's, for its scripted browser),
//! `GUICHET_ROOT` (the repository).

use std::{fs, process::Command};

use crate::{
    apt,
    bench::Bench,
    count::{self, Count},
    failure::Failure,
    house::{House, on_path},
};

const PROJECT: &str = "tests/kotlin";
const REPORTS: &str = "target/surefire-reports";
const TRIES: u32 = 3;

/// `mvn test`, or `mvn` with `arguments`.
pub(crate) fn run(bench: &Bench<'_>, arguments: &[String]) -> Result<(), Failure> {
    let project = bench.house.root.join(PROJECT);
    if !project.join("pom.xml").is_file() {
        return Err(Failure::Unavailable(format!("{PROJECT}/pom.xml is not there")));
    }
    // Reports of an earlier run would be counted again.
    let _ = fs::remove_dir_all(project.join(REPORTS));
    install_missing(bench)?;
    bench.build_workspace()?;

    let mut outcome = maven(bench, arguments);
    for _ in 1..TRIES {
        if outcome.is_ok() || !network_failed(&bench.log()) || project.join(REPORTS).exists() {
            break;
        }
        bench.note("a download failed: trying again")?;
        outcome = maven(bench, arguments);
    }
    outcome
}

pub(crate) fn count(house: &House, _: &str) -> Count {
    count::surefire(&house.root.join(PROJECT).join(REPORTS))
}

fn maven(bench: &Bench<'_>, arguments: &[String]) -> Result<(), Failure> {
    let house = bench.house;
    let mut mvn = Command::new("mvn");
    mvn.current_dir(house.root.join(PROJECT))
        .args(["-B", "-ntp", "-Dstyle.color=never"])
        // The compiler's daemon outlives Maven, with gigabytes.
        .arg("-Dkotlin.compiler.daemon=false")
        .arg(format!("-Djna.library.path={}", house.built.display()))
        .env("GUICHET_LIBRARY_DIR", &house.built)
        .env("GUICHET_BANK", house.built.join("bank"))
        .env("GUICHET_DEMO", house.built.join("demo"))
        .env("GUICHET_ROOT", &house.root);
    if arguments.is_empty() {
        mvn.arg("test")
    } else {
        mvn.args(arguments)
    };
    bench.run(&mut mvn)
}

fn install_missing(bench: &Bench<'_>) -> Result<(), Failure> {
    let mut packages = Vec::new();
    if on_path("javac").is_none() {
        packages.push("default-jdk-headless");
    }
    if on_path("mvn").is_none() {
        packages.push("maven");
    }
    apt::install(bench, &packages)
}

/// Only what is known to be the network is tried again; a test that fails is never.
fn network_failed(log: &str) -> bool {
    ["Could not transfer artifact", "Connection reset", "Read timed out", "Connect timed out"]
        .iter()
        .any(|sign| log.contains(sign))
}
