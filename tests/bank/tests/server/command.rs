//! `cargo bank` as a process.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use serde_json::Value;
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
    for flag in ["--port", "--data", "--json", "--rotate-refresh-tokens", "--seed"] {
        assert!(text.contains(flag), "{flag}");
    }
}
