//! What a phone would carry, in bytes.

use std::{fs, path::Path, process::Command};

use crate::{bench::Bench, failure::Failure, house::ffi_library_name, screen::Screen};

/// The whole stripped library stays under this.
const BUDGET_BYTES: u64 = 3_500_000;

pub(crate) fn run(bench: &Bench<'_>, screen: &Screen) -> Result<(), Failure> {
    // Of the three forms this crate has, a phone loads one; link-time optimisation of the others would be wasted.
    let choice =
        ["rustc", "--profile", "phone", "--package", "guichet-ffi", "--crate-type", "cdylib"];
    bench.run(&mut bench.cargo(&choice))?;
    let target = bench.house.built.parent().unwrap_or(&bench.house.built);
    let library = target.join("phone").join(ffi_library_name());
    let stripped = bench.house.logs.join(ffi_library_name());
    fs::create_dir_all(&bench.house.logs)
        .and_then(|()| fs::copy(&library, &stripped))
        .map_err(|cause| Failure::file("copy", &library, &cause))?;
    bench.run(&mut strip(&stripped))?;

    let bytes = |path: &Path| {
        fs::metadata(path).map(|m| m.len()).map_err(|cause| Failure::file("measure", path, &cause))
    };
    let (full, bare) = (bytes(&library)?, bytes(&stripped)?);
    screen.line(&bench.house.shown(&library));
    screen.line(&format!("  with symbols {full:>10} bytes"));
    screen.line(&format!("  stripped     {bare:>10} bytes, {} of the budget", percent(bare)));
    screen.line(&format!("  budget       {BUDGET_BYTES:>10} bytes"));
    screen
        .line("built for this machine; a phone's processor gives another figure of the same order");
    if bare > BUDGET_BYTES {
        return Err(Failure::Failed(format!("over the budget by {} bytes", bare - BUDGET_BYTES)));
    }
    Ok(())
}

fn percent(bytes: u64) -> String {
    format!("{} %", bytes.saturating_mul(100) / BUDGET_BYTES)
}

fn strip(library: &Path) -> Command {
    let mut command = Command::new("strip");
    if cfg!(target_os = "macos") {
        command.arg("-x");
    } else {
        command.arg("--strip-all");
    }
    command.arg(library);
    command
}
