use crate::key::{P256PublicKey, P256Signature};

/// Why a key of the secure hardware could not be made or used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, thiserror::Error)]
pub enum SignerFailure {
    /// There is no key; it has to be created first.
    #[error("the key does not exist")]
    NoKey,
    /// The phone has no biometrics that the key could be bound to.
    #[error("the phone has no usable biometrics for the key")]
    NoBiometrics,
    /// The hardware failed, or returned something that is not a P-256 key or signature.
    #[error("the platform's key storage failed")]
    Platform,
}

/// The device key: P-256 in the phone's secure hardware, used without a prompt.
///
/// Beside it there may be its successor, while the bank is being told to take that instead. Every change is durable when the call
/// returns, and whole or not at all if the process is killed in between.
pub trait DeviceSigner: Send + Sync {
    /// Makes a new key, replacing the old one, and returns its public half.
    fn create(&self) -> Result<P256PublicKey, SignerFailure>;

    /// The public half, if there is a key.
    fn public_key(&self) -> Result<Option<P256PublicKey>, SignerFailure>;

    /// ECDSA with SHA-256 over `message` (the message, not its digest).
    fn sign(&self, message: &[u8]) -> Result<P256Signature, SignerFailure>;

    /// Destroys the key and its successor. Not there: nothing to do.
    fn destroy(&self) -> Result<(), SignerFailure>;

    /// Makes a successor beside the key, replacing an earlier one, and returns its public half. The key stays in use.
    fn create_successor(&self) -> Result<P256PublicKey, SignerFailure>;

    /// The successor's public half, if there is one.
    fn successor(&self) -> Result<Option<P256PublicKey>, SignerFailure>;

    /// As [`Self::sign`], by the successor.
    fn sign_with_successor(&self, message: &[u8]) -> Result<P256Signature, SignerFailure>;

    /// Puts the successor in the place of the key, which is destroyed. Without one: [`SignerFailure::NoKey`], and nothing changes.
    fn promote_successor(&self) -> Result<(), SignerFailure>;
}
