//! That the tables of docs/security name tests that exist.

use std::collections::BTreeSet;

use super::{
    assert_clean,
    tree::{ending, sources},
};

/// The names of tests in a page's tables: what stands in backticks in the last column and could be a function's name.
fn named_tests(markdown: &str) -> Vec<&str> {
    let rows = markdown.lines().filter(|line| line.starts_with('|') && line.ends_with('|'));
    let last = rows.filter_map(|row| row.trim_end_matches('|').rsplit(" | ").next());
    let quoted = last.flat_map(|cell| cell.split('`').skip(1).step_by(2));
    let is_name = |name: &&str| {
        name.contains('_')
            && name.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')
    };
    quoted.filter(is_name).collect()
}

/// The functions of a Rust source.
fn functions(rust: &str) -> impl Iterator<Item = &str> {
    rust.split("fn ").skip(1).filter_map(|rest| rest.split('(').next())
}

fn tests_that_are_not_there(path: &str, markdown: &str, known: &BTreeSet<&str>) -> Vec<String> {
    let missing = named_tests(markdown).into_iter().filter(|name| !known.contains(name));
    missing.map(|name| format!("{path}: no test is called {name}")).collect()
}

#[test]
fn every_test_that_a_security_page_names_is_there() {
    let rust = sources().iter().filter(|source| ending(&source.path) == "rs");
    let known: BTreeSet<&str> = rust.flat_map(|source| functions(&source.text)).collect();
    let pages = sources().iter().filter(|source| source.path.starts_with("docs/security/"));
    let complaints: Vec<String> =
        pages.flat_map(|page| tests_that_are_not_there(&page.path, &page.text, &known)).collect();
    assert_clean(complaints);
    assert!(sources().iter().any(|source| source.path.starts_with("docs/security/")));
}

#[test]
fn a_test_that_is_not_there_is_found() {
    let page = "| what | where | test |\n| --- | --- | --- |\n| a `file_name` | `x.rs` | `is_there`, `is_gone` |\n";
    assert_eq!(named_tests(page), ["is_there", "is_gone"]);
    let known: BTreeSet<&str> = functions("async fn is_there() {}").collect();
    assert_eq!(tests_that_are_not_there("p", page, &known), ["p: no test is called is_gone"]);
}
