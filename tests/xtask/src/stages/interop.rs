//! The core and the sandbox bank against OAuth and HTTP software from npm.
//!
//! What it starts finds what it needs through the environment: `GUICHET_NODE` (the program), `GUICHET_BANK` (the sandbox bank's).

use std::{path::Path, process::Command};

use crate::{
    apt,
    bench::Bench,
    count::{self, Count},
    failure::Failure,
    house::on_path,
    node,
};

const PROJECT: &str = "tests/interop";

/// All of them, or those whose names hold one of `arguments`.
pub(crate) fn run(bench: &Bench<'_>, arguments: &[String]) -> Result<(), Failure> {
    install_missing(bench)?;
    let node = node::ready(bench)?;
    install_packages(bench)?;
    bench.build_workspace()?;
    check_format(bench, &node)?;
    let core = bench.run(&mut core_tests(bench, &node, arguments));
    if matches!(core, Err(Failure::Interrupted)) {
        return core;
    }
    core.and(bench.run(&mut bank_tests(bench, &node, arguments)))
}

pub(crate) fn count(log: &str) -> Count {
    let mut sum = count::libtest(log);
    sum += count::node(log);
    sum
}

fn install_missing(bench: &Bench<'_>) -> Result<(), Failure> {
    let needed = [("node", "nodejs"), ("npm", "npm")];
    let missing = needed.iter().filter(|(program, _)| on_path(program).is_none());
    let packages: Vec<_> = missing.map(|(_, package)| *package).collect();
    apt::install(bench, &packages)
}

/// Exactly what package-lock.json names, by content.
fn install_packages(bench: &Bench<'_>) -> Result<(), Failure> {
    let mut npm = Command::new("npm");
    npm.current_dir(bench.house.root.join(PROJECT)).arg("ci");
    node::fetch(bench, &mut npm)
}

fn check_format(bench: &Bench<'_>, node: &Path) -> Result<(), Failure> {
    let mut prettier = in_project(bench, node);
    prettier.args(["node_modules/prettier/bin/prettier.cjs", "--check", "--log-level=warn", "."]);
    bench.run(&mut prettier)
}

/// The whole workspace is selected, so that what the Rust stage has compiled is used again.
fn core_tests(bench: &Bench<'_>, node: &Path, arguments: &[String]) -> Command {
    let mut test = bench.cargo(&["test", "--workspace", "--test", "against_provider"]);
    test.arg("--").args(arguments).env("GUICHET_NODE", node);
    test
}

fn bank_tests(bench: &Bench<'_>, node: &Path, arguments: &[String]) -> Command {
    let mut test = in_project(bench, node);
    test.args(["--test", "--test-reporter=tap"]);
    test.args(arguments.iter().map(|name| format!("--test-name-pattern={name}")));
    test.args(["bank/*.test.js", "vectors/*.test.js"]);
    test.env("GUICHET_BANK", bench.house.built.join("bank"));
    test
}

fn in_project(bench: &Bench<'_>, node: &Path) -> Command {
    let mut command = Command::new(node);
    command.current_dir(bench.house.root.join(PROJECT));
    command
}
