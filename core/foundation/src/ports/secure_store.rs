use crate::ports::PromptId;
use crate::sensitivity::SecretBytes;

/// The places of the secure store. One item each; the names are kept for ever, they are what an installed app has on disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Slot {
    /// The registration at the bank: client id, device id, generation.
    Registration,
    /// The session's tokens.
    Tokens,
    /// The newest verified pin set.
    PinSet,
    /// The newest verified list of receipt keys.
    ReceiptKeys,
    /// The vault's root key, wrapped under the PIN.
    VaultRootByPin,
    /// The vault's root key, released by a biometric only.
    VaultRootByBiometric,
    /// A random secret that never leaves the phone, mixed into the PIN's derivation.
    PinPepper,
    /// Failed PIN attempts and when the next is allowed. Survives reinstalling where the platform's store does.
    PinAttempts,
    /// What the customer has chosen about this installation. Readable while locked.
    Settings,
    /// Grows with each use of the vault, so that an old copy put back is noticed.
    VaultEpoch,
    /// Present while a wipe is under way: what remains to be destroyed.
    WipeJournal,
}

impl Slot {
    /// Every slot.
    pub const ALL: [Self; 11] = [
        Self::Registration,
        Self::Tokens,
        Self::PinSet,
        Self::ReceiptKeys,
        Self::VaultRootByPin,
        Self::VaultRootByBiometric,
        Self::PinPepper,
        Self::PinAttempts,
        Self::Settings,
        Self::VaultEpoch,
        Self::WipeJournal,
    ];

    /// The name under which a platform keeps the item.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Registration => "guichet.registration",
            Self::Tokens => "guichet.tokens",
            Self::PinSet => "guichet.pin-set",
            Self::ReceiptKeys => "guichet.receipt-keys",
            Self::VaultRootByPin => "guichet.vault-root.pin",
            Self::VaultRootByBiometric => "guichet.vault-root.biometric",
            Self::PinPepper => "guichet.pin-pepper",
            Self::PinAttempts => "guichet.pin-attempts",
            Self::Settings => "guichet.settings",
            Self::VaultEpoch => "guichet.vault-epoch",
            Self::WipeJournal => "guichet.wipe-journal",
        }
    }

    /// The slot of a platform's item name.
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|slot| slot.name() == name)
    }
}

/// Why the secure store could not do it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum StoreFailure {
    /// The phone has not been unlocked since it started; try again later.
    #[error("the secure store is not available before the first unlock of the phone")]
    Unavailable,
    /// Biometrics are missing, so a guarded item cannot be kept.
    #[error("the phone has no usable biometrics for a guarded item")]
    NoBiometrics,
    /// The store is broken or full.
    #[error("the platform's secure store failed")]
    Platform,
}

/// Asks the platform to show its biometric prompt and release a guarded item.
#[derive(Clone, Debug)]
pub struct ReleaseRequest {
    /// To be handed back with the answer.
    pub id: PromptId,
    /// The guarded item.
    pub slot: Slot,
    /// What the prompt says, in the customer's language.
    pub reason: String,
}

/// The platform's keeper of small secrets (Keychain; Keystore-wrapped preferences): this device only, in no backup.
///
/// `put` and `remove` are durable when they return: what they did survives a kill right after.
pub trait SecureStore: Send + Sync {
    /// The item, if there is one. A guarded item is not found this way.
    fn get(&self, slot: Slot) -> Result<Option<SecretBytes>, StoreFailure>;

    /// Writes the item, replacing what was there, whole or not at all.
    fn put(&self, slot: Slot, value: &SecretBytes) -> Result<(), StoreFailure>;

    /// Writes the item so that only a biometric prompt releases it. Dies when biometrics are enrolled anew.
    fn put_guarded(&self, slot: Slot, value: &SecretBytes) -> Result<(), StoreFailure>;

    /// Removes the item, guarded or not. Not there: nothing to do.
    fn remove(&self, slot: Slot) -> Result<(), StoreFailure>;

    /// Shows the prompt and returns at once. The item or the failure is answered later, by id.
    fn ask_release(&self, request: ReleaseRequest);
}
