//! The Swift tests: the host's own toolchain, or on Linux one in a private root (swift-toolchain.sh).
//!
//! The package finds what Cargo built through the environment, under the names that the Kotlin tests use.

use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{bench::Bench, failure::Failure, house::on_path, swift_toolchain};

/// Where a Swift package may lie; each that is there is tested.
const PACKAGES: [&str; 2] = ["ios", "tests/swift"];
/// What the package is told, also through the private root's wall.
const TOLD: [&str; 5] =
    ["CI", "GUICHET_LIBRARY_DIR", "GUICHET_BANK", "GUICHET_DEMO", "GUICHET_ROOT"];

/// `swift test` in each package, or `swift` with `arguments`.
pub(crate) fn run(bench: &Bench<'_>, arguments: &[String]) -> Result<(), Failure> {
    let packages = packages(&bench.house.root);
    if packages.is_empty() {
        let places = PACKAGES.join("/Package.swift or ");
        return Err(Failure::Unavailable(format!("there is no {places}/Package.swift")));
    }
    if on_path("swift").is_none() {
        swift_toolchain::make(bench)?;
    }
    bench.build_workspace()?;
    for package in packages {
        if arguments.is_empty() {
            check_format(bench, &package)?;
            swift(bench, &package, &["test", "--disable-xctest"])?;
        } else {
            let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
            swift(bench, &package, &arguments)?;
        }
    }
    Ok(())
}

fn packages(root: &Path) -> Vec<PathBuf> {
    let folders = PACKAGES.iter().map(|folder| root.join(folder));
    folders.filter(|folder| folder.join("Package.swift").is_file()).collect()
}

fn check_format(bench: &Bench<'_>, package: &Path) -> Result<(), Failure> {
    if !package.join(".swift-format").is_file() {
        return Ok(());
    }
    let sources = ["Sources", "Tests"].into_iter().filter(|folder| package.join(folder).is_dir());
    let mut arguments = vec!["format", "lint", "--strict", "--recursive", "Package.swift"];
    arguments.extend(sources);
    swift(bench, package, &arguments)
}

fn swift(bench: &Bench<'_>, package: &Path, arguments: &[&str]) -> Result<(), Failure> {
    let house = bench.house;
    let mut command = match on_path("swift") {
        Some(swift) => Command::new(swift),
        None => swift_toolchain::enter(bench),
    };
    command
        .current_dir(package)
        .args(arguments)
        .env("GUICHET_LIBRARY_DIR", &house.built)
        .env("GUICHET_BANK", house.built.join("bank"))
        .env("GUICHET_DEMO", house.built.join("demo"))
        .env("GUICHET_ROOT", &house.root)
        .env("SWIFT_ENV", TOLD.join(" "));
    if !house.built.starts_with(&house.root) {
        let also = env::var_os("SWIFT_BIND").unwrap_or_default();
        let folders = env::split_paths(&also).filter(|folder| folder.is_absolute());
        let folders = env::join_paths(folders.chain([house.built.clone()]));
        command.env("SWIFT_BIND", folders.unwrap_or_default());
    }
    bench.run(&mut command)
}
