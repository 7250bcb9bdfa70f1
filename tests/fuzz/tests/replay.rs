//! Every kept input through its target, so that what once broke stays mended and no target rots.

#![allow(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "what a test does not expect is its failure"
)]

use std::collections::BTreeSet;
use std::path::Path;
use std::{fs, panic};

use guichet_fuzz::{TARGETS, Target};

/// The kept inputs, and each of them cut short.
fn replay(target: &Target) {
    let mut inputs = (target.vectors)();
    for file in ["corpus", "crashes"].into_iter().flat_map(|of| target.files(of)) {
        inputs.push(fs::read(file).unwrap());
    }
    assert!(!inputs.is_empty(), "{} has nothing to begin with", target.name);
    for input in inputs {
        (target.check)(&input);
        for cut in [1, 2, 3].map(|part| input.len() * part / 4) {
            (target.check)(&input[..cut]);
        }
    }
}

#[test]
fn what_must_hold_holds_for_every_kept_input() {
    TARGETS.iter().for_each(replay);
}

#[test]
fn what_does_not_hold_is_noticed() {
    let broken = Target {
        name: "broken",
        check: |input| assert!(input.len() < 8, "only short inputs hold"),
        vectors: || vec![vec![0; 8]],
    };
    assert!(panic::catch_unwind(|| replay(&broken)).is_err());
    let empty = Target { vectors: Vec::new, ..broken };
    assert!(panic::catch_unwind(|| replay(&empty)).is_err());
}

#[test]
fn every_folder_belongs_to_a_target() {
    let names: BTreeSet<&str> = TARGETS.iter().map(|target| target.name).collect();
    assert_eq!(names.len(), TARGETS.len(), "two targets have one name");
    for of in ["corpus", "crashes"] {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(of);
        for entry in fs::read_dir(folder).into_iter().flatten() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            assert!(names.contains(name.as_str()), "{of}/{name} belongs to no target");
        }
    }
}

#[test]
fn a_target_is_found_by_its_name_only() {
    assert!(Target::named("intents").is_some());
    assert!(Target::named("intent").is_none());
}
