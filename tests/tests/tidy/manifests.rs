//! What every `Cargo.toml` of ours must say.

use super::{assert_clean, graph::crates, tree::sources};

/// The workspace's lints are the house style; a crate that does not take them over is outside of it.
fn without_our_lints(path: &str, manifest: &str) -> Option<String> {
    let mut lines = manifest.lines().map(str::trim).filter(|line| !line.is_empty());
    let takes_over =
        lines.any(|line| line == "[lints]") && lines.next() == Some("workspace = true");
    (!takes_over).then(|| format!("{path}: add [lints] with workspace = true"))
}

#[test]
fn every_crate_takes_over_the_lints_of_the_workspace() {
    let folders: Vec<_> = crates().into_iter().map(|krate| krate.folder + "/Cargo.toml").collect();
    let manifests = sources().iter().filter(|source| folders.contains(&source.path));
    let manifests: Vec<_> = manifests.collect();
    assert_eq!(manifests.len(), folders.len(), "a crate's manifest is not tracked");
    let complaints = manifests.iter().filter_map(|it| without_our_lints(&it.path, &it.text));
    assert_clean(complaints.collect());
}

#[test]
fn a_crate_without_them_is_found() {
    assert!(without_our_lints("a", "[package]\nname = \"a\"\n").is_some());
    assert!(without_our_lints("a", "[lints.rust]\nmissing_docs = \"allow\"\n").is_some());
    assert!(without_our_lints("a", "[lints]\n\n[dependencies]\n").is_some());
    assert!(without_our_lints("a", "[lints]\nworkspace = true\n").is_none());
}
