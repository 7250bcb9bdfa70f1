//! That each invariant of ARCHITECTURE.md has a test that carries its number.

use std::collections::BTreeSet;

use super::{
    assert_clean,
    tree::{ending, sources},
};

const INVARIANTS: [&str; 12] = [
    "conservation",
    "once",
    "seen is signed",
    "truthful",
    "settles",
    "expires",
    "silent",
    "gone",
    "one refresh",
    "whole or nothing",
    "locked is locked",
    "old vaults open",
];

/// The numbers in names of tests such as `fn invariant_02_once_...`.
fn numbers_tested(rust: &str) -> BTreeSet<usize> {
    let names = rust.split("fn invariant_").skip(1);
    names.filter_map(|name| name.split('_').next()?.parse().ok()).collect()
}

fn without_test(tested: &BTreeSet<usize>) -> Vec<String> {
    let numbered = INVARIANTS.iter().zip(1..);
    let missing = numbered.filter(|(_, number)| !tested.contains(number));
    missing
        .map(|(name, number)| format!("no test is named invariant_{number:02}_ ({name})"))
        .collect()
}

#[test]
fn every_invariant_has_a_test_named_after_it() {
    let rust = sources().iter().filter(|source| ending(&source.path) == "rs");
    let ours = rust.filter(|source| !source.path.starts_with("tests/tests/tidy"));
    assert_clean(without_test(&ours.flat_map(|it| numbers_tested(&it.text)).collect()));
}

#[test]
fn an_invariant_without_a_test_is_found() {
    let tested =
        numbers_tested("fn invariant_01_a() {}\nfn invariant_02_once() {}\n// invariant_03\n");
    assert_eq!(tested, [1, 2].into());
    let missing = without_test(&tested);
    assert_eq!(missing.len(), 10);
    assert!(missing[0].contains("invariant_03_ (seen is signed)"));
}
