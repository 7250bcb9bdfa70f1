//! Wiping, killed anywhere.

use std::fs;

use crate::phone::{Phone, write};
use guichet_foundation::ports::fakes::FakeEntropy;
use guichet_foundation::ports::{SecureStore as _, Slot};
use guichet_foundation::sensitivity::SecretBytes;
use guichet_vault::keys::by_pin::{self, PinCost};
use guichet_vault::keys::{UnwrapFailure, by_biometric};
use guichet_vault::{OpenFailure, Opened, erase};

fn pin() -> SecretBytes {
    SecretBytes::new(b"739184".to_vec())
}

/// A phone in use: every slot filled, a vault with a row, one file in quarantine.
fn lived_in() -> Phone {
    let phone = Phone::new();
    write(&phone.opened(), "gone soon").unwrap();
    fs::create_dir_all(phone.folder.path().join("quarantine/0001")).unwrap();
    fs::write(phone.folder.path().join("quarantine/0001/vault.db"), "old").unwrap();
    for slot in
        [Slot::Registration, Slot::Tokens, Slot::PinSet, Slot::ReceiptKeys, Slot::PinAttempts]
    {
        phone.store.put(slot, &SecretBytes::new(vec![1])).unwrap();
    }
    let entropy = FakeEntropy::seeded(3);
    by_pin::wrap(&phone.store, &entropy, &phone.root, &pin(), PinCost::new(8, 1)).unwrap();
    by_biometric::keep(&phone.store, &phone.root).unwrap();
    phone
}

fn key_is_gone(phone: &Phone) -> bool {
    let by_pin = by_pin::unwrap(&phone.store, &pin()).is_err();
    by_pin && !phone.store.holds(Slot::VaultRootByBiometric)
}

fn assert_all_gone(phone: &Phone) {
    for slot in Slot::ALL {
        assert_eq!(phone.store.holds(slot), erase::KEPT.contains(&slot), "{slot:?}");
    }
    assert_eq!(fs::read_dir(phone.folder.path()).unwrap().count(), 0);
    assert_eq!(by_pin::unwrap(&phone.store, &pin()).unwrap_err(), UnwrapFailure::NoKey);
}

#[test]
fn a_wipe_leaves_nothing_but_trust_documents() {
    let phone = lived_in();
    let vault = phone.opened();
    vault.wipe().unwrap();
    assert!(!vault.is_open());
    assert_all_gone(&phone);
    assert_eq!(erase::resume(&phone.store, phone.folder.path()), Ok(false));
    assert_eq!(vault.open(&phone.root), Ok(Opened::Created));
}

#[test]
fn invariant_08_gone_a_wipe_killed_at_any_write_of_the_store_is_finished() {
    let writes = {
        let phone = lived_in();
        let before = phone.store.writes();
        erase::begin(&phone.store, phone.folder.path()).unwrap();
        phone.store.writes() - before
    };
    assert!(writes >= 9, "journal, slots, journal: {writes}");
    for done in 0..writes {
        let phone = lived_in();
        phone.store.fail_after(Some(done));
        assert!(erase::begin(&phone.store, phone.folder.path()).is_err(), "killed after {done}");
        phone.store.fail_after(None);
        if done == 0 {
            // Nothing was journalled and nothing destroyed: the customer is told that it failed.
            assert!(!key_is_gone(&phone));
            assert!(phone.open().is_ok());
            continue;
        }
        // Even somebody who kept the root key in hand gets nothing from here on.
        let opened = phone.open().map(|_| ());
        assert_eq!(opened, Err(OpenFailure::BeingErased), "killed after {done}");
        if done > 3 {
            assert!(key_is_gone(&phone), "killed after {done}");
        }
        assert_eq!(erase::resume(&phone.store, phone.folder.path()), Ok(true));
        assert_all_gone(&phone);
    }
}

#[test]
fn invariant_08_gone_a_wipe_killed_between_files_is_finished() {
    let names = ["current/vault.db", "current", "quarantine/0001", "quarantine", "vault.lock"];
    for removed in 0..=names.len() {
        let phone = lived_in();
        erase::mark(&phone.store).unwrap();
        for slot in [Slot::VaultRootByPin, Slot::VaultRootByBiometric, Slot::PinPepper] {
            phone.store.remove(slot).unwrap();
        }
        for name in &names[..removed] {
            let path = phone.folder.path().join(name);
            if path.is_dir() {
                fs::remove_dir_all(path).unwrap();
            } else {
                fs::remove_file(path).unwrap();
            }
        }
        assert!(key_is_gone(&phone));
        assert_eq!(phone.open().unwrap_err(), OpenFailure::BeingErased);
        assert_eq!(erase::resume(&phone.store, phone.folder.path()), Ok(true), "{removed} removed");
        assert_all_gone(&phone);
    }
}

#[test]
fn destroying_leaves_the_journal_for_what_else_hangs_on_it() {
    let phone = lived_in();
    erase::mark(&phone.store).unwrap();
    erase::destroy(&phone.store, phone.folder.path()).unwrap();
    assert!(key_is_gone(&phone) && erase::is_marked(&phone.store).unwrap());
    assert_eq!(phone.open().unwrap_err(), OpenFailure::BeingErased);
    assert_eq!(erase::resume(&phone.store, phone.folder.path()), Ok(true));
    assert_all_gone(&phone);
}

#[test]
fn a_wipe_of_a_folder_that_is_gone_is_complete() {
    let phone = lived_in();
    fs::remove_dir_all(phone.folder.path()).unwrap();
    erase::begin(&phone.store, phone.folder.path()).unwrap();
    assert!(!phone.store.holds(Slot::WipeJournal));
}
