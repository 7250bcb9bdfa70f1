//! The workspace's crates and what they need, from `cargo metadata`.

use std::{
    collections::{BTreeMap, BTreeSet},
    env,
    process::Command,
    sync::LazyLock,
};

use cargo_metadata::{DependencyKind, Metadata, MetadataCommand};

use super::tree;

/// A crate of ours as its manifest has it.
#[derive(Default)]
pub(super) struct Crate {
    pub(super) name: String,
    /// Its folder, from the repository's root.
    pub(super) folder: String,
    /// The crates it needs to be built, ours and others', without those for its tests.
    pub(super) needs: BTreeSet<String>,
    /// The crates it needs for its tests only.
    pub(super) tests_need: BTreeSet<String>,
}

impl Crate {
    /// Whether a phone carries it.
    pub(super) fn is_carried(&self) -> bool {
        self.folder.starts_with("core/") || self.folder == "bindings/ffi"
    }

    pub(super) fn is_feature(&self) -> bool {
        self.folder.starts_with("core/features/")
    }
}

/// What needs what, over all packages: names to the names they need when built, transitive once walked.
pub(super) type Needs = BTreeMap<String, BTreeSet<String>>;

static METADATA: LazyLock<Metadata> = LazyLock::new(|| {
    MetadataCommand::new()
        .manifest_path(tree::root().join("Cargo.toml"))
        .other_options(["--filter-platform".to_owned(), host()])
        .exec()
        .unwrap()
});

/// The crates of the workspace.
pub(super) fn crates() -> Vec<Crate> {
    let root = METADATA.workspace_root.as_path();
    let crate_of = |package: &cargo_metadata::Package| {
        let manifest = package.manifest_path.strip_prefix(root).unwrap();
        let mut found = Crate {
            name: package.name.to_string(),
            folder: manifest.parent().unwrap().to_string(),
            ..Crate::default()
        };
        for dependency in &package.dependencies {
            let into = match dependency.kind {
                DependencyKind::Development => &mut found.tests_need,
                _ => &mut found.needs,
            };
            into.insert(dependency.name.clone());
        }
        found
    };
    METADATA.workspace_packages().into_iter().map(crate_of).collect()
}

/// The resolved graph, tests' needs left out. Two versions of a crate are one node: a fence is about names.
pub(super) fn needs() -> Needs {
    let name = |id: &cargo_metadata::PackageId| METADATA[id].name.to_string();
    let mut needs = Needs::new();
    for node in &METADATA.resolve.as_ref().unwrap().nodes {
        let built = node.deps.iter().filter(|dependency| {
            dependency.dep_kinds.iter().any(|kind| kind.kind != DependencyKind::Development)
        });
        needs
            .entry(name(&node.id))
            .or_default()
            .extend(built.map(|dependency| name(&dependency.pkg)));
    }
    needs
}

/// Everything below `from`, itself left out.
pub(super) fn below(needs: &Needs, from: &str) -> BTreeSet<String> {
    let mut seen = BTreeSet::new();
    let mut open = vec![from.to_owned()];
    while let Some(next) = open.pop() {
        for needed in needs.get(&next).into_iter().flatten() {
            if seen.insert(needed.clone()) {
                open.push(needed.clone());
            }
        }
    }
    seen
}

/// `cargo` in the repository, its answer as text.
pub(super) fn cargo(arguments: &[&str]) -> String {
    let cargo = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let output = Command::new(cargo).current_dir(tree::root()).args(arguments).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

fn host() -> String {
    let answer = Command::new("rustc").arg("-vV").output().unwrap();
    let answer = String::from_utf8(answer.stdout).unwrap();
    answer.lines().find_map(|line| line.strip_prefix("host: ")).unwrap().to_owned()
}

/// For samples: names and what they need.
pub(super) fn needs_of(pairs: &[(&str, &[&str])]) -> Needs {
    let set = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    pairs.iter().map(|(name, needed)| ((*name).to_owned(), set(needed))).collect()
}

#[test]
fn what_lies_below_is_found_at_any_depth() {
    let needs = needs_of(&[("a", &["b"]), ("b", &["c", "a"]), ("c", &[])]);
    assert_eq!(below(&needs, "b"), ["a", "b", "c"].map(str::to_owned).into());
    assert!(below(&needs, "c").is_empty());
}
