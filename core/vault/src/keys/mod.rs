//! Where the root key is kept: wrapped under the PIN ([`by_pin`]), and behind a biometric ([`by_biometric`]). Either opens the
//! vault; the wrapped one is always there, so that a new finger never costs the customer the vault.

pub mod by_biometric;
pub mod by_pin;

use guichet_foundation::ports::StoreFailure;

/// Why a root key did not come out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum UnwrapFailure {
    /// No root key is kept here.
    #[error("no root key is kept here")]
    NoKey,
    /// The PIN is wrong (or the item was altered: the two look the same on purpose).
    #[error("wrong PIN")]
    WrongPin,
    /// A newer version of the app wrote the item. Remedy: update the app.
    #[error("a newer version of the app wrote the wrapped key; update the app")]
    Newer,
    /// The item is not one of ours. Remedy: the other way of unlocking, or enrolling again.
    #[error("the item that holds the root key is damaged")]
    Damaged,
    /// The derivation needs more memory than the phone gives now. Remedy: try again.
    #[error("not enough memory to derive the key from the PIN")]
    Memory,
    /// The secure store does not let us.
    #[error(transparent)]
    Store(#[from] StoreFailure),
}

/// Why a root key was not wrapped. What was kept before is kept still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum WrapFailure {
    /// The derivation needs more memory than the phone gives now. Remedy: try again.
    #[error("not enough memory to derive a key from the PIN")]
    Memory,
    /// The secure store does not let us.
    #[error(transparent)]
    Store(#[from] StoreFailure),
}
