use std::sync::Arc;

use guichet_foundation::ports::{self, Slot};
use guichet_foundation::sensitivity::SecretBytes;

use super::{PortFailure, StoreFailure};
use crate::prompts::{Prompts, Unshown};

/// The platform's keeper of small secrets (Keychain; Keystore-wrapped preferences): this device only, in no backup. Items are
/// named `guichet.…`; the names never change.
///
/// `put`, `put_guarded` and `remove` are durable when they return: what they did survives a kill right after.
#[uniffi::export(foreign)]
pub trait SecureStore: Send + Sync {
    /// The item, if there is one. A guarded item is not found this way.
    fn get(&self, name: String) -> Result<Option<Vec<u8>>, StoreFailure>;

    /// Writes the item, replacing what was there, whole or not at all.
    fn put(&self, name: String, value: Vec<u8>) -> Result<(), StoreFailure>;

    /// Writes the item so that only a biometric prompt releases it. Dies when biometrics are enrolled anew.
    fn put_guarded(&self, name: String, value: Vec<u8>) -> Result<(), StoreFailure>;

    /// Removes the item, guarded or not. Not there: nothing to do.
    fn remove(&self, name: String) -> Result<(), StoreFailure>;

    /// Shows the prompt with `reason` and returns at once. Answer later with `GuichetApp.item_released` or `GuichetApp.release_failed` and the
    /// same `id`.
    fn ask_release(&self, id: u64, name: String, reason: String) -> Result<(), PortFailure>;
}

pub(crate) struct ForeignSecureStore {
    pub(crate) store: Arc<dyn SecureStore>,
    pub(crate) prompts: Arc<Prompts>,
}

impl ports::SecureStore for ForeignSecureStore {
    fn get(&self, slot: Slot) -> Result<Option<SecretBytes>, ports::StoreFailure> {
        Ok(self.store.get(name(slot))?.map(SecretBytes::new))
    }

    fn put(&self, slot: Slot, value: &SecretBytes) -> Result<(), ports::StoreFailure> {
        Ok(self.store.put(name(slot), value.expose_secret().clone())?)
    }

    fn put_guarded(&self, slot: Slot, value: &SecretBytes) -> Result<(), ports::StoreFailure> {
        Ok(self.store.put_guarded(name(slot), value.expose_secret().clone())?)
    }

    fn remove(&self, slot: Slot) -> Result<(), ports::StoreFailure> {
        Ok(self.store.remove(name(slot))?)
    }

    fn ask_release(&self, request: ports::ReleaseRequest) {
        let ports::ReleaseRequest { id, slot, reason } = request;
        if self.store.ask_release(id.0, name(slot), reason).is_err() {
            self.prompts.could_not_show(Unshown::Release(id));
        }
    }
}

fn name(slot: Slot) -> String {
    slot.name().to_owned()
}
