//! A vault that turns out to be damaged while the customer looks at it.

use std::fs;
use std::path::Path;

use guichet_app::{History, Place};
use guichet_foundation::sensitivity::C3;

use crate::bad_input::runtime;
use crate::stage::{PIN, Stage};

/// Other bytes in place of every page, in the file and in its log, as a failing flash chip would leave them.
fn spoil(folder: &Path) {
    for name in ["vault.db", "vault.db-wal"] {
        let file = folder.join("current").join(name);
        let Ok(mut bytes) = fs::read(&file) else { continue };
        bytes.iter_mut().skip(64).for_each(|byte| *byte ^= 0x5A);
        fs::write(&file, bytes).unwrap();
    }
}

fn read_everything(history: &History) {
    // Until a page that is not in memory is met.
    for letter in 'a'..='z' {
        history.search(&letter.to_string(), None);
    }
}

#[test]
fn invariant_11_locked_is_locked_also_when_the_vault_closed_itself() {
    runtime().block_on(async {
        let stage = Stage::set_up(2).await;
        spoil(stage.folder());
        read_everything(stage.app.history());
        stage.wait("the lock", |stage| stage.app.state().place == Place::Locked).await;
        assert!(stage.app.home().state().content.is_none());

        stage.app.lock_screen().unlock_with_pin(C3::new(PIN.to_owned())).unwrap();
        stage.wait("the way back in", |stage| stage.app.state().place == Place::Open).await;
        stage.wait("everything again", Stage::is_synced).await;
        let said = stage.app.home().state().content.unwrap().notice.unwrap();
        assert!(said.text.expose().contains("set aside"), "{}", said.text.expose());
        assert!(stage.folder().join("quarantine/0001/vault.db").exists());
    });
}
