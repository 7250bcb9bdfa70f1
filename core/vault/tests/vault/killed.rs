//! A process that is really killed, and one that is really second.

use std::env;
use std::fs;
use std::io::{self, BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::Arc;

use guichet_foundation::ports::fakes::FakeEntropy;
use guichet_foundation::ports::{ReleaseRequest, SecureStore, Slot, StoreFailure};
use guichet_foundation::sensitivity::SecretBytes;
use guichet_vault::{OpenFailure, RootKey, Vault};

use crate::phone::{NOTES, notes, write};

const FOLDER: &str = "GUICHET_TEST_VAULT_FOLDER";

/// A secure store of files, since it has to outlive a process.
struct FileStore(PathBuf);

impl SecureStore for FileStore {
    fn get(&self, slot: Slot) -> Result<Option<SecretBytes>, StoreFailure> {
        match fs::read(self.0.join(slot.name())) {
            Ok(bytes) => Ok(Some(SecretBytes::new(bytes))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(_) => Err(StoreFailure::Platform),
        }
    }

    fn put(&self, slot: Slot, value: &SecretBytes) -> Result<(), StoreFailure> {
        let new = self.0.join("new");
        fs::write(&new, value.expose_secret())
            .and_then(|()| fs::rename(&new, self.0.join(slot.name())))
            .map_err(|_| StoreFailure::Platform)
    }

    fn put_guarded(&self, _: Slot, _: &SecretBytes) -> Result<(), StoreFailure> {
        Err(StoreFailure::NoBiometrics)
    }

    fn remove(&self, _: Slot) -> Result<(), StoreFailure> {
        Err(StoreFailure::Platform)
    }

    fn ask_release(&self, _: ReleaseRequest) {}
}

fn start(folder: &Path) -> (Vault, RootKey) {
    let store = Arc::new(FileStore(folder.to_owned()));
    let vault = Vault::new(folder.join("vault"), store, vec![NOTES]);
    (vault, RootKey::make(&FakeEntropy::seeded(5)))
}

/// The second process: writes numbers and says each once it is committed, until it is killed. Without a folder it is no second
/// process, and nothing happens.
#[test]
fn writes_until_killed() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let (vault, root) = start(Path::new(&folder));
    vault.open(&root).unwrap();
    let mut number = notes(&vault).unwrap().len();
    loop {
        write(&vault, &number.to_string()).unwrap();
        writeln!(io::stdout(), "committed {number}").unwrap();
        number += 1;
    }
}

fn second_process(folder: &Path) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", "killed::writes_until_killed", "--nocapture"])
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap()
}

#[test]
fn every_commit_that_was_acknowledged_survives_kill_9() {
    let folder = tempfile::tempdir().unwrap();
    let (vault, root) = start(folder.path());
    let mut acknowledged = 0;
    for round in 0..5 {
        let mut child = second_process(folder.path());
        // Kept until the end: the other process must not fail on a closed pipe before it is killed.
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let committed = lines
            .by_ref()
            .map_while(Result::ok)
            .filter_map(|line| line.rsplit_once("committed ")?.1.parse::<usize>().ok());
        for number in committed.take(3 + round * 7) {
            acknowledged = number + 1;
        }
        assert_eq!(vault.open(&root), Err(OpenFailure::InUse), "while the other lives");
        child.kill().unwrap();
        child.wait().unwrap();

        vault.open(&root).unwrap();
        let found = notes(&vault).unwrap();
        vault.lock();
        assert!(found.len() >= acknowledged, "{} of {acknowledged}", found.len());
        let in_order: Vec<String> = (0..found.len()).map(|number| number.to_string()).collect();
        assert_eq!(found, in_order);
    }
}
