use guichet_foundation::ports::{Slot, StoreFailure};
use guichet_vault::keys::by_biometric;

use crate::Session;

/// Why a setting of the lock was not changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SettingRefusal {
    /// Only an unlocked app can change it.
    #[error("unlock first")]
    Locked,
    /// The phone has no usable biometrics, or its store fails.
    #[error(transparent)]
    Store(#[from] StoreFailure),
    /// A sign-out or a wipe came in between.
    #[error("a sign-out came in between")]
    Superseded,
}

impl Session {
    /// Keeps a copy of the root key that a biometric releases. The PIN still opens the vault.
    pub async fn enable_biometric_unlock(&self) -> Result<(), SettingRefusal> {
        let _keys_in_use = self.0.keys.lock().await;
        let life = self.0.keeper.life();
        let root = self.0.lock.root().ok_or(SettingRefusal::Locked)?;
        by_biometric::keep(&*self.0.phone.secure_store, &root)?;
        Ok(self.0.keeper.change_registration(life, |registration| {
            registration.biometric_unlock = true;
        })?)
    }

    /// Destroys that copy.
    pub async fn disable_biometric_unlock(&self) -> Result<(), SettingRefusal> {
        let _keys_in_use = self.0.keys.lock().await;
        let life = self.0.keeper.life();
        self.0.phone.secure_store.remove(Slot::VaultRootByBiometric)?;
        Ok(self.0.keeper.change_registration(life, |registration| {
            registration.biometric_unlock = false;
        })?)
    }

    /// Whether the lock screen offers it.
    pub fn has_biometric_unlock(&self) -> bool {
        self.0.keeper.snapshot().registration.biometric_unlock
    }

    /// The copy died with a change of the enrolled biometrics.
    pub(super) fn forget_biometric_unlock(&self) {
        let life = self.0.keeper.life();
        let forgotten = self.0.keeper.change_registration(life, |registration| {
            registration.biometric_unlock = false;
        });
        if forgotten.is_err() {
            tracing::warn!("could not note that unlocking by biometric has ended");
        }
    }
}
