//! Vaults that older versions wrote still open (tests/fixtures/old-vaults).

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use guichet_foundation::ports::fakes::{FakeEntropy, FakeStore};
use guichet_foundation::ports::{SecureStore as _, Slot};
use guichet_foundation::sensitivity::SecretBytes;
use guichet_ledger::Ledger;
use guichet_vault::keys::by_pin::{self, PinCost};
use guichet_vault::{Opened, RootKey, Vault};

use crate::bank::{account, named, page, parse, transaction};

const PIN: &[u8] = b"739184";
const KEPT: [Slot; 3] = [Slot::VaultRootByPin, Slot::PinPepper, Slot::VaultEpoch];

fn pin() -> SecretBytes {
    SecretBytes::new(PIN.to_vec())
}

fn fixtures() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/fixtures/old-vaults")
}

/// Writes a fixture of this version into the folder named by `GUICHET_WRITE_OLD_VAULT`; without it, into a folder that is thrown
/// away, so that the writer itself is tested.
#[test]
fn a_fixture_of_this_version_can_be_written_and_opened() {
    let thrown_away = tempfile::tempdir().unwrap();
    let asked = std::env::var_os("GUICHET_WRITE_OLD_VAULT").map(PathBuf::from);
    let folder = asked.unwrap_or_else(|| thrown_away.path().join("fixture"));
    write_fixture(&folder);
    assert_opens(&folder);
}

fn write_fixture(to: &Path) {
    let store = FakeStore::default();
    let entropy = FakeEntropy::seeded(2026);
    let root = RootKey::make(&entropy);
    by_pin::wrap(&store, &entropy, &root, &pin(), PinCost::new(64, 1)).unwrap();
    let vault = Vault::new(to.to_owned(), Arc::new(store.clone()), vec![guichet_ledger::schema()]);
    vault.open(&root).unwrap();
    let mut coffee =
        named(transaction("t-1", "a-1", 60, -3850), Some("Blue Bottle"), Some("蓝瓶咖啡"));
    coffee["note"] = "for two".into();
    let rows = [coffee, transaction("t-2", "a-1", 120, 1_234_500)];
    let first = parse(&page("c-1", &[account("a-1", 1_230_650)], &rows, &[]));
    Ledger::new(vault.clone()).ingest(None, &first).unwrap();
    vault.lock();
    for slot in KEPT {
        let item = store.get(slot).unwrap().unwrap();
        fs::write(to.join(slot.name()), item.expose_secret()).unwrap();
    }
    fs::remove_file(to.join("vault.lock")).unwrap();
}

/// Opens a copy: opening writes.
fn assert_opens(fixture: &Path) {
    let folder = tempfile::tempdir().unwrap();
    let store = FakeStore::default();
    for slot in KEPT {
        let item = SecretBytes::new(fs::read(fixture.join(slot.name())).unwrap());
        store.put(slot, &item).unwrap();
    }
    fs::create_dir(folder.path().join("current")).unwrap();
    let database = Path::new("current/vault.db");
    fs::copy(fixture.join(database), folder.path().join(database)).unwrap();

    let root = by_pin::unwrap(&store, &pin()).unwrap();
    let schemas = vec![guichet_ledger::schema()];
    let vault = Vault::new(folder.path().to_owned(), Arc::new(store), schemas);
    assert_eq!(vault.open(&root), Ok(Opened::Existing));
    let ledger = Ledger::new(vault);
    assert_eq!(ledger.accounts().unwrap()[0].booked.with_code(), "CNY 12,306.50");
    assert_eq!(ledger.recent(10).unwrap().len(), 2);
    let coffee = &ledger.search("咖啡 38.5", None, 10).unwrap().transactions[0];
    assert_eq!(coffee.note.as_ref().unwrap().expose(), "for two");
    assert_eq!(ledger.cursor().unwrap().unwrap().as_str(), "c-1");
}

#[test]
fn invariant_12_old_vaults_of_every_released_version_open() {
    let versions: Vec<PathBuf> = fs::read_dir(fixtures())
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.is_dir())
        .collect();
    assert!(!versions.is_empty());
    for version in versions {
        assert_opens(&version);
    }
}
