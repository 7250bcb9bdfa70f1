use std::sync::Arc;

use guichet_foundation::ports::StoreFailure;
use guichet_foundation::sensitivity::{C3, SecretBytes};
use guichet_vault::RootKey;
use guichet_vault::keys::{WrapFailure, by_pin};

use super::attempts::Attempts;
use super::pin::{self, PinRefusal};
use super::unlock::UnlockRefusal;
use crate::key_work::key_work;
use crate::standing::Standing;
use crate::{CallFailure, Session, finished};

/// Why a PIN was not set. The old one, if there is one, still holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetPinRefusal {
    /// It may not be chosen.
    #[error(transparent)]
    Pin(#[from] PinRefusal),
    /// The device is not enrolled yet, or has a PIN already.
    #[error("a first PIN is set once, after the device is enrolled")]
    NotNow,
    /// The old PIN was not proved, or the vault does not open.
    #[error(transparent)]
    Old(#[from] UnlockRefusal),
    /// The key could not be wrapped.
    #[error(transparent)]
    Wrap(#[from] WrapFailure),
    /// The secure store does not answer.
    #[error(transparent)]
    Store(#[from] StoreFailure),
}

impl From<CallFailure> for SetPinRefusal {
    /// The task was ended with the app.
    fn from(_: CallFailure) -> Self {
        Self::Old(UnlockRefusal::Superseded)
    }
}

impl Session {
    /// Sets the first PIN: draws the vault's root key, wraps it under the PIN, makes the vault and leaves it open.
    pub async fn set_pin(&self, pin: C3<String>) -> Result<(), SetPinRefusal> {
        pin::check(pin.expose_secret())?;
        let session = self.clone();
        finished(async move {
            let closed = session.0.lock.closed();
            let _keys_in_use = session.0.keys.lock().await;
            if session.standing() != Standing::Enrolled {
                return Err(SetPinRefusal::NotNow);
            }
            let root = RootKey::make(&*session.0.phone.entropy);
            Attempts::NONE.save(&*session.0.phone.secure_store)?;
            let root = session.wrapped(Arc::new(root), &pin).await?;
            session.0.keeper.pin_was_set();
            let root = Arc::into_inner(root).ok_or(UnlockRefusal::Superseded)?;
            session.open_vault(root, closed).await?;
            Ok(())
        })
        .await?
    }

    /// Replaces the PIN by another; the old one is a try that counts.
    pub async fn change_pin(&self, old: C3<String>, new: C3<String>) -> Result<(), SetPinRefusal> {
        pin::check(new.expose_secret())?;
        let session = self.clone();
        finished(async move {
            let tried = {
                let _keys_in_use = session.0.keys.lock().await;
                match session.try_pin(&old).await {
                    Ok(root) => Ok(session.wrapped(Arc::new(root), &new).await?),
                    Err(refusal) => Err(refusal),
                }
            };
            session.wipe_if(tried).await?;
            Ok(())
        })
        .await?
    }

    async fn wrapped(
        &self,
        root: Arc<RootKey>,
        pin: &C3<String>,
    ) -> Result<Arc<RootKey>, WrapFailure> {
        let phone = self.0.phone.clone();
        let pin = SecretBytes::new(pin.expose_secret().as_bytes().to_vec());
        let cost = self.0.lock.pin_cost;
        let work = move || {
            by_pin::wrap(&*phone.secure_store, &*phone.entropy, &root, &pin, cost).map(|()| root)
        };
        key_work(work).await.unwrap_or(Err(WrapFailure::Memory))
    }
}
