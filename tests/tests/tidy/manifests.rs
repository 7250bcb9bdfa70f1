//! What every `Cargo.toml` of ours must say.

use super::{assert_clean, graph::crates, tree::sources};

/// The workspace's lints are the house style; a crate that does not take them over is outside of it.
fn without_our_lints(path: &str, manifest: &str) -> Option<String> {
    let mut lines = manifest.lines().map(str::trim).filter(|line| !line.is_empty());
    let takes_over =
        lines.any(|line| line == "[lints]") && lines.next() == Some("workspace = true");
    (!takes_over).then(|| format!("{path}: add [lints] with workspace = true"))
}

/// Dependencies are found by name, so each run of lines under a heading of dependencies is sorted.
fn not_sorted(path: &str, manifest: &str) -> Vec<String> {
    let mut complaints = Vec::new();
    let (mut watched, mut before) = (false, "");
    for line in manifest.lines().map(str::trim) {
        if line.starts_with('[') {
            watched = line.ends_with("dependencies]");
        }
        let Some((name, _)) = line.split_once(['.', ' ', '=']).filter(|_| !line.starts_with('#'))
        else {
            before = "";
            continue;
        };
        // Our own crates come first, in the order of the house.
        if !watched || name.starts_with("guichet-") || name.starts_with('[') {
            continue;
        }
        if name < before {
            complaints.push(format!("{path}: {name} comes before {before}"));
        }
        before = name;
    }
    complaints
}

#[test]
fn dependencies_are_sorted() {
    let manifests = sources().iter().filter(|source| source.path.ends_with("Cargo.toml"));
    assert_clean(manifests.flat_map(|it| not_sorted(&it.path, &it.text)).collect());
}

#[test]
fn a_dependency_out_of_order_is_found() {
    let manifest = "[dependencies]\nguichet-vault.workspace = true\nserde.workspace = true\n\n# Other\naes = \"1\"
ring = \"0.17\"\ncbc = { version = \"0.2\" }\n\n[lib]\nname = \"x\"\ncrate-type = []\n";
    assert_eq!(not_sorted("a", manifest), ["a: cbc comes before ring"]);
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
