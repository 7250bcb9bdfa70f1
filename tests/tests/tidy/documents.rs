//! That documents point at what exists.

use std::collections::BTreeSet;

use super::{
    assert_clean,
    tree::{Source, ending, sources},
};

/// The targets of Markdown links that mean a file here: no other site, no place in the same page.
fn local_targets(markdown: &str) -> Vec<&str> {
    let mut in_code = false;
    let mut targets = Vec::new();
    for line in markdown.lines() {
        if line.trim_start().starts_with("```") {
            in_code = !in_code;
        }
        if in_code || line.starts_with("    ") {
            continue;
        }
        let links = line.split("](").skip(1).filter_map(|rest| rest.split(')').next());
        let local = links.filter(|it| !it.contains("://") && !it.starts_with(['#', '<']));
        targets.extend(local.filter_map(|it| it.split('#').next()).filter(|it| !it.is_empty()));
    }
    targets
}

/// `target` as seen from the file at `from`, as a path from the root; nothing if it leaves the repository.
fn resolved(from: &str, target: &str) -> Option<String> {
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    if target.starts_with('/') {
        parts.clear();
    }
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => drop(parts.pop()?),
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// Files, and the folders they lie in.
fn places<'a>(paths: impl Iterator<Item = &'a str>) -> BTreeSet<String> {
    let mut places = BTreeSet::new();
    for path in paths {
        let ends = path.match_indices('/').filter_map(|(at, _)| path.get(..at));
        places.extend(ends.map(str::to_owned));
        places.insert(path.to_owned());
    }
    places
}

fn broken_links(path: &str, markdown: &str, places: &BTreeSet<String>) -> Vec<String> {
    let broken = local_targets(markdown).into_iter().filter(|target| {
        !resolved(path, target).is_some_and(|place| place.is_empty() || places.contains(&place))
    });
    broken.map(|target| format!("{path}: {target} is not there")).collect()
}

fn decisions_not_listed(index: &str, paths: &[&str]) -> Vec<String> {
    let listed = local_targets(index);
    let decisions = paths.iter().filter_map(|path| path.strip_prefix("docs/adr/"));
    let numbered = decisions.filter(|name| name.starts_with(|c: char| c.is_ascii_digit()));
    let missing = numbered.filter(|name| !listed.contains(name));
    missing.map(|name| format!("docs/adr/README.md does not list {name}")).collect()
}

/// The commands of a page's indented and fenced lines that begin with `program`, comments taken off.
fn commands<'a>(markdown: &'a str, program: &str) -> Vec<&'a str> {
    let lines = markdown.lines().map(|line| line.split('#').next().unwrap_or(line).trim());
    lines.filter(|line| line.starts_with(program)).collect()
}

fn tests_differ(readme: &str, ci: &str) -> Option<String> {
    let last = ci.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let runs = last.trim_start_matches("exec ");
    let told = commands(readme, "cargo xtask test").contains(&runs);
    (!told).then(|| format!(".ci/run ends with `{runs}`, which the README does not say"))
}

fn pages() -> impl Iterator<Item = &'static Source> {
    sources().iter().filter(|source| ending(&source.path) == "md")
}

#[test]
fn every_link_to_a_file_here_leads_to_one() {
    let places = places(sources().iter().map(|source| source.path.as_str()));
    assert_clean(pages().flat_map(|it| broken_links(&it.path, &it.text, &places)).collect());
}

#[test]
fn a_link_to_nowhere_is_found() {
    let places = places(["docs/protocol.md", "docs/adr/0001-crates-and-rooms.md"].into_iter());
    let markdown = "[a](../protocol.md#9-intents) [b](0001-crates-and-rooms.md) [c](0009-gone.md)
[d](../../../outside.md) [e](https://example.com) [f](#here) [g](../adr/)
```
[h](in-code.md)
```";
    let found = broken_links("docs/adr/README.md", markdown, &places);
    assert_eq!(
        found,
        [
            "docs/adr/README.md: 0009-gone.md is not there",
            "docs/adr/README.md: ../../../outside.md is not there",
        ]
    );
}

#[test]
fn every_decision_is_listed() {
    let index = pages().find(|page| page.path == "docs/adr/README.md").unwrap();
    let paths: Vec<_> = pages().map(|page| page.path.as_str()).collect();
    assert_clean(decisions_not_listed(&index.text, &paths));
}

#[test]
fn a_decision_that_is_not_listed_is_found() {
    let paths = ["docs/adr/0001-a.md", "docs/adr/0002-b.md", "docs/adr/README.md"];
    let found = decisions_not_listed("[1](0001-a.md)", &paths);
    assert_eq!(found, ["docs/adr/README.md does not list 0002-b.md"]);
}

#[test]
fn ci_runs_the_test_command_of_the_readme() {
    let text = |path| &sources().iter().find(|source| source.path == path).unwrap().text;
    assert_clean(tests_differ(text("README.md"), text(".ci/run")).into_iter().collect());
}

#[test]
fn another_command_in_ci_is_found() {
    let readme = "Two commands:\n\n    cargo xtask test    # everything\n";
    assert_eq!(tests_differ(readme, "set -eu\nexec cargo xtask test\n"), None);
    assert!(tests_differ(readme, "exec cargo xtask test --skip swift\n").is_some());
    assert!(tests_differ(readme, "cargo test\n").is_some());
}
