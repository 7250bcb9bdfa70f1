//! Opening: what is made, what is refused, and what is left untouched.

use std::fs;

use crate::phone::{NOTES, Phone, all_bytes, copy_folder, notes, write};
use guichet_foundation::ports::fakes::FakeEntropy;
use guichet_foundation::ports::{SecureStore as _, Slot};
use guichet_foundation::sensitivity::SecretBytes;
use guichet_vault::{OpenFailure, Opened, RootKey, Schema, VaultFailure, erase};

#[test]
fn what_was_written_is_there_after_opening_again() {
    let phone = Phone::new();
    let (vault, opened) = phone.open().unwrap();
    assert_eq!(opened, Opened::Created);
    write(&vault, "one").unwrap();
    vault.lock();
    assert_eq!(vault.open(&phone.root), Ok(Opened::Existing));
    assert_eq!(notes(&vault).unwrap(), ["one"]);
}

#[test]
fn invariant_11_locked_a_locked_vault_reads_and_writes_nothing() {
    let phone = Phone::new();
    let vault = phone.start();
    assert!(!vault.is_open());
    assert_eq!(notes(&vault), Err(VaultFailure::Locked));
    vault.open(&phone.root).unwrap();
    let clone = vault.clone();
    vault.lock();
    assert!(!clone.is_open());
    assert_eq!(write(&clone, "late"), Err(VaultFailure::Locked));
    assert_eq!(format!("{clone:?}"), "Vault(locked)");
}

#[test]
fn a_write_that_fails_changes_nothing() {
    let phone = Phone::new();
    let vault = phone.opened();
    let result: Result<(), VaultFailure> = vault.write(|tx| {
        tx.execute("INSERT INTO notes_note (text) VALUES ('half')", [])?;
        tx.execute("INSERT INTO notes_note (id, text) VALUES (1, 'twice')", [])?;
        Ok(())
    });
    assert!(matches!(result, Err(VaultFailure::Refused { .. })), "{result:?}");
    assert!(notes(&vault).unwrap().is_empty());
}

#[test]
fn a_reader_cannot_write() {
    let phone = Phone::new();
    let vault = phone.opened();
    let result: Result<(), VaultFailure> = vault.read(|connection| {
        connection.execute("INSERT INTO notes_note (text) VALUES ('sneaked in')", [])?;
        Ok(())
    });
    assert!(result.is_err());
    assert!(notes(&vault).unwrap().is_empty());
}

#[test]
fn reading_during_a_write_sees_the_last_commit() {
    let phone = Phone::new();
    let vault = phone.opened();
    write(&vault, "before").unwrap();
    let seen: Vec<String> = vault
        .write(|tx| {
            tx.execute("INSERT INTO notes_note (text) VALUES ('during')", [])?;
            notes(&vault)
        })
        .unwrap();
    assert_eq!(seen, ["before"]);
    assert_eq!(notes(&vault).unwrap(), ["before", "during"]);
}

#[test]
fn another_root_key_is_told_apart_from_damage_and_changes_nothing() {
    let phone = Phone::new();
    write(&phone.opened(), "mine").unwrap();
    let before = all_bytes(&phone.current());
    let other = RootKey::make(&FakeEntropy::seeded(2));
    assert_eq!(phone.start().open(&other), Err(OpenFailure::WrongKey));
    assert_eq!(all_bytes(&phone.current()), before);
    assert_eq!(notes(&phone.opened()).unwrap(), ["mine"]);
}

#[test]
fn two_handles_cannot_have_it_open_at_once() {
    let phone = Phone::new();
    let first = phone.opened();
    assert_eq!(phone.start().open(&phone.root), Err(OpenFailure::InUse));
    write(&first, "still mine").unwrap();
    first.lock();
    assert_eq!(notes(&phone.opened()).unwrap(), ["still mine"]);
}

const ROOM_1: Schema =
    Schema { room: "room", steps: &["CREATE TABLE room_a (n INTEGER NOT NULL) STRICT;"] };
const ROOM_2: Schema = Schema {
    room: "room",
    steps: &[
        "CREATE TABLE room_a (n INTEGER NOT NULL) STRICT;",
        "ALTER TABLE room_a ADD COLUMN word TEXT NOT NULL DEFAULT 'old';",
    ],
};
const ROOM_2_BROKEN: Schema = Schema {
    room: "room",
    steps: &[
        "CREATE TABLE room_a (n INTEGER NOT NULL) STRICT;",
        "ALTER TABLE room_a ADD COLUMN word TEXT NOT NULL DEFAULT 'old'; DROP TABLE nothing;",
    ],
};

fn phone_with(schemas: &[Schema]) -> Phone {
    Phone { schemas: schemas.to_vec(), ..Phone::new() }
}

fn put_row(phone: &Phone) {
    phone
        .opened()
        .write(|tx| Ok::<_, VaultFailure>(tx.execute("INSERT INTO room_a (n) VALUES (1)", [])?))
        .unwrap();
}

fn word(phone: &Phone) -> Result<String, VaultFailure> {
    phone.opened().read(|connection| {
        Ok(connection.query_row("SELECT word FROM room_a", [], |row| row.get(0))?)
    })
}

