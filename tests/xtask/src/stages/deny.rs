//! Licences, banned crates and sources, as deny.toml has them. Advisories need GitHub and run in a workflow of their own
//! (.github/workflows/supply-chain.yml).

use std::process::Command;

use crate::{bench::Bench, cargo_tool, failure::Failure};

pub(crate) fn run(bench: &Bench<'_>, _: &[String]) -> Result<(), Failure> {
    let program = cargo_tool::DENY.ready(bench)?;
    let mut check = Command::new(program);
    check.current_dir(&bench.house.root).args(["check", "bans", "licenses", "sources"]);
    bench.run(&mut check)
}
