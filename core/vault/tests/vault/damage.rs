//! Altered files, full disks, and power cuts.

use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use crate::phone::{Phone, copy_folder, notes, write};
use guichet_vault::{OpenFailure, Opened, StorageTrouble, VaultFailure};
use proptest::prelude::*;

const PAGE: usize = 4096;

fn filled(count: usize) -> Phone {
    let phone = Phone::new();
    let vault = phone.opened();
    vault
        .write(|tx| {
            for number in 0..count {
                let text = format!("{number} {}", "x".repeat(200));
                tx.execute("INSERT INTO notes_note (text) VALUES (?1)", [text])?;
            }
            Ok::<_, VaultFailure>(())
        })
        .unwrap();
    phone
}

fn flip(phone: &Phone, byte: usize, bit: u8) {
    let mut bytes = fs::read(phone.database()).unwrap();
    bytes[byte] ^= 1 << bit;
    fs::write(phone.database(), bytes).unwrap();
}

#[test]
fn a_flipped_bit_on_any_page_is_noticed_set_aside_and_made_good() {
    let pages = fs::metadata(filled(100).database()).unwrap().len() / 4096;
    assert!(pages > 5);
    for page in 0..usize::try_from(pages).unwrap() {
        let phone = filled(100);
        flip(&phone, page * PAGE + 1234, 3);
        let noticed = match phone.open() {
            Err(failure) => failure == OpenFailure::Damaged,
            Ok((vault, _)) => {
                let found = notes(&vault).and_then(|_| write(&vault, "more"));
                let closed_itself = !vault.is_open();
                vault.lock();
                found == Err(VaultFailure::Damaged)
                    && closed_itself
                    && phone.open().map(|_| ()) == Err(OpenFailure::Damaged)
            }
        };
        assert!(noticed, "page {page}");
        assert!(phone.folder.path().join("quarantine/0001/vault.db").exists(), "page {page}");
        assert_eq!(phone.open().unwrap().1, Opened::Recreated, "page {page}");
    }
}

#[test]
fn damage_met_inside_a_write_closes_the_vault_and_tells_of_it() {
    let phone = filled(100);
    let vault = phone.opened();
    let told = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&told);
    vault.when_it_closes_itself(move || {
        counter.fetch_add(1, Ordering::SeqCst);
    });
    for byte in (PAGE..fs::read(phone.database()).unwrap().len()).step_by(PAGE) {
        flip(&phone, byte + 1234, 3);
    }
    let met = vault.write(|_| notes(&vault).map(|_| ()));
    assert_eq!(met, Err(VaultFailure::Damaged));
    assert!(!vault.is_open());
    assert_eq!(write(&vault, "more"), Err(VaultFailure::Locked));
    assert_eq!(told.load(Ordering::SeqCst), 1);
}

#[test]
fn a_suspicion_that_proves_unfounded_is_dropped() {
    let phone = filled(10);
    fs::write(phone.current().join("suspect"), "").unwrap();
    assert_eq!(notes(&phone.opened()).unwrap().len(), 10);
    assert!(!phone.current().join("suspect").exists());
}

#[test]
fn pages_that_trade_places_are_noticed() {
    let phone = filled(100);
    let mut bytes = fs::read(phone.database()).unwrap();
    let (front, back) = bytes.split_at_mut(6 * PAGE);
    front[5 * PAGE..].swap_with_slice(&mut back[..PAGE]);
    fs::write(phone.database(), bytes).unwrap();
    let read = phone.open().map_err(|_| VaultFailure::Damaged).and_then(|(v, _)| notes(&v));
    assert_eq!(read, Err(VaultFailure::Damaged));
}

#[test]
fn quarantined_files_are_kept_side_by_side() {
    let phone = filled(1);
    for number in 1..=3 {
        flip(&phone, 100, 0);
        assert_eq!(phone.open().unwrap_err(), OpenFailure::Damaged);
        let kept = phone.folder.path().join(format!("quarantine/000{number}/vault.db"));
        assert!(kept.exists());
        drop(phone.open().unwrap());
    }
}

