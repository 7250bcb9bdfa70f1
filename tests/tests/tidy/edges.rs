//! Which of our crates may need which of ours. The list is exact: adding an edge, or dropping one, is a decision that
//! somebody reads here.

use std::collections::BTreeSet;

use super::{
    assert_clean,
    graph::{Crate, crates},
};

/// What a crate may need of ours.
enum May {
    Need(&'static [&'static str]),
    /// It stands outside the product: it may need anything, and nothing needs it.
    NeedAnything,
}
use May::{Need, NeedAnything};

const EDGES: [(&str, May); 21] = [
    ("guichet-foundation", Need(&[])),
    ("guichet-sqlcipher-provider", Need(&[])),
    ("guichet-vault", Need(&["guichet-foundation", "guichet-sqlcipher-provider"])),
    ("guichet-wire", Need(&["guichet-foundation"])),
    ("guichet-ledger", Need(&["guichet-foundation", "guichet-vault"])),
    ("guichet-session", Need(&["guichet-foundation", "guichet-vault", "guichet-wire"])),
    ("guichet-payments", Need(&["guichet-foundation", "guichet-session", "guichet-vault"])),
    ("guichet-accounts", Need(&["guichet-ledger", "guichet-session"])),
    (
        "guichet-app",
        Need(&[
            "guichet-accounts",
            "guichet-foundation",
            "guichet-ledger",
            "guichet-payments",
            "guichet-session",
            "guichet-vault",
        ]),
    ),
    ("guichet-silence", Need(&["guichet-foundation"])),
    ("guichet-ffi", Need(&["guichet-app", "guichet-foundation", "guichet-silence"])),
    ("guichet-bindgen", Need(&[])),
    ("guichet-attestor", Need(&[])),
    // It shares no checking code with the core; SQLite's ciphers are what one build can have only one of.
    ("guichet-bank", Need(&["guichet-sqlcipher-provider"])),
    ("guichet-demo", NeedAnything),
    ("guichet-fuzz", NeedAnything),
    ("guichet-interop", NeedAnything),
    ("guichet-proxy", Need(&[])),
    ("guichet-sim", NeedAnything),
    ("guichet-tests", NeedAnything),
    ("xtask", Need(&[])),
];

/// Crates that nothing may need.
const OUTSIDE: [&str; 7] = [
    "guichet-bindgen",
    "guichet-demo",
    "guichet-fuzz",
    "guichet-interop",
    "guichet-sim",
    "guichet-tests",
    "xtask",
];

fn wrong_edges(crates: &[Crate]) -> Vec<String> {
    let ours: BTreeSet<&str> = crates.iter().map(|krate| krate.name.as_str()).collect();
    let mut complaints = Vec::new();
    for krate in crates {
        let name = krate.name.as_str();
        let needs: BTreeSet<&str> =
            krate.needs.iter().map(String::as_str).filter(|needed| ours.contains(needed)).collect();
        match EDGES.iter().find(|(listed, _)| *listed == name) {
            None => complaints.push(format!("{name}: not in the list of edges (tidy/edges.rs)")),
            Some((_, NeedAnything)) => {}
            Some((_, Need(allowed))) => {
                let allowed: BTreeSet<&str> = allowed.iter().copied().collect();
                let extra = needs.difference(&allowed);
                complaints
                    .extend(extra.map(|needed| format!("{name} needs {needed}: no such edge")));
                let gone = allowed.difference(&needs);
                complaints.extend(gone.map(|needed| format!("{name} no longer needs {needed}")));
            }
        }
        let outside = OUTSIDE.iter().filter(|outside| needs.contains(*outside));
        complaints.extend(outside.map(|needed| format!("{name} needs {needed}, which is outside")));
    }
    complaints
}

/// A test may not see more of the house than the crate it tests, or it proves something about another house. Fakes come from
/// foundation; what needs more belongs into guichet-tests.
fn wrong_edges_of_tests(crates: &[Crate]) -> Vec<String> {
    let ours: BTreeSet<&str> = crates.iter().map(|krate| krate.name.as_str()).collect();
    let mut complaints = Vec::new();
    for krate in crates.iter().filter(|krate| krate.is_carried()) {
        let more = krate.tests_need.iter().filter(|needed| {
            ours.contains(needed.as_str())
                && !krate.needs.contains(*needed)
                && *needed != "guichet-foundation"
        });
        complaints.extend(more.map(|needed| format!("{}: its tests need {needed}", krate.name)));
    }
    complaints
}

fn krate(name: &str, folder: &str, needs: &[&str], tests_need: &[&str]) -> Crate {
    let set = |names: &[&str]| names.iter().map(ToString::to_string).collect();
    Crate {
        name: name.to_owned(),
        folder: folder.to_owned(),
        needs: set(needs),
        tests_need: set(tests_need),
    }
}

#[test]
fn crates_need_what_the_list_of_edges_allows_and_nothing_else() {
    assert_clean(wrong_edges(&crates()));
}

#[test]
fn an_edge_that_is_not_listed_is_found() {
    let crates = [
        krate("guichet-foundation", "core/foundation", &[], &[]),
        krate("guichet-wire", "core/wire", &["guichet-foundation", "guichet-ledger", "http"], &[]),
        krate("guichet-ledger", "core/ledger", &["guichet-foundation"], &[]),
        krate("guichet-wealth", "core/features/wealth", &[], &[]),
    ];
    assert_eq!(
        wrong_edges(&crates),
        [
            "guichet-wire needs guichet-ledger: no such edge",
            "guichet-ledger no longer needs guichet-vault",
            "guichet-wealth: not in the list of edges (tidy/edges.rs)",
        ]
    );
}

#[test]
fn nothing_needs_what_stands_outside() {
    let crates = [
        krate("guichet-demo", "tests/demo", &["guichet-tests"], &[]),
        krate("guichet-tests", "tests", &[], &[]),
    ];
    assert_eq!(wrong_edges(&crates), ["guichet-demo needs guichet-tests, which is outside"]);
}

#[test]
fn tests_of_the_core_see_no_more_of_the_house_than_their_crate() {
    assert_clean(wrong_edges_of_tests(&crates()));
}

#[test]
fn a_test_that_reaches_for_another_room_is_found() {
    let crates = [
        krate("guichet-bank", "tests/bank", &[], &[]),
        krate("guichet-foundation", "core/foundation", &[], &[]),
        krate(
            "guichet-wire",
            "core/wire",
            &[],
            &["guichet-bank", "guichet-foundation", "proptest"],
        ),
    ];
    assert_eq!(wrong_edges_of_tests(&crates), ["guichet-wire: its tests need guichet-bank"]);
}
