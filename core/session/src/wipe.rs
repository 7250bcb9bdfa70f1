//! Destroying everything: on signing out, on a revocation, on too many wrong PINs.
//!
//! Keys first: the vault's key items, then everything else, as a journalled step of the vault's room; then the keys of the secure
//! hardware, before the journal goes. A wipe that is killed anywhere is finished by the next start.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use guichet_foundation::ports::{Phone, SecureStore, SignerFailure, StoreFailure};
use guichet_vault::Vault;
use guichet_vault::erase::{self, EraseFailure};

use crate::calls::NotSent;
use crate::keeper::Snapshot;
use crate::key_work::key_work;
use crate::lock::Attempts;
use crate::oauth::SignInRefusal;
use crate::session::Inside;
use crate::standing::WipeReason;
use crate::{Session, finished};

/// How long signing out waits for the bank to hear of it.
const FAREWELL: Duration = Duration::from_secs(6);

/// Why signing out is not complete. The session is over all the same, and the next start finishes what is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignOutRefusal {
    /// Something could not be destroyed.
    #[error("not everything could be destroyed: {0}")]
    Erase(#[from] EraseFailure),
    /// A key of the secure hardware could not be destroyed.
    #[error("a key could not be destroyed: {0}")]
    Signer(#[from] SignerFailure),
    /// The task that does it was ended with the app.
    #[error("signing out was cut short")]
    CutShort,
}

impl From<StoreFailure> for SignOutRefusal {
    fn from(failure: StoreFailure) -> Self {
        Self::Erase(failure.into())
    }
}

/// Finishes a wipe that was begun in an earlier process, or that the count of wrong PINs demands.
pub(crate) fn finish_earlier(
    phone: &Phone,
    vault: &Vault,
    folder: &Path,
) -> Result<Option<WipeReason>, EraseFailure> {
    let store = &*phone.secure_store;
    let reason = if erase::is_marked(store)? {
        WipeReason::FinishedLater
    } else if Attempts::load(store, phone.clock.uptime())?.are_used_up() {
        WipeReason::TooManyPins
    } else {
        return Ok(None);
    };
    match destroy(phone, vault, folder) {
        Ok(()) => Ok(Some(reason)),
        Err(SignOutRefusal::Erase(failure)) => Err(failure),
        Err(_) => Err(EraseFailure::Store(StoreFailure::Platform)),
    }
}

/// Journal, everything the vault's room destroys, hardware keys, journal.
fn destroy(phone: &Phone, vault: &Vault, folder: &Path) -> Result<(), SignOutRefusal> {
    let store = &*phone.secure_store;
    let erased = erase_all_but_hardware_keys(store, vault, folder);
    let device_key = phone.device_signer.destroy();
    let approval_key = phone.approval_signer.destroy();
    // The journal goes last: while anything is left, the next start tries again.
    erased?;
    device_key.and(approval_key)?;
    Ok(erase::finish(store, folder)?)
}

fn erase_all_but_hardware_keys(
    store: &dyn SecureStore,
    vault: &Vault,
    folder: &Path,
) -> Result<(), EraseFailure> {
    erase::mark(store)?;
    vault.lock();
    erase::destroy(store, folder)
}

impl Inside {
    /// From here on nothing of the old life is stored or known. Returns what was.
    fn begin_new_life(&self, reason: WipeReason) -> Snapshot {
        let before = self.keeper.begin_new_life(reason);
        self.told.begin_new_life(self.keeper.life());
        before
    }
}

impl Session {
    /// Signs out: the bank ends the session and forgets the device, everything on the phone is destroyed. Offline, the phone's part
    /// happens all the same. Beats everything in flight, and runs to its end even if the caller goes away.
    pub async fn sign_out(&self) -> Result<(), SignOutRefusal> {
        let session = self.clone();
        let work = async move {
            session.journal_before_it_is_told();
            let before = session.0.begin_new_life(WipeReason::SignedOut);
            session.0.close();
            session.0.contact.cut_off();
            // The device key stays for the farewell. What fails here is repeated, with its failure, by what follows it.
            let erase = |inside: &Inside| {
                let store = &*inside.phone.secure_store;
                Ok(erase_all_but_hardware_keys(store, &inside.vault, &inside.folder)?)
            };
            session.with_no_keys_in_use(erase).await.ok();
            tokio::time::timeout(FAREWELL, session.farewell(&before)).await.ok();
            drop(before);
            session.0.contact.hang_up();
            session.destroy().await
        };
        finished(work).await.map_err(|_| SignOutRefusal::CutShort)?
    }

    /// Wipes for `reason`. What cannot be destroyed now is destroyed by the next start.
    pub(crate) async fn wipe_to_the_end(&self, reason: WipeReason) {
        let session = self.clone();
        let work = async move {
            session.journal_before_it_is_told();
            session.0.begin_new_life(reason);
            session.0.close();
            session.0.contact.cut_off();
            if let Err(failure) = session.destroy().await {
                tracing::error!(%failure, "the wipe is not complete");
            }
        };
        finished(work).await.ok();
    }

    /// The screens say that everything is destroyed as soon as the new life begins. From here on that comes true, whoever is killed.
    fn journal_before_it_is_told(&self) {
        // Repeated, with its failure, by the wipe itself.
        erase::mark(&*self.0.phone.secure_store).ok();
    }

    async fn destroy(&self) -> Result<(), SignOutRefusal> {
        self.with_no_keys_in_use(|inside| {
            let destroyed = destroy(&inside.phone, &inside.vault, &inside.folder);
            inside.forget_device_key();
            destroyed
        })
        .await
    }

    /// Journals the wipe at once: from here on no key opens the vault, whatever is being tried right now. Then waits for that to end,
    /// and does `work`.
    async fn with_no_keys_in_use(
        &self,
        work: impl FnOnce(&Inside) -> Result<(), SignOutRefusal> + Send + 'static,
    ) -> Result<(), SignOutRefusal> {
        erase::mark(&*self.0.phone.secure_store)?;
        let _no_keys_in_use = self.0.keys.lock().await;
        let inside = Arc::clone(&self.0);
        let work = move || work(&inside);
        key_work(work).await.map_err(|_| SignOutRefusal::CutShort)?
    }

    /// Returns once no wipe is under way.
    pub(crate) async fn wipe_is_over(&self) -> Result<(), SignInRefusal> {
        let _no_keys_in_use = self.0.keys.lock().await;
        match erase::is_marked(&*self.0.phone.secure_store) {
            Ok(false) => Ok(()),
            _ => Err(NotSent::Phone.into()),
        }
    }
}