#[test]
fn a_full_disk_is_named_and_changes_nothing() {
    let phone = filled(10);
    let vault = phone.opened();
    let full: Result<(), VaultFailure> = vault.write(|tx| {
        tx.execute_batch("PRAGMA max_page_count = 1")?;
        for _ in 0..1000 {
            tx.execute("INSERT INTO notes_note (text) VALUES (?1)", ["y".repeat(500)])?;
        }
        Ok(())
    });
    assert_eq!(full, Err(VaultFailure::Storage(StorageTrouble::Full)));
    assert_eq!(notes(&vault).unwrap().len(), 10);
    vault
        .write(|tx| Ok::<_, VaultFailure>(tx.execute_batch("PRAGMA max_page_count = 1000000")?))
        .unwrap();
    write(&vault, "room again").unwrap();
    assert_eq!(notes(&vault).unwrap().len(), 11);
}

#[test]
fn a_folder_that_cannot_be_made_is_named() {
    let phone = Phone::new();
    fs::write(phone.current(), "a file where the folder should be").unwrap();
    assert!(matches!(phone.open().unwrap_err(), OpenFailure::Storage(_)));
}

/// The files as they lie on the disk after each of `count` commits, each of two rows.
fn history(count: usize) -> (Phone, Vec<tempfile::TempDir>) {
    let phone = Phone::new();
    let vault = phone.opened();
    let mut copies = Vec::new();
    for number in 0..count {
        vault
            .write(|tx| {
                for half in ["a", "b"] {
                    let text = format!("{number}{half} {}", "z".repeat(900));
                    tx.execute("INSERT INTO notes_note (text) VALUES (?1)", [text])?;
                }
                Ok::<_, VaultFailure>(())
            })
            .unwrap();
        let copy = tempfile::tempdir().unwrap();
        copy_folder(&phone.current(), copy.path());
        copies.push(copy);
    }
    drop(vault);
    (phone, copies)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_power_cut_at_any_byte_of_the_log_leaves_whole_commits(
        commits in 1_usize..6,
        cut in 0.0_f64..=1.0,
    ) {
        let (phone, copies) = history(commits);
        let last = copies.last().unwrap().path();
        fs::remove_dir_all(phone.current()).unwrap();
        copy_folder(last, &phone.current());
        let log = phone.current().join("vault.db-wal");
        let bytes = fs::read(&log).unwrap();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss, reason = "a place to cut")]
        let kept = (bytes.len() as f64 * cut) as usize;
        fs::write(&log, &bytes[..kept]).unwrap();
        let _ = fs::remove_file(phone.current().join("vault.db-shm"));

        match phone.open() {
            Ok((vault, _)) => {
                let rows = notes(&vault).unwrap();
                prop_assert!(rows.len().is_multiple_of(2), "half a commit: {} rows", rows.len());
                prop_assert!(rows.len() <= commits * 2);
                if kept == bytes.len() {
                    prop_assert_eq!(rows.len(), commits * 2);
                }
            }
            // The epoch of this opening itself was in the part that is gone.
            Err(failure) => prop_assert_eq!(failure, OpenFailure::RolledBack),
        }
    }
}

#[test]
fn every_acknowledged_commit_survives_a_kill() {
    let (phone, copies) = history(4);
    for (number, copy) in copies.iter().enumerate() {
        fs::remove_dir_all(phone.current()).unwrap();
        copy_folder(copy.path(), &phone.current());
        // The store is as it was then too: this opening is the second in its life.
        let then = Phone { folder: tempfile::tempdir().unwrap(), ..Phone::new() };
        drop(then.opened());
        fs::remove_dir_all(then.current()).unwrap();
        copy_folder(copy.path(), &then.current());
        assert_eq!(notes(&then.opened()).unwrap().len(), (number + 1) * 2);
    }
}
