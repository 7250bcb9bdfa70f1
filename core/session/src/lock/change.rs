use std::sync::Arc;

use guichet_foundation::ports::StoreFailure;
use guichet_foundation::sensitivity::{C3, SecretBytes};
use guichet_vault::RootKey;
use guichet_vault::keys::{WrapFailure, by_pin};
use subtle::ConstantTimeEq as _;

use super::attempts::Attempts;
use super::pin::{self, PinRefusal};
use super::unlock::UnlockRefusal;
use crate::standing::Standing;
use crate::{CallFailure, Session, finished};

/// Why a PIN was not set. The old one, if there is one, still holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetPinRefusal {
    /// It may not be chosen.
    #[error(transparent)]
    Pin(#[from] PinRefusal),
    /// A first PIN is set once, after the device is enrolled; a changed one while the app is unlocked.
    #[error("a first PIN is set after the device is enrolled, a changed one while unlocked")]
    NotNow,
    /// The new PIN is the old one.
    #[error("the new PIN is the old one")]
    Same,
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
    /// Whether the customer may choose `pin`: the rules, all of them.
    pub fn check_pin(&self, pin: &C3<String>) -> Result<(), PinRefusal> {
        let device = self.0.keeper.snapshot().registration.device;
        let known = device.map(|device| device.customer.not_in_pin).unwrap_or_default();
        pin::check(pin.expose_secret(), &known)
    }

    /// Sets the first PIN: draws the vault's root key, wraps it under the PIN, makes the vault and leaves it open.
    pub async fn set_pin(&self, pin: C3<String>) -> Result<(), SetPinRefusal> {
        self.check_pin(&pin)?;
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

    /// Replaces the PIN by another, in an unlocked app; the old one is a try that counts. Killed anywhere, one of the two is the PIN.
    pub async fn change_pin(&self, old: C3<String>, new: C3<String>) -> Result<(), SetPinRefusal> {
        self.check_pin(&new)?;
        let session = self.clone();
        finished(async move {
            let same = old.expose_secret().as_bytes().ct_eq(new.expose_secret().as_bytes());
            let tried = {
                let _keys_in_use = session.0.keys.lock().await;
                if session.standing().is_locked() {
                    return Err(SetPinRefusal::NotNow);
                }
                match session.try_pin(&old).await {
                    Ok(_) if bool::from(same) => return Err(SetPinRefusal::Same),
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
        tokio::task::spawn_blocking(work).await.unwrap_or(Err(WrapFailure::Memory))
    }
}
