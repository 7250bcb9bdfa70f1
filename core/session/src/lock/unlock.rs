use guichet_foundation::ports::{PromptFailure, Slot, StoreFailure};
use guichet_foundation::sensitivity::{C3, SecretBytes};
use guichet_vault::keys::{UnwrapFailure, by_biometric, by_pin};
use guichet_vault::{OpenFailure, Opened, RootKey};

use super::attempts::Attempts;
use super::pin::DIGITS;
use crate::key_work::key_work;
use crate::standing::WipeReason;
use crate::{CallFailure, Session, finished};

/// Why it stays locked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnlockRefusal {
    /// Not the PIN.
    #[error("wrong PIN; {left} tries left")]
    Wrong {
        /// Tries left before everything is destroyed.
        left: u8,
    },
    /// Too soon after a wrong PIN. Not counted.
    #[error("wait {seconds} s before the next try")]
    Wait {
        /// Seconds to wait.
        seconds: u64,
    },
    /// It was the last try: everything on the phone is being destroyed.
    #[error("too many wrong PINs; everything on the phone was destroyed")]
    Wiped,
    /// Not 6 to 12 digits, so not the PIN. Not counted.
    #[error("a PIN has 6 to 12 digits")]
    NotAPin,
    /// No PIN was set, or unlocking by biometric is not enabled.
    #[error("this way of unlocking is not set up")]
    NotSetUp,
    /// The person did not answer the prompt. `KeyInvalidated`: unlocking by biometric has to be enabled anew, with the PIN.
    #[error(transparent)]
    Prompt(#[from] PromptFailure),
    /// The key item cannot be used.
    #[error(transparent)]
    Key(UnwrapFailure),
    /// The vault does not open.
    #[error(transparent)]
    Vault(OpenFailure),
    /// The secure store does not answer.
    #[error(transparent)]
    Store(#[from] StoreFailure),
    /// The lock was closed again meanwhile.
    #[error("locked again meanwhile")]
    Superseded,
}

impl From<CallFailure> for UnlockRefusal {
    /// The task was ended with the app.
    fn from(_: CallFailure) -> Self {
        Self::Superseded
    }
}

impl From<UnwrapFailure> for UnlockRefusal {
    fn from(failure: UnwrapFailure) -> Self {
        match failure {
            UnwrapFailure::NoKey => Self::NotSetUp,
            UnwrapFailure::Store(failure) => Self::Store(failure),
            other => Self::Key(other),
        }
    }
}

impl Session {
    /// Unlocks with the PIN. The try is counted before it is made, and runs to its end even if the caller goes away.
    /// `Opened::Recreated` says that the vault had to be begun anew: a sync fills it.
    pub async fn unlock_by_pin(&self, pin: C3<String>) -> Result<Opened, UnlockRefusal> {
        let session = self.clone();
        finished(async move {
            let closed = session.0.lock.closed();
            let tried = {
                let _keys_in_use = session.0.keys.lock().await;
                match session.try_pin(&pin).await {
                    Ok(root) => session.open_vault(root, closed).await,
                    Err(refusal) => Err(refusal),
                }
            };
            session.wipe_if(tried).await
        })
        .await?
    }

    /// Unlocks by biometric. `reason` is what the prompt says.
    pub async fn unlock_by_biometric(&self, reason: String) -> Result<Opened, UnlockRefusal> {
        let session = self.clone();
        finished(async move {
            let closed = session.0.lock.closed();
            if !session.has_biometric_unlock() {
                return Err(UnlockRefusal::NotSetUp);
            }
            let released = session.0.prompts.release(reason, Slot::VaultRootByBiometric).await;
            if released.as_ref().err() == Some(&PromptFailure::KeyInvalidated) {
                session.forget_biometric_unlock();
            }
            let root = by_biometric::from_released(&released?)?;
            let _keys_in_use = session.0.keys.lock().await;
            let opened = session.open_vault(root, closed).await?;
            // The customer was here: wrong PINs of someone else before do not add up over the years.
            Attempts::NONE.save(&*session.0.phone.secure_store).ok();
            Ok(opened)
        })
        .await?
    }

    /// One try at the PIN, for whatever needs it. Holds no lock; the caller holds `keys`.
    pub(crate) async fn try_pin(&self, pin: &C3<String>) -> Result<RootKey, UnlockRefusal> {
        let digits = pin.expose_secret().as_bytes();
        if !DIGITS.contains(&digits.len()) || !digits.iter().all(u8::is_ascii_digit) {
            return Err(UnlockRefusal::NotAPin);
        }
        let store = &self.0.phone.secure_store;
        if !by_pin::is_set(&**store)? {
            return Err(UnlockRefusal::NotSetUp);
        }
        let uptime = self.0.phone.clock.uptime();
        let before = Attempts::load(&**store, uptime)?;
        if before.are_used_up() {
            return Err(UnlockRefusal::Wiped);
        }
        if let Some(wait) = before.wait(uptime) {
            let begun = u64::from(wait.subsec_nanos() > 0);
            return Err(UnlockRefusal::Wait { seconds: wait.as_secs() + begun });
        }
        let counted = before.one_more(uptime);
        counted.save(&**store)?;
        match self.unwrapped(SecretBytes::new(digits.to_vec())).await {
            Ok(root) => {
                Attempts::NONE.save(&**store)?;
                Ok(root)
            }
            Err(UnwrapFailure::WrongPin) if counted.are_used_up() => Err(UnlockRefusal::Wiped),
            Err(UnwrapFailure::WrongPin) => Err(UnlockRefusal::Wrong { left: counted.left() }),
            Err(failure) => {
                // The PIN was not compared with anything.
                before.save(&**store)?;
                Err(failure.into())
            }
        }
    }

    async fn unwrapped(&self, pin: SecretBytes) -> Result<RootKey, UnwrapFailure> {
        let store = self.0.phone.secure_store.clone();
        let work = move || by_pin::unwrap(&*store, &pin);
        key_work(work).await.unwrap_or(Err(UnwrapFailure::Memory))
    }

    /// Opens the vault with `root`, unless it is open. A file that was damaged or rolled back has been moved aside by then: a new
    /// one is begun.
    pub(super) async fn open_vault(
        &self,
        root: RootKey,
        closed: u64,
    ) -> Result<Opened, UnlockRefusal> {
        // Another way in was quicker. Opening again would close the vault under those who read it meanwhile.
        if self.0.lock.root().is_some() && self.0.vault.is_open() {
            return Ok(Opened::Existing);
        }
        let vault = self.0.vault.clone();
        let work = move || {
            let opened = match vault.open(&root) {
                Err(OpenFailure::Damaged | OpenFailure::RolledBack) => vault.open(&root),
                other => other,
            };
            (root, opened)
        };
        let (root, opened) = key_work(work).await.map_err(|_| UnlockRefusal::Superseded)?;
        let opened = opened.map_err(UnlockRefusal::Vault)?;
        if !self.0.open_lock(root, closed) {
            self.0.vault.lock();
            return Err(UnlockRefusal::Superseded);
        }
        self.watch_the_timer();
        Ok(opened)
    }

    /// Wipes if the tries are used up. The caller has let go of `keys`.
    pub(crate) async fn wipe_if<T>(
        &self,
        tried: Result<T, UnlockRefusal>,
    ) -> Result<T, UnlockRefusal> {
        if matches!(tried, Err(UnlockRefusal::Wiped)) {
            self.wipe_to_the_end(WipeReason::TooManyPins).await;
        }
        tried
    }
}
