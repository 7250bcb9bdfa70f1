//! The root key as an item that only a biometric prompt releases. The platform encrypts it under a key of its own.

use guichet_foundation::ports::{SecureStore, Slot, StoreFailure};
use guichet_foundation::sensitivity::SecretBytes;

use crate::keys::UnwrapFailure;
use crate::root_key::{KEY_SIZE, RootKey};

const VERSION: u8 = 1;

/// Keeps `root` in [`Slot::VaultRootByBiometric`], replacing what was there.
///
/// # Errors
/// [`StoreFailure::NoBiometrics`] where none are enrolled.
pub fn keep(store: &dyn SecureStore, root: &RootKey) -> Result<(), StoreFailure> {
    let mut item = Vec::with_capacity(1 + KEY_SIZE);
    item.push(VERSION);
    item.extend_from_slice(root.expose());
    store.put_guarded(Slot::VaultRootByBiometric, &SecretBytes::new(item))
}

/// The root key of an item the platform released.
///
/// # Errors
/// [`UnwrapFailure::Newer`] or [`UnwrapFailure::Damaged`] if the item is not one of [`keep`].
pub fn from_released(item: &SecretBytes) -> Result<RootKey, UnwrapFailure> {
    match item.expose_secret().split_first() {
        Some((&VERSION, key)) => RootKey::from_slice(key).ok_or(UnwrapFailure::Damaged),
        Some((version, _)) if *version > VERSION => Err(UnwrapFailure::Newer),
        _ => Err(UnwrapFailure::Damaged),
    }
}
