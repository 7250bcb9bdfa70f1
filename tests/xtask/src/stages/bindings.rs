//! The generated Kotlin and Swift. They are checked in because their diff is the review of the surface; a fresh
//! generation must equal them.

use std::{
    collections::BTreeMap,
    fs, io,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{bench::Bench, failure::Failure};

const LANGUAGES: [&str; 2] = ["kotlin", "swift"];
/// What builds of the apps put into the Swift package.
const BUILT: [&str; 3] = ["Frameworks", ".build", ".swiftpm"];

/// Writes bindings/kotlin and bindings/swift.
pub(crate) fn generate(bench: &Bench<'_>) -> Result<(), Failure> {
    bench.build_workspace()?;
    for language in LANGUAGES {
        generate_into(bench, language, &bench.house.root.join("bindings").join(language))?;
    }
    Ok(())
}

/// Compares a fresh generation with what is checked in.
pub(crate) fn check(bench: &Bench<'_>, _: &[String]) -> Result<(), Failure> {
    bench.build_workspace()?;
    let mut differences = Vec::new();
    for language in LANGUAGES {
        let fresh = bench.house.logs.join("bindings").join(language);
        remove_folder(&fresh)?;
        generate_into(bench, language, &fresh)?;
        let kept = bench.house.root.join("bindings").join(language);
        differences.extend(differences_between(&files(&fresh)?, &files(&kept)?, language));
    }
    if differences.is_empty() {
        return bench.note("bindings/kotlin and bindings/swift equal a fresh generation");
    }
    for difference in &differences {
        bench.note(difference)?;
    }
    Err(Failure::Failed("the bindings are not up to date: run cargo xtask bindings".into()))
}

fn generate_into(bench: &Bench<'_>, language: &str, folder: &Path) -> Result<(), Failure> {
    fs::create_dir_all(folder).map_err(|cause| Failure::file("make", folder, &cause))?;
    let mut generator = Command::new(bench.house.built.join("guichet-bindgen"));
    generator.current_dir(&bench.house.root);
    generator.args(["--language", language, "--out-dir"]);
    generator.arg(folder).arg(bench.house.ffi_library());
    bench.run(&mut generator)
}

fn remove_folder(folder: &Path) -> Result<(), Failure> {
    match fs::remove_dir_all(folder) {
        Err(cause) if cause.kind() != io::ErrorKind::NotFound => {
            Err(Failure::file("remove", folder, &cause))
        }
        _ => Ok(()),
    }
}

type Files = BTreeMap<PathBuf, Vec<u8>>;

/// All files below `folder` by their path in it; none if it is not there.
fn files(folder: &Path) -> Result<Files, Failure> {
    let mut found = Files::new();
    let mut folders = vec![folder.to_path_buf()];
    while let Some(next) = folders.pop() {
        for entry in fs::read_dir(&next).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() && BUILT.contains(&entry.file_name().to_string_lossy().as_ref()) {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let content = fs::read(&path).map_err(|cause| Failure::file("read", &path, &cause))?;
            found.insert(path.strip_prefix(folder).unwrap_or(&path).to_path_buf(), content);
        }
    }
    Ok(found)
}

/// Nothing written by hand lives beside the generated files, so a file that is only kept is one that generation left
/// behind.
fn differences_between(fresh: &Files, kept: &Files, language: &str) -> Vec<String> {
    let name = |path: &PathBuf| format!("bindings/{language}/{}", path.display());
    let mut differences = Vec::new();
    for (path, content) in fresh {
        match kept.get(path) {
            None => differences.push(format!("{}: not checked in", name(path))),
            Some(old) if old == content => {}
            Some(old) => differences.push(first_difference(&name(path), old, content)),
        }
    }
    let left = kept.keys().filter(|path| !fresh.contains_key(*path));
    differences.extend(left.map(|path| format!("{}: no longer generated", name(path))));
    differences
}

fn first_difference(name: &str, old: &[u8], new: &[u8]) -> String {
    let (old, new) = (String::from_utf8_lossy(old), String::from_utf8_lossy(new));
    let same = old.lines().zip(new.lines()).take_while(|(a, b)| a == b).count();
    let line = |text: &str| text.lines().nth(same).unwrap_or("(end)").to_owned();
    format!("{name}:{}\n  checked in: {}\n  generated:  {}", same + 1, line(&old), line(&new))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn files_of(pairs: &[(&str, &str)]) -> Files {
        pairs.iter().map(|(path, text)| (PathBuf::from(path), text.as_bytes().to_vec())).collect()
    }

    #[test]
    fn equal_folders_have_no_differences() {
        let files = files_of(&[("a.kt", "class A\n")]);
        assert!(differences_between(&files, &files, "kotlin").is_empty());
    }

    #[test]
    fn a_changed_a_missing_and_a_stale_file_are_each_named() {
        let fresh = files_of(&[("a.kt", "class A\nclass B\n"), ("new.kt", "")]);
        let kept = files_of(&[("a.kt", "class A\nclass C\n"), ("old.kt", "")]);
        assert_eq!(
            differences_between(&fresh, &kept, "kotlin"),
            [
                "bindings/kotlin/a.kt:2\n  checked in: class C\n  generated:  class B",
                "bindings/kotlin/new.kt: not checked in",
                "bindings/kotlin/old.kt: no longer generated",
            ]
        );
    }
}
