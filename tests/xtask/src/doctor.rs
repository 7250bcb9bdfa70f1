//! What is installed, what is missing, and how to get it.

use std::process::Command;

use crate::{
    cargo_tool,
    failure::Failure,
    house::{House, on_path},
    node, process,
    screen::Screen,
    swift_toolchain,
};

/// A tool, the version found, and what to do where there is none.
struct Finding {
    tool: &'static str,
    version: Option<String>,
    remedy: String,
}

/// Fails if something is missing that `cargo xtask test` would need.
pub(crate) fn run(house: &House, screen: &Screen) -> Result<(), Failure> {
    let findings = findings(house);
    for Finding { tool, version, remedy } in &findings {
        screen.line(&match version {
            Some(version) => format!("ok       {tool:<12} {version}"),
            None => format!("MISSING  {tool:<12} {remedy}"),
        });
    }
    screen.line(&format!("\ntools are kept in {}", house.cache.display()));
    if findings.iter().all(|finding| finding.version.is_some()) {
        return Ok(());
    }
    screen.line("cargo xtask test installs what it can of this (on Debian, as root)");
    Err(Failure::Reported)
}

fn findings(house: &House) -> Vec<Finding> {
    let component = |name| format!("rustup component add {name}");
    vec![
        asked("rustc", &["--version"], "install Rust with rustup (rust-toolchain.toml pins it)"),
        asked("cargo-fmt", &["--version"], &component("rustfmt")),
        asked("cargo-clippy", &["--version"], &component("clippy")),
        asked("cc", &["--version"], "install a C compiler (Debian: gcc libc6-dev)"),
        asked("git", &["--version"], "install git"),
        asked("strip", &["--version"], "install binutils (only for cargo xtask size)"),
        Finding {
            tool: cargo_tool::DENY.name,
            version: cargo_tool::DENY.installed(house).map(|_| cargo_tool::DENY.version.into()),
            remedy: cargo_tool::DENY.remedy(),
        },
        Finding {
            tool: "node",
            version: node::installed(house).and_then(|program| node::version(&program)),
            remedy: node::remedy(),
        },
        asked("npm", &["--version"], "install npm (it comes with Node.js; Debian: npm)"),
        asked("python3", &["--version"], "install Python, 3.9 or newer (Debian: python3)"),
        asked("javac", &["-version"], "install a JDK, 17 or newer (Debian: default-jdk-headless)"),
        asked("mvn", &["-Dstyle.color=never", "-v"], "install Maven, 3.8 or newer (Debian: maven)"),
        swift(house),
    ]
}

fn asked(tool: &'static str, question: &[&str], remedy: &str) -> Finding {
    let answer = process::answer(Command::new(tool).args(question));
    let version = answer.map(|text| text.lines().next().unwrap_or_default().trim().to_owned());
    Finding { tool, version, remedy: remedy.into() }
}

fn swift(house: &House) -> Finding {
    if on_path("swift").is_some() {
        return asked("swift", &["--version"], "");
    }
    let folder = swift_toolchain::folder(house);
    let made = folder.join("stamp").is_file();
    Finding {
        tool: "swift",
        version: made.then(|| format!("in {}", folder.display())),
        remedy: "cargo xtask swift makes a toolchain on Debian, as root; elsewhere install Swift 6"
            .into(),
    }
}
