//! Where things are.

use std::{
    env,
    path::{Path, PathBuf},
};

use crate::failure::Failure;

/// The folders the commands work in.
#[derive(Clone)]
pub(crate) struct House {
    /// The repository.
    pub(crate) root: PathBuf,
    /// What Cargo has built: this program lies there, and its siblings.
    pub(crate) built: PathBuf,
    /// One log for each stage.
    pub(crate) logs: PathBuf,
    /// Tools that outlive a checkout: `$GUICHET_CACHE`, or `~/.cache/guichet`.
    pub(crate) cache: PathBuf,
    /// Nobody is watching: what cannot run has failed.
    pub(crate) ci: bool,
}

impl House {
    pub(crate) fn find() -> Result<Self, Failure> {
        let here = Path::new(env!("CARGO_MANIFEST_DIR"));
        let root = here.ancestors().nth(2).unwrap_or(here).to_path_buf();
        let built = env::current_exe()
            .ok()
            .and_then(|program| program.parent().map(Path::to_path_buf))
            .ok_or_else(|| Failure::Unavailable("cannot tell where this program lies".into()))?;
        let target = built.parent().unwrap_or(&built);
        Ok(Self { logs: target.join("xtask"), cache: cache_folder()?, ci: is_ci(), root, built })
    }

    /// `path` as a person in the repository would write it.
    pub(crate) fn shown(&self, path: &Path) -> String {
        path.strip_prefix(&self.root).unwrap_or(path).display().to_string()
    }

    /// The library with the FFI, as the workspace build leaves it.
    pub(crate) fn ffi_library(&self) -> PathBuf {
        self.built.join(ffi_library_name())
    }
}

/// `libguichet_ffi.so`, or what the host calls it.
pub(crate) fn ffi_library_name() -> String {
    format!("{}guichet_ffi{}", env::consts::DLL_PREFIX, env::consts::DLL_SUFFIX)
}

/// The program of this name on the PATH.
pub(crate) fn on_path(program: &str) -> Option<PathBuf> {
    env::split_paths(&env::var_os("PATH")?).map(|dir| dir.join(program)).find(|file| file.is_file())
}

fn cache_folder() -> Result<PathBuf, Failure> {
    if let Some(chosen) = env::var_os("GUICHET_CACHE").filter(|value| !value.is_empty()) {
        return Ok(PathBuf::from(chosen));
    }
    env::home_dir().map(|home| home.join(".cache/guichet")).ok_or_else(|| {
        Failure::Unavailable("there is no home folder: set GUICHET_CACHE to a folder".into())
    })
}

fn is_ci() -> bool {
    env::var("CI").is_ok_and(|value| !matches!(value.as_str(), "" | "0" | "false"))
}
