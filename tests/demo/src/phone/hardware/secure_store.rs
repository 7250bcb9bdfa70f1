//! The secure store as files: each item encrypted, each write durable when it returns.

use std::path::PathBuf;
use std::sync::Arc;

use guichet_foundation::ports::{PromptFailure, ReleaseRequest, SecureStore, Slot, StoreFailure};
use guichet_foundation::sensitivity::SecretBytes;

use super::{Finger, Folders, NotThisFinger, WrappingKey, file};

/// Shows the sensor to the person.
pub(crate) type AskRelease = Arc<dyn Fn(ReleaseRequest) + Send + Sync>;

/// The secure store in `store/`.
pub(crate) struct FileStore {
    folders: Folders,
    key: WrappingKey,
    ask: AskRelease,
}

impl FileStore {
    /// The store of this phone. `ask` shows the prompt. Fails if the folder cannot be read or written.
    pub(crate) fn of(folders: &Folders, ask: AskRelease) -> std::io::Result<Self> {
        Ok(Self { folders: folders.clone(), key: WrappingKey::of(&folders.chip)?, ask })
    }

    /// The guarded item, if the finger is the one it was sealed to.
    pub(crate) fn release(
        &self,
        slot: Slot,
        finger: &Finger,
    ) -> Result<SecretBytes, PromptFailure> {
        let wrapped = file::read(&self.guarded(slot)).map_err(|_| PromptFailure::Platform)?;
        let wrapped = wrapped.ok_or(PromptFailure::KeyInvalidated)?;
        let sealed =
            self.key.unwrap(&guarded_name(slot), &wrapped).ok_or(PromptFailure::Platform)?;
        finger
            .open(slot.name(), &sealed)
            .map(|item| SecretBytes::new(item.to_vec()))
            .map_err(|NotThisFinger| PromptFailure::NotRecognised)
    }

    fn plain(&self, slot: Slot) -> PathBuf {
        self.folders.store.join(slot.name())
    }

    fn guarded(&self, slot: Slot) -> PathBuf {
        self.folders.store.join(guarded_name(slot))
    }
}

fn guarded_name(slot: Slot) -> String {
    format!("{}.guarded", slot.name())
}

impl SecureStore for FileStore {
    fn get(&self, slot: Slot) -> Result<Option<SecretBytes>, StoreFailure> {
        let Some(wrapped) = file::read(&self.plain(slot)).map_err(|_| StoreFailure::Platform)?
        else {
            return Ok(None);
        };
        let item = self.key.unwrap(slot.name(), &wrapped).ok_or(StoreFailure::Platform)?;
        Ok(Some(SecretBytes::new(item.to_vec())))
    }

    fn put(&self, slot: Slot, value: &SecretBytes) -> Result<(), StoreFailure> {
        let wrapped =
            self.key.wrap(slot.name(), value.expose_secret()).ok_or(StoreFailure::Platform)?;
        file::write_durably(&self.plain(slot), &wrapped).map_err(|_| StoreFailure::Platform)
    }

    fn put_guarded(&self, slot: Slot, value: &SecretBytes) -> Result<(), StoreFailure> {
        let finger = self.folders.enrolled_finger().map_err(|_| StoreFailure::Platform)?;
        let wrapped = finger
            .ok_or(StoreFailure::NoBiometrics)?
            .seal(slot.name(), value.expose_secret())
            .and_then(|sealed| self.key.wrap(&guarded_name(slot), &sealed))
            .ok_or(StoreFailure::Platform)?;
        file::write_durably(&self.guarded(slot), &wrapped).map_err(|_| StoreFailure::Platform)
    }

    fn remove(&self, slot: Slot) -> Result<(), StoreFailure> {
        file::remove_durably(&self.plain(slot))
            .and_then(|()| file::remove_durably(&self.guarded(slot)))
            .map_err(|_| StoreFailure::Platform)
    }

    fn ask_release(&self, request: ReleaseRequest) {
        (self.ask)(request);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone() -> (tempfile::TempDir, Folders, Finger) {
        let root = tempfile::tempdir().unwrap();
        let folders = Folders::of(root.path());
        folders.create().unwrap();
        let finger = Finger::grow();
        folders.enrol_finger(&finger.enrolled()).unwrap();
        (root, folders, finger)
    }

    fn store(folders: &Folders) -> FileStore {
        FileStore::of(folders, Arc::new(|_| ())).unwrap()
    }

    fn exposed(item: Option<SecretBytes>) -> Option<Vec<u8>> {
        item.map(|item| item.expose_secret().clone())
    }

    #[test]
    fn items_survive_the_process_and_are_not_readable_in_the_file() {
        let (_root, folders, _finger) = phone();
        let token = b"refresh-token-value".to_vec();
        store(&folders).put(Slot::Tokens, &SecretBytes::new(token.clone())).unwrap();
        assert_eq!(exposed(store(&folders).get(Slot::Tokens).unwrap()), Some(token.clone()));
        let raw = std::fs::read(folders.store.join(Slot::Tokens.name())).unwrap();
        assert!(!raw.windows(token.len()).any(|window| window == token));
    }

    #[test]
    fn a_guarded_item_needs_the_right_finger() {
        let (_root, folders, finger) = phone();
        let item = SecretBytes::new(b"root key".to_vec());
        store(&folders).put_guarded(Slot::VaultRootByBiometric, &item).unwrap();
        let again = store(&folders);
        assert!(again.get(Slot::VaultRootByBiometric).unwrap().is_none());
        let released = again.release(Slot::VaultRootByBiometric, &finger).unwrap();
        assert_eq!(released.expose_secret(), item.expose_secret());
        let wrong = again.release(Slot::VaultRootByBiometric, &Finger::grow()).map(|_| ());
        assert_eq!(wrong, Err(PromptFailure::NotRecognised));
        again.remove(Slot::VaultRootByBiometric).unwrap();
        let gone = again.release(Slot::VaultRootByBiometric, &finger).map(|_| ());
        assert_eq!(gone, Err(PromptFailure::KeyInvalidated));
    }

    #[test]
    fn an_item_moved_to_another_slot_is_refused() {
        let (_root, folders, _finger) = phone();
        let store = store(&folders);
        store.put(Slot::PinSet, &SecretBytes::new(b"old pins".to_vec())).unwrap();
        let name = |slot: Slot| folders.store.join(slot.name());
        std::fs::copy(name(Slot::PinSet), name(Slot::ReceiptKeys)).unwrap();
        assert_eq!(store.get(Slot::ReceiptKeys).map(|_| ()), Err(StoreFailure::Platform));
    }
}
