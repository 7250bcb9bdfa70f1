//! Where the heavy and the dangerous libraries may stand.

use std::collections::BTreeSet;

use super::{
    assert_clean,
    graph::{Crate, Needs, below, cargo, crates, needs, needs_of},
};

/// A library, and the only rooms of the product that may name it. Rooms above get what it does through these.
const FENCES: [(&str, &[&str]); 14] = [
    ("axum", &[]),
    ("hyper", &["guichet-wire"]),
    ("hyper-util", &["guichet-wire"]),
    ("libsqlite3-sys", &["guichet-vault"]),
    ("rand", &[]),
    ("reqwest", &["guichet-wire"]),
    ("rusqlite", &["guichet-vault"]),
    ("rustls", &["guichet-wire"]),
    ("rustls-pki-types", &["guichet-wire"]),
    ("rustls-platform-verifier", &["guichet-wire"]),
    ("tokio-rustls", &["guichet-wire"]),
    ("tower", &["guichet-wire"]),
    ("uniffi", &["guichet-ffi"]),
    ("webpki-roots", &["guichet-wire"]),
];

/// Crates that open a socket or speak a protocol over one.
const NETWORK: [&str; 13] = [
    "guichet-session",
    "guichet-wire",
    "h2",
    "hyper",
    "mio",
    "native-tls",
    "openssl",
    "quinn",
    "reqwest",
    "rustls",
    "socket2",
    "tungstenite",
    "ureq",
];

/// Crates whose presence in a phone would be a mistake: the sandbox's, and those for tests.
const NEVER_CARRIED: [&str; 12] = [
    "axum",
    "clap",
    "guichet-attestor",
    "guichet-bank",
    "guichet-demo",
    "guichet-interop",
    "guichet-sim",
    "guichet-tests",
    "openssl-sys",
    "proptest",
    "rcgen",
    "xtask",
];

fn broken_fences(crates: &[Crate]) -> Vec<String> {
    let mut complaints = Vec::new();
    for krate in crates.iter().filter(|krate| krate.is_carried()) {
        for (library, rooms) in FENCES {
            if krate.needs.contains(library) && !rooms.contains(&krate.name.as_str()) {
                complaints.push(format!("{} needs {library}, fenced for {rooms:?}", krate.name));
            }
        }
    }
    complaints
}

/// Which of `forbidden` lie below `from`.
fn found_below(needs: &Needs, from: &str, forbidden: &[&str]) -> Vec<String> {
    let below = below(needs, from);
    let found = forbidden.iter().filter(|name| below.contains(**name));
    found.map(|name| format!("{from} reaches {name}")).collect()
}

fn features_reached(crates: &[Crate], needs: &Needs, from: &str) -> Vec<String> {
    let features: Vec<&str> = crates
        .iter()
        .filter(|krate| krate.is_feature() && krate.name != from)
        .map(|krate| krate.name.as_str())
        .collect();
    found_below(needs, from, &features)
}

/// The crates of a `cargo tree --format '{p}|{f}'` that are built with `feature`.
fn built_with(tree: &str, feature: &str) -> BTreeSet<String> {
    let lines = tree.lines().filter_map(|line| line.split_once('|'));
    let with = lines.filter(|(_, features)| {
        let features = features.trim_end_matches("(*)").trim();
        features.split(',').any(|one| one == feature)
    });
    with.filter_map(|(package, _)| package.split(' ').next().map(str::to_owned)).collect()
}

fn krate(name: &str, folder: &str, needs: &[&str]) -> Crate {
    Crate {
        name: name.to_owned(),
        folder: folder.to_owned(),
        needs: needs.iter().map(ToString::to_string).collect(),
        ..Crate::default()
    }
}

#[test]
fn only_wire_names_tls_only_vault_names_sqlite_only_ffi_names_uniffi() {
    assert_clean(broken_fences(&crates()));
}

#[test]
fn a_library_outside_its_room_is_found() {
    let crates = [
        krate("guichet-payments", "core/payments", &["reqwest", "serde"]),
        krate("guichet-bank", "tests/bank", &["rusqlite"]),
    ];
    let found = broken_fences(&crates);
    assert_eq!(found, [r#"guichet-payments needs reqwest, fenced for ["guichet-wire"]"#]);
}

#[test]
fn the_ledger_reaches_no_network() {
    assert_clean(found_below(&needs(), "guichet-ledger", &NETWORK));
}

#[test]
fn the_foundation_reaches_neither_network_nor_database() {
    let needs = needs();
    assert_clean(found_below(&needs, "guichet-foundation", &NETWORK));
    assert_clean(found_below(&needs, "guichet-foundation", &["libsqlite3-sys", "tokio"]));
}

#[test]
fn a_network_below_the_ledger_is_found() {
    let needs = needs_of(&[
        ("guichet-ledger", &["guichet-vault"]),
        ("guichet-vault", &["telemetry"]),
        ("telemetry", &["reqwest"]),
    ]);
    let found = found_below(&needs, "guichet-ledger", &NETWORK);
    assert_eq!(found, ["guichet-ledger reaches reqwest"]);
}

#[test]
fn payments_sees_no_feature() {
    assert_clean(features_reached(&crates(), &needs(), "guichet-payments"));
}

#[test]
fn features_never_need_each_other() {
    let (crates, needs) = (crates(), needs());
    for feature in crates.iter().filter(|krate| krate.is_feature()) {
        assert_clean(features_reached(&crates, &needs, &feature.name));
    }
}

#[test]
fn a_feature_that_is_reached_is_found() {
    let crates = [
        krate("guichet-accounts", "core/features/accounts", &[]),
        krate("guichet-insights", "core/features/insights", &[]),
    ];
    let needs = needs_of(&[
        ("guichet-insights", &["charts"]),
        ("charts", &["guichet-accounts"]),
        ("guichet-accounts", &[]),
    ]);
    let found = features_reached(&crates, &needs, "guichet-insights");
    assert_eq!(found, ["guichet-insights reaches guichet-accounts"]);
    assert!(features_reached(&crates, &needs, "guichet-accounts").is_empty());
}

#[test]
fn a_phone_carries_nothing_of_the_sandbox_or_the_tests() {
    let below_uniffi = below(&needs(), "uniffi");
    let never: Vec<_> =
        NEVER_CARRIED.into_iter().filter(|name| !below_uniffi.contains(*name)).collect();
    assert_clean(found_below(&needs(), "guichet-ffi", &never));
}

#[test]
fn a_phone_is_built_without_the_fakes() {
    let arguments = ["tree", "--package", "guichet-ffi", "--edges", "normal", "--prefix", "none"];
    let tree = cargo(&[&arguments[..], &["--format", "{p}|{f}"]].concat());
    assert!(tree.contains("guichet-foundation v"), "the tree shows no foundation:\n{tree}");
    let faking = built_with(&tree, "testing").into_iter();
    assert_clean(faking.map(|name| format!("{name} is built with its fakes")).collect());
}

#[test]
fn fakes_in_a_phone_are_found() {
    let tree = "guichet-wire v0.1.0 (core/wire)|other,testing (*)\nserde v1.0.0|std,testing-not\n";
    assert_eq!(built_with(tree, "testing"), ["guichet-wire".to_owned()].into());
}
