//! What stops a bank from starting: one clear sentence each.

use std::fs;

use guichet_bank::clock::Clock;
use guichet_bank::server::{Bank, Options};

use crate::bank::{TestBank, options};

async fn refusal(options: Options) -> String {
    let error = Bank::start(options).await.expect_err("a bank that cannot start");
    let sentence = error.to_string();
    assert!(!sentence.contains('\n') && !sentence.contains("Error {"), "{sentence}");
    sentence
}

#[tokio::test]
async fn a_port_in_use_is_named() {
    let bank = TestBank::start().await;
    let port = bank.running.announcement.port;
    let sentence = refusal(Options { port, ..Options::default() }).await;
    assert!(sentence.starts_with(&format!("port {port} is in use")), "{sentence}");
}

#[tokio::test]
async fn a_folder_in_use_is_named() {
    let bank = TestBank::start().await;
    let sentence = refusal(options(bank.folder.path(), &bank.clock)).await;
    assert!(sentence.contains("another bank is running"), "{sentence}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_used_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("file");
    fs::write(&file, "").unwrap();
    for path in [file.clone(), file.join("below")] {
        let sentence = refusal(options(&path, &Clock::machine())).await;
        assert!(sentence.starts_with("cannot use the data folder"), "{sentence}");
    }
}

#[tokio::test]
async fn books_of_a_newer_version_are_named_and_left_alone() {
    let bank = TestBank::start().await;
    let folder = bank.folder_as_it_is();
    let path = folder.path().join("bank.sqlite");
    let connection = rusqlite::Connection::open(&path).unwrap();
    connection.pragma_update(None, "user_version", 999).unwrap();
    drop(connection);
    let before = fs::read(&path).unwrap();
    let sentence = refusal(options(folder.path(), &bank.clock)).await;
    assert!(sentence.contains("newer version") && sentence.contains("999"), "{sentence}");
    assert_eq!(fs::read(&path).unwrap(), before);
}

#[tokio::test]
async fn damaged_files_are_named() {
    let bank = TestBank::start().await;
    for name in ["receipt.key.pem", "tls.key.pem", "tokens.json", "registration.key", "bank.sqlite"]
    {
        let folder = bank.folder_as_it_is();
        fs::write(folder.path().join(name), "nonsense that is long enough to be a header").unwrap();
        let sentence = refusal(options(folder.path(), &bank.clock)).await;
        assert!(sentence.contains(name), "{sentence}");
    }
}

#[cfg(unix)]
#[tokio::test]
async fn what_is_secret_is_readable_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let bank = TestBank::start().await;
    let fresh = tempfile::tempdir().unwrap();
    let folder = fresh.path().join("new");
    let _running = Bank::start(options(&folder, &bank.clock)).await.unwrap();
    assert_eq!(fs::metadata(&folder).unwrap().permissions().mode() & 0o777, 0o700);
    for entry in fs::read_dir(&folder).unwrap() {
        let entry = entry.unwrap();
        let mode = entry.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?}", entry.file_name());
    }
}

#[test]
fn invariant_07_silent_what_is_secret_does_not_print() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let bank = runtime.block_on(TestBank::start());
    let printed = format!("{:?}", bank.running);
    let announcement = &bank.running.announcement;
    for secret in [&announcement.registration_token, &announcement.control_token] {
        assert!(!printed.contains(secret));
    }
    assert!(!printed.contains("PRIVATE"));
}
