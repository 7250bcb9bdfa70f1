//! That every attack in docs/security has a test that tries it.

use std::collections::BTreeSet;

use super::{
    assert_clean,
    tree::{Source, ending, sources},
};

const FOLDER: &str = "docs/security/";

/// The rows of a page's tables, without heads and rulers: the cells of each.
fn rows(markdown: &str) -> Vec<Vec<&str>> {
    let mut rows = Vec::new();
    let mut in_table = false;
    for line in markdown.lines() {
        let Some(cells) = line.strip_prefix('|').and_then(|line| line.trim_end().strip_suffix('|'))
        else {
            in_table = false;
            continue;
        };
        if cells.starts_with(" ---") {
            in_table = true;
        } else if in_table {
            rows.push(cells.split('|').map(str::trim).collect());
        }
    }
    rows
}

/// The names in backticks.
fn names(cell: &str) -> Vec<&str> {
    cell.split('`').skip(1).step_by(2).collect()
}

/// Names of tests: Rust functions, and titles in JavaScript.
fn tests_of(source: &Source) -> Vec<&str> {
    let names = |mark: &'static str, end: char| {
        source.text.split(mark).skip(1).filter_map(move |rest| rest.split(end).next())
    };
    match ending(&source.path) {
        "rs" => names("fn ", '(').collect(),
        "mjs" | "js" => names("test(\"", '"').chain(names("test('", '\'')).collect(),
        _ => Vec::new(),
    }
}

fn without_test(path: &str, markdown: &str, tests: &BTreeSet<&str>) -> Vec<String> {
    let mut complaints = Vec::new();
    for row in rows(markdown) {
        let named = row.last().map(|cell| names(cell)).unwrap_or_default();
        let attack = row.first().copied().unwrap_or_default();
        if named.is_empty() {
            complaints.push(format!("{path}: no test is named for: {attack}"));
        }
        let gone = named.into_iter().filter(|name| !tests.contains(name));
        complaints.extend(gone.map(|name| format!("{path}: there is no test {name} ({attack})")));
    }
    complaints
}

#[test]
fn every_attack_has_a_test_that_exists() {
    let tests = sources().iter().flat_map(tests_of).collect();
    let pages =
        sources().iter().filter(|it| it.path.starts_with(FOLDER) && ending(&it.path) == "md");
    let pages: Vec<_> = pages.collect();
    assert!(!pages.is_empty());
    assert_clean(pages.iter().flat_map(|it| without_test(&it.path, &it.text, &tests)).collect());
}

#[test]
fn an_attack_without_a_test_is_found() {
    let page = "| attack | test |\n| --- | --- |\n| mix-up | `a_redirect_is_refused`, `gone` |\n| theft | none yet |\n";
    assert_eq!(
        without_test("x.md", page, &["a_redirect_is_refused"].into()),
        ["x.md: there is no test gone (mix-up)", "x.md: no test is named for: theft"]
    );
}