#[test]
fn invariant_12_old_vaults_migrate_forward_with_their_rows() {
    let mut phone = phone_with(&[ROOM_1]);
    put_row(&phone);
    phone.schemas = vec![NOTES, ROOM_2];
    assert_eq!(word(&phone).unwrap(), "old");
    assert!(notes(&phone.opened()).unwrap().is_empty());
}

#[test]
fn a_migration_that_fails_leaves_the_old_version_whole() {
    let mut phone = phone_with(&[ROOM_1]);
    put_row(&phone);
    phone.schemas = vec![ROOM_2_BROKEN];
    assert!(phone.open().is_err());
    phone.schemas = vec![ROOM_2];
    assert_eq!(word(&phone).unwrap(), "old");
}

#[test]
fn invariant_12_a_newer_vault_is_refused_and_untouched() {
    let mut phone = phone_with(&[ROOM_2]);
    put_row(&phone);
    let before = all_bytes(phone.folder.path());
    for older in [vec![ROOM_1], vec![], vec![NOTES]] {
        phone.schemas = older;
        assert_eq!(phone.open().unwrap_err(), OpenFailure::Newer);
        assert_eq!(all_bytes(phone.folder.path()), before);
    }
    phone.schemas = vec![ROOM_2];
    assert_eq!(word(&phone).unwrap(), "old");
}

#[test]
fn invariant_12_a_newer_vault_with_a_log_left_by_a_kill_is_untouched_too() {
    let mut phone = phone_with(&[ROOM_1]);
    put_row(&phone);
    phone.schemas = vec![ROOM_2];
    let newer = phone.opened();
    phone.killed_while_open(newer);
    // The index of the log is rebuilt by whoever opens; a kill of the phone itself leaves none.
    fs::remove_file(phone.current().join("vault.db-shm")).unwrap();
    assert!(fs::metadata(phone.current().join("vault.db-wal")).unwrap().len() > 0);

    let before = all_bytes(phone.folder.path());
    phone.schemas = vec![ROOM_1];
    assert_eq!(phone.open().unwrap_err(), OpenFailure::Newer);
    assert_eq!(all_bytes(phone.folder.path()), before);
    phone.schemas = vec![ROOM_2];
    assert_eq!(word(&phone).unwrap(), "old");
}

#[test]
fn an_older_copy_put_back_is_noticed_and_moved_aside() {
    let phone = Phone::new();
    write(&phone.opened(), "before").unwrap();
    let copy = tempfile::tempdir().unwrap();
    copy_folder(&phone.current(), copy.path());
    write(&phone.opened(), "after").unwrap();
    fs::remove_dir_all(phone.current()).unwrap();
    copy_folder(copy.path(), &phone.current());

    assert_eq!(phone.open().unwrap_err(), OpenFailure::RolledBack);
    assert!(phone.folder.path().join("quarantine/0001/vault.db").exists());
    let (vault, opened) = phone.open().unwrap();
    assert_eq!(opened, Opened::Recreated);
    assert!(notes(&vault).unwrap().is_empty());
}

#[test]
fn deleting_the_file_is_noticed_as_well() {
    let phone = Phone::new();
    drop(phone.opened());
    fs::remove_dir_all(phone.current()).unwrap();
    assert_eq!(phone.open().unwrap().1, Opened::Recreated);
    assert_eq!(phone.open().unwrap().1, Opened::Existing);
}

#[test]
fn a_kill_between_file_and_store_is_tolerated_however_often() {
    let phone = Phone::new();
    write(&phone.opened(), "kept").unwrap();
    for _ in 0..3 {
        phone.store.fail_after(Some(0));
        assert!(matches!(phone.open(), Err(OpenFailure::Store(_))));
        phone.store.fail_after(None);
    }
    assert_eq!(notes(&phone.opened()).unwrap(), ["kept"]);
}

#[test]
fn a_kill_during_the_first_opening_leaves_nothing_in_the_way() {
    let phone = Phone::new();
    phone.store.fail_after(Some(0));
    assert!(phone.open().is_err());
    phone.store.fail_after(None);
    assert!(phone.open().is_ok());

    // A file of which only the first page was written, and one of which nothing was.
    for content in [vec![], fs::read(phone.database()).unwrap()[..4096].to_vec()] {
        let half = Phone::new();
        fs::create_dir_all(half.current()).unwrap();
        fs::write(half.database(), content).unwrap();
        let first = half.open().map(|(_, opened)| opened);
        assert!(matches!(first, Ok(Opened::Created) | Err(OpenFailure::Damaged)), "{first:?}");
        assert!(half.open().is_ok());
    }
}

#[test]
fn a_wipe_under_way_keeps_it_closed() {
    let phone = Phone::new();
    drop(phone.opened());
    erase::mark(&phone.store).unwrap();
    assert_eq!(phone.open().unwrap_err(), OpenFailure::BeingErased);
}

#[test]
fn a_record_of_another_shape_is_refused() {
    let phone = Phone::new();
    drop(phone.opened());
    phone.store.put(Slot::VaultEpoch, &SecretBytes::new(vec![2, 0])).unwrap();
    assert_eq!(phone.open().unwrap_err(), OpenFailure::Newer);
    for bad in [vec![], vec![0], vec![1; 9]] {
        phone.store.put(Slot::VaultEpoch, &SecretBytes::new(bad)).unwrap();
        assert!(matches!(phone.open(), Err(OpenFailure::Store(_))));
    }
}
