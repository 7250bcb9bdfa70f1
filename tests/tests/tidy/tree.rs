//! The repository's files, as git knows them.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
    sync::LazyLock,
};

/// A tracked text file.
pub(super) struct Source {
    /// From the repository's root, with `/`.
    pub(super) path: String,
    pub(super) text: String,
}

static SOURCES: LazyLock<Vec<Source>> = LazyLock::new(read_all);

/// Every tracked file that is UTF-8.
pub(super) fn sources() -> &'static [Source] {
    &SOURCES
}

/// `rs` of `core/app/src/lib.rs`.
pub(super) fn ending(path: &str) -> &str {
    path.rsplit('/').next().and_then(|name| name.rsplit_once('.')).map_or("", |(_, ending)| ending)
}

pub(super) fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().to_path_buf()
}

fn read_all() -> Vec<Source> {
    let root = root();
    let listed = Command::new("git").current_dir(&root).args(["ls-files", "-z"]).output();
    let listed = listed.expect("git is needed to know which files are ours");
    assert!(listed.status.success(), "git ls-files: the house rules need a git work tree");
    let names = String::from_utf8(listed.stdout).unwrap();
    let read = |path: &str| {
        let text = fs::read_to_string(root.join(path)).ok()?;
        Some(Source { path: path.to_owned(), text })
    };
    names.split_terminator('\0').filter_map(read).collect()
}

#[test]
fn the_repository_is_seen() {
    assert!(sources().iter().any(|source| source.path == "Cargo.toml"));
    assert!(sources().len() > 50);
}
