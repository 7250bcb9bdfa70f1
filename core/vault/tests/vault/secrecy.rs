//! What somebody with the files, but without the key, gets: nothing.

use std::fs;

use crate::phone::{Phone, all_bytes, notes, write};
use guichet_vault::VaultFailure;
use guichet_vault::rusqlite::{Connection, ErrorCode};

const SECRETS: [&str; 4] =
    ["李明的工资账户", "6222021000112233445", "Blue Bottle Coffee", "-38.50"];

fn contains(bytes: &[u8], text: &str) -> bool {
    bytes.windows(text.len()).any(|window| window == text.as_bytes())
}

fn assert_silent(phone: &Phone, when: &str) {
    let files = all_bytes(phone.folder.path());
    assert!(
        files.iter().any(|(_, bytes)| bytes.len() > 4096),
        "{when}: there is something to search"
    );
    for (path, bytes) in files {
        for text in SECRETS.iter().copied().chain(["notes_note", "SQLite format 3", "INTEGER"]) {
            assert!(!contains(&bytes, text), "{when}: {text} in {}", path.display());
        }
    }
}

#[test]
fn invariant_07_silent_no_file_holds_a_word_of_it() {
    let phone = Phone::new();
    let vault = phone.opened();
    for text in SECRETS {
        write(&vault, text).unwrap();
    }
    assert!(phone.current().join("vault.db-wal").exists());
    assert_silent(&phone, "open, rows in the log");
    vault
        .write(|tx| {
            tx.execute("UPDATE notes_note SET text = text || text", [])?;
            assert_silent(&phone, "in mid-transaction");
            Ok::<_, VaultFailure>(())
        })
        .unwrap();
    vault.lock();
    assert!(!phone.current().join("vault.db-wal").exists());
    assert_silent(&phone, "locked");
}

#[test]
fn the_search_would_find_plain_text() {
    let folder = tempfile::tempdir().unwrap();
    let plain = Connection::open(folder.path().join("plain.db")).unwrap();
    plain.execute_batch("CREATE TABLE notes_note (text TEXT)").unwrap();
    plain.execute("INSERT INTO notes_note VALUES (?1)", [SECRETS[0]]).unwrap();
    let bytes = fs::read(folder.path().join("plain.db")).unwrap();
    assert!(contains(&bytes, SECRETS[0]) && contains(&bytes, "SQLite format 3"));
}

#[test]
fn sqlite_without_the_key_refuses_the_file() {
    let phone = Phone::new();
    write(&phone.opened(), SECRETS[0]).unwrap();
    for key in [None, Some("x'00'"), Some("a passphrase")] {
        let thief = Connection::open(phone.database()).unwrap();
        thief.execute_batch("PRAGMA cipher_log_level = NONE").unwrap();
        if let Some(key) = key {
            thief.key(Some("main"), key, false).unwrap();
        }
        let read = thief.query_row("SELECT count(*) FROM sqlite_schema", [], |_| Ok(()));
        assert_eq!(read.unwrap_err().sqlite_error_code(), Some(ErrorCode::NotADatabase));
    }
    assert_eq!(notes(&phone.opened()).unwrap(), [SECRETS[0]]);
}

#[test]
fn deleted_rows_are_not_left_in_the_pages() {
    let phone = Phone::new();
    let vault = phone.opened();
    write(&vault, SECRETS[0]).unwrap();
    let on: i64 = vault
        .write(|tx| {
            Ok::<_, VaultFailure>(tx.query_row("PRAGMA secure_delete", [], |row| row.get(0))?)
        })
        .unwrap();
    assert_eq!(on, 1);
}

#[test]
fn errors_carry_no_row() {
    let phone = Phone::new();
    let vault = phone.opened();
    let failure: VaultFailure = vault
        .write(|tx| {
            tx.execute("INSERT INTO notes_note (id, text) VALUES (?1, ?1)", [SECRETS[0]])?;
            Ok::<_, VaultFailure>(())
        })
        .unwrap_err();
    let shown = format!("{failure} {failure:?}");
    assert!(!shown.contains(SECRETS[0]) && !shown.contains("notes"), "{shown}");
}

#[cfg(unix)]
#[test]
fn files_are_readable_by_the_app_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let phone = Phone::new();
    let vault = phone.opened();
    write(&vault, "x").unwrap();
    for (path, _) in all_bytes(phone.folder.path()) {
        let mode = fs::metadata(&path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode, 0o600, "{}", path.display());
    }
    assert_eq!(fs::metadata(phone.current()).unwrap().permissions().mode() & 0o777, 0o700);
}
