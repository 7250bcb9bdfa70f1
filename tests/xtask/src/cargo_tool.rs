//! Subcommands of Cargo, each at one version, so that everybody's answer is the same.

use std::{fs, path::PathBuf, process::Command};

use crate::{
    bench::Bench,
    failure::Failure,
    house::{House, on_path},
    process,
};

/// A subcommand of Cargo from crates.io.
pub(crate) struct CargoTool {
    pub(crate) name: &'static str,
    pub(crate) version: &'static str,
}

/// Looks at the dependency tree.
pub(crate) const DENY: CargoTool = CargoTool { name: "cargo-deny", version: "0.20.2" };
/// Builds what libFuzzer explores.
pub(crate) const FUZZ: CargoTool = CargoTool { name: "cargo-fuzz", version: "0.13.2" };

impl CargoTool {
    /// The program, installed if need be.
    pub(crate) fn ready(&self, bench: &Bench<'_>) -> Result<PathBuf, Failure> {
        if let Some(program) = self.installed(bench.house) {
            return Ok(program);
        }
        match process::persistently(|| self.install(bench)) {
            Ok(()) => Ok(self.program_in_cache(bench.house)),
            Err(Failure::Failed(why)) => Err(Failure::Unavailable(format!(
                "{} {} could not be installed ({why}); try: {}",
                self.name,
                self.version,
                self.remedy()
            ))),
            Err(other) => Err(other),
        }
    }

    /// The program, if it is there in this version.
    pub(crate) fn installed(&self, house: &House) -> Option<PathBuf> {
        let found = [Some(self.program_in_cache(house)), on_path(self.name)];
        found.into_iter().flatten().find(|program| {
            let version = process::answer(Command::new(program).arg("--version"));
            version.is_some_and(|text| text == format!("{} {}", self.name, self.version))
        })
    }

    pub(crate) fn remedy(&self) -> String {
        format!("cargo install --locked {} --version {}", self.name, self.version)
    }

    /// A tool that runs for a second need not be optimised: this halves its build.
    fn install(&self, bench: &Bench<'_>) -> Result<(), Failure> {
        let folder = self.folder(bench.house);
        let build = bench.house.cache.join("tools/build");
        fs::create_dir_all(&folder).map_err(|cause| Failure::file("make", &folder, &cause))?;
        let mut cargo = Command::new("cargo");
        cargo
            .current_dir(&bench.house.root)
            .args(["install", "--locked", self.name, "--version", self.version, "--root"])
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

    fn folder(&self, house: &House) -> PathBuf {
        house.cache.join(format!("tools/{}-{}", self.name, self.version))
    }

    fn program_in_cache(&self, house: &House) -> PathBuf {
        self.folder(house).join("bin").join(self.name)
    }
}
