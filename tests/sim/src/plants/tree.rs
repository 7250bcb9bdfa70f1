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

#[cfg(test)]
mod tests {
    use super::*;

    fn root() -> &'static Path {
        Path::new(env!("CARGO_MANIFEST_DIR")).parent().unwrap().parent().unwrap()
    }

    fn texts(folder: &Path, into: &mut Vec<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                texts(&path, into);
            } else {
                into.extend(fs::read_to_string(path).ok());
            }
        }
    }

    /// Everything that is shipped, and the bank.
    fn texts_of(tree: &Path) -> Vec<String> {
        let mut all = Vec::new();
        for folder in ["core", "tests/bank"] {
            texts(&tree.join(folder), &mut all);
        }
        all
    }

    #[test]
    fn nothing_is_planted_in_the_sources_and_everything_in_the_copy() {
        let copy = tempfile::tempdir().unwrap();
        write_tree(root(), copy.path()).unwrap();
        let (sources, planted) = (texts_of(root()), texts_of(copy.path()));
        for plant in all() {
            let asks = format!("planted::is(\"{}\")", plant.name);
            assert!(sources.iter().all(|text| !text.contains(&asks)), "{}", plant.name);
            assert!(planted.iter().any(|text| text.contains(&asks)), "{}", plant.name);
        }
        assert!(sources.iter().all(|text| !text.contains("mod planted")));
    }

    #[test]
    fn a_plant_whose_lines_have_moved_on_is_refused() {
        let change = Change { file: "a.rs", right: "let a = 1;", wrong: "let a = 2;" };
        assert_eq!(apply("let a = 1;\n", &change).unwrap(), "let a = 2;\n");
        assert!(apply("let a = 3;\n", &change).is_err());
        assert!(apply("let a = 1;\nlet a = 1;\n", &change).is_err());
    }

    #[test]
    fn every_plant_has_a_name_of_its_own_and_an_invariant_to_break() {
        let names: BTreeSet<&str> = all().map(|plant| plant.name).collect();
        assert_eq!(names.len(), all().count());
        assert!(names.len() >= 12);
        assert!(all().all(|plant| !plant.breaks.is_empty() && !plant.changes.is_empty()));
    }
}
