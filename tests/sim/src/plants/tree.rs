//! The copy of the sources that has the bugs.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use anyhow::{Context as _, bail};

use super::{Change, all};

/// The crates of the copy: all that a simulation needs, and nothing that is shipped besides.
const MEMBERS: [&str; 12] = [
    "core/foundation",
    "core/vault",
    "core/vault/sqlcipher-provider",
    "core/wire",
    "core/ledger",
    "core/session",
    "core/payments",
    "core/features/accounts",
    "core/app",
    "tests/attestor",
    "tests/bank",
    "tests/sim",
];

/// Files outside of the crates that their sources read.
const BESIDE: [&str; 2] = ["Cargo.lock", "docs/protocol"];

/// Writes a copy of the sources in `root` to `tree`, with every plant in it. Files that are as they should be are left alone, so
/// that Cargo builds again only what has changed.
pub fn write_tree(root: &Path, tree: &Path) -> anyhow::Result<()> {
    let mut changed: BTreeMap<String, String> = BTreeMap::new();
    changed.insert("Cargo.toml".to_owned(), manifest(&read(&root.join("Cargo.toml"))?)?);
    let mut crates = BTreeSet::new();
    for change in all().flat_map(|plant| plant.changes).chain(&OWN) {
        let text = match changed.get(change.file) {
            Some(text) => text.clone(),
            None => read(&root.join(change.file))?,
        };
        changed.insert(change.file.to_owned(), apply(&text, change)?);
        crates.extend(change.file.split_once("/src/").map(|(krate, _)| krate));
    }
    for krate in crates {
        let lib = format!("{krate}/src/lib.rs");
        let text = read(&root.join(&lib))?;
        changed.insert(lib, format!("{text}\n#[allow(dead_code)]\nmod planted;\n"));
        changed.insert(format!("{krate}/src/planted.rs"), SELECTOR.to_owned());
    }
    for folder in MEMBERS.into_iter().chain(BESIDE) {
        copy(root, Path::new(folder), tree, &changed)?;
    }
    changed.iter().try_for_each(|(file, text)| put(&tree.join(file), text))
}

/// The text with the wrong lines in it. An error says that the sources have moved on, and the plant has to follow.
fn apply(text: &str, change: &Change) -> anyhow::Result<String> {
    let times = text.matches(change.right).count();
    if times != 1 {
        bail!(
            "{} has these lines {times} times, a plant needs them once; follow the change in tests/sim/src/plants:\n{}",
            change.file,
            change.right
        );
    }
    Ok(text.replacen(change.right, change.wrong, 1))
}

/// The module by which planted lines ask whether they are wrong in this world, which has its thread to itself.
const SELECTOR: &str = "pub(crate) fn is(name: &str) -> bool {
    std::thread::current().name() == Some(name)
}
";

/// What the copy's simulation is called and knows about itself.
const OWN: [Change; 2] = [
    Change {
        file: "tests/sim/Cargo.toml",
        right: "[[bin]]\nname = \"sim\"",
        wrong: "[[bin]]\nname = \"sim-planted\"",
    },
    Change {
        file: "tests/sim/src/plants/mod.rs",
        right: "ARE_PLANTED: bool = false",
        wrong: "ARE_PLANTED: bool = true",
    },
];

/// The workspace's manifest with the copy's members only. The version tells Cargo that these are other crates: it takes paths from
/// the workspace's root on, and would build one over the other.
fn manifest(text: &str) -> anyhow::Result<String> {
    let (before, rest) = text.split_once("members = [").context("no members in Cargo.toml")?;
    let (_, after) = rest.split_once(']').context("members without an end in Cargo.toml")?;
    let members = MEMBERS.map(|member| format!("\"{member}\", ")).concat();
    let (version, after) = after.split_once("version = \"").context("no version in Cargo.toml")?;
    let (number, after) = after.split_once('"').context("a version without an end")?;
    Ok(format!("{before}members = [{members}]{version}version = \"{number}-planted\"{after}"))
}

fn copy(
    root: &Path,
    path: &Path,
    tree: &Path,
    but: &BTreeMap<String, String>,
) -> anyhow::Result<()> {
    let from = root.join(path);
    if from.is_file() {
        if path.to_str().is_some_and(|path| but.contains_key(path)) {
            return Ok(());
        }
        return put(&tree.join(path), fs::read(&from).with_context(|| from.display().to_string())?);
    }
    for entry in fs::read_dir(&from).with_context(|| from.display().to_string())? {
        let name = entry?.file_name();
        // The tests of a crate are not part of the copy.
        if name != "tests" {
            copy(root, &path.join(name), tree, but)?;
        }
    }
    Ok(())
}

fn read(file: &Path) -> anyhow::Result<String> {
    fs::read_to_string(file).with_context(|| file.display().to_string())
}

fn put(file: &Path, bytes: impl AsRef<[u8]>) -> anyhow::Result<()> {
    if fs::read(file).is_ok_and(|there| there == bytes.as_ref()) {
        return Ok(());
    }
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    fs::write(file, bytes).with_context(|| file.display().to_string())
}
