//! `cargo bank` as a process.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::{Value, json};
use tempfile::TempDir;

use crate::bank::folder_with_books;

fn bank(arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_bank"));
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Only the tests of a fresh start wait for books to be invented.
fn kept_folder() -> TempDir {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(folder_with_books())
}

/// Starts a bank and reads the one line it says when it is ready.
fn ready(arguments: &[&str]) -> (Child, Value) {
    let mut child = bank(arguments).spawn().unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    (child, serde_json::from_str(&line).expect("one line of JSON"))
}

fn books_folder(announcement: &Value) -> PathBuf {
    Path::new(announcement["books"].as_str().unwrap()).parent().unwrap().to_owned()
}

#[test]
fn one_line_of_json_says_everything_a_client_needs() {
    let folder = kept_folder();
    let data = folder.path().to_str().unwrap();
    let (mut child, announcement) = ready(&["--port", "0", "--data", data, "--json"]);
    for member in [
        "issuer",
        "port",
        "pid",
        "ca_pem",
        "ca_file",
        "pin_set",
        "trust_anchor",
        "redirect_uri",
        "registration_token",
        "control_token",
        "books",
        "customers",
    ] {
        assert!(announcement.get(member).is_some(), "{member}");
    }
    assert_eq!(announcement["pid"], child.id());
    assert!(announcement["customers"].as_array().unwrap().len() >= 4);
    let ca = std::fs::read_to_string(announcement["ca_file"].as_str().unwrap()).unwrap();
    assert_eq!(announcement["ca_pem"], ca);
    child.kill().unwrap();
    child.wait().unwrap();
}

#[cfg(unix)]
#[test]
fn a_signal_stops_it_and_removes_the_temporary_folder() {
    for signal in ["-TERM", "-INT"] {
        let (mut child, announcement) = ready(&["--port", "0", "--json"]);
        let folder = books_folder(&announcement);
        assert!(folder.is_dir());
        let pid = child.id().to_string();
        assert!(Command::new("kill").args([signal, &pid]).status().unwrap().success());
        assert!(child.wait().unwrap().success());
        assert!(!folder.exists());
    }
}

#[test]
fn killed_and_started_again_it_is_the_same_bank() {
    let folder = kept_folder();
    let data = folder.path().to_str().unwrap();
    let (mut child, before) = ready(&["--port", "0", "--data", data, "--json"]);
    child.kill().unwrap();
    child.wait().unwrap();
    let (mut child, after) = ready(&["--port", "0", "--data", data, "--json"]);
    child.kill().unwrap();
    child.wait().unwrap();
    for member in ["ca_pem", "trust_anchor", "registration_token", "control_token", "books"] {
        assert_eq!(after[member], before[member], "{member}");
    }
}

#[test]
fn what_goes_wrong_is_one_sentence_and_a_failure() {
    let folder = kept_folder();
    let data = folder.path().to_str().unwrap();
    let (mut running, announcement) = ready(&["--port", "0", "--data", data, "--json"]);
    let port = announcement["port"].to_string();
    for arguments in
        [["--port", port.as_str()], ["--data", "/dev/null/nowhere"], ["--port", "65536"]]
    {
        let mut child = bank(&arguments).spawn().unwrap();
        let (mut said, mut complained) = (String::new(), String::new());
        child.stdout.take().unwrap().read_to_string(&mut said).unwrap();
        child.stderr.take().unwrap().read_to_string(&mut complained).unwrap();
        assert!(!child.wait().unwrap().success());
        assert_eq!(said, "");
        assert!(complained.starts_with("error: "), "{complained}");
        assert!(!complained.contains("panicked"), "{complained}");
    }
    running.kill().unwrap();
    running.wait().unwrap();
}

#[test]
fn help_names_every_flag() {
    let help = bank(&["--help"]).output().unwrap();
    assert!(help.status.success());
    let text = String::from_utf8(help.stdout).unwrap();
    for flag in [
        "--port",
        "--data",
        "--json",
        "--rotate-refresh-tokens",
        "--seed",
        "--android-app",
        "--apple-app",
        "--apple-development",
        "--attestation-roots",
        "--attestation-revoked",
    ] {
        assert!(text.contains(flag), "{flag}");
    }
}

#[test]
fn what_is_believed_of_phones_makers_is_told_and_configured() {
    let folder = kept_folder();
    let data = folder.path().to_str().unwrap();
    let (mut child, announcement) = ready(&["--port", "0", "--data", data, "--json"]);
    child.kill().unwrap();
    child.wait().unwrap();
    let told = &announcement["attestation"];
    assert_eq!(told["android_roots"].as_array().unwrap().len(), 2);
    assert_eq!(told["apple_roots"].as_array().unwrap().len(), 1);
    assert_eq!(told["android_apps"], json!([]));
    assert_eq!(announcement["limits"]["software"]["per_payment_fen"], 2_000_000);

    let files = tempfile::tempdir().unwrap();
    let roots = files.path().join("roots");
    std::fs::create_dir_all(roots.join("android")).unwrap();
    let root = include_bytes!("../../src/attestation/roots/android-ec.pem");
    std::fs::write(roots.join("android/one.pem"), root).unwrap();
    std::fs::write(roots.join("android/README"), "not a certificate, and not looked at").unwrap();
    let list = files.path().join("status.json");
    std::fs::write(&list, r#"{"entries": {"6681152659205225093": {"status": "REVOKED"}}}"#)
        .unwrap();
    let app = format!("bank.guichet.android={}", "5a".repeat(32));
    let (mut child, announcement) = ready(&[
        "--port",
        "0",
        "--data",
        data,
        "--json",
        "--attestation-roots",
        roots.to_str().unwrap(),
        "--attestation-revoked",
        list.to_str().unwrap(),
        "--android-app",
        &app,
        "--apple-app",
        "AB12345678.bank.guichet.ios",
        "--apple-development",
    ]);
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(
        announcement["attestation"],
        json!({ "android_roots": ["84a9d0297b0eb58ae7ff0e80de760605"],
                "android_apps": ["bank.guichet.android"], "apple_roots": [],
                "apple_apps": ["AB12345678.bank.guichet.ios"], "apple_development": true,
                "revoked": 1 })
    );
}

#[test]
fn options_of_attestation_that_make_no_sense_are_refused_by_name() {
    let folder = kept_folder();
    let data = folder.path().to_str().unwrap();
    let files = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        let path = files.path().join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    file("bad/android/root.pem", "not a certificate");
    file("empty/android/root.txt", "not looked at");
    let list = file("list.json", "{}");
    let under = |name: &str| files.path().join(name).to_str().unwrap().to_owned();
    for (option, value, complaint) in [
        ("--android-app", "bank.guichet".to_owned(), "PACKAGE=SHA256"),
        ("--apple-app", "bank.guichet".to_owned(), "TEAMID.BUNDLEID"),
        ("--attestation-roots", under("bad"), "root.pem is not a certificate"),
        ("--attestation-roots", under("empty"), "no certificate in"),
        ("--attestation-roots", under("nowhere"), "no certificate in"),
        ("--attestation-revoked", under("nowhere"), "cannot read"),
        ("--attestation-revoked", list, "is not a revocation list"),
    ] {
        let output = bank(&["--port", "0", "--data", data, option, &value]).output().unwrap();
        assert!(!output.status.success(), "{option} {value}");
        let complained = String::from_utf8(output.stderr).unwrap();
        assert!(complained.starts_with("error: "), "{complained}");
        assert!(complained.contains(complaint), "{complained}");
    }
}
