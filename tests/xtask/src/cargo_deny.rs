//! cargo-deny at one version, so that everybody's answer is the same.

use std::{fs, path::PathBuf, process::Command};

use crate::{
    bench::Bench,
    failure::Failure,
    house::{House, on_path},
    process,
};

pub(crate) const VERSION: &str = "0.20.2";

/// The program, installed if need be.
pub(crate) fn ready(bench: &Bench<'_>) -> Result<PathBuf, Failure> {
    if let Some(program) = installed(bench.house) {
        return Ok(program);
    }
    match process::persistently(|| install(bench)) {
        Ok(()) => Ok(program_in_cache(bench.house)),
        Err(Failure::Failed(why)) => Err(Failure::Unavailable(format!(
            "cargo-deny {VERSION} could not be installed ({why}); try: {}",
            remedy()
        ))),
        Err(other) => Err(other),
    }
}

/// The program, if it is there in this version.
pub(crate) fn installed(house: &House) -> Option<PathBuf> {
    [Some(program_in_cache(house)), on_path("cargo-deny")].into_iter().flatten().find(|program| {
        let version = process::answer(Command::new(program).arg("--version"));
        version.is_some_and(|text| text == format!("cargo-deny {VERSION}"))
    })
}

pub(crate) fn remedy() -> String {
    format!("cargo install --locked cargo-deny --version {VERSION}")
}

/// A tool that runs for a second need not be optimised: this halves its build.
fn install(bench: &Bench<'_>) -> Result<(), Failure> {
    let folder = folder(bench.house);
    let build = bench.house.cache.join("tools/build");
    fs::create_dir_all(&folder).map_err(|cause| Failure::file("make", &folder, &cause))?;
    let mut cargo = Command::new("cargo");
    cargo
        .current_dir(&bench.house.root)
        .args(["install", "--locked", "cargo-deny", "--version", VERSION, "--root"])
        .arg(&folder)
        .env("CARGO_TARGET_DIR", &build)
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_DEBUG", "false")
        .env("CARGO_PROFILE_RELEASE_LTO", "off")
        .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
    bench.run(&mut cargo)?;
    // Half a gigabyte that nobody needs again; left behind, it only costs space.
    let _ = fs::remove_dir_all(build);
    Ok(())
}

fn folder(house: &House) -> PathBuf {
    house.cache.join(format!("tools/cargo-deny-{VERSION}"))
}

fn program_in_cache(house: &House) -> PathBuf {
    folder(house).join("bin/cargo-deny")
}
