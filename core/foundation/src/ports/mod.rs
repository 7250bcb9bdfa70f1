//! What the core asks of the phone. Each port is a small trait; a shell implements it with the platform's own API, and behind
//! the feature `testing` each has a fake in [`fakes`].
//!
//! Nothing here blocks for a person. What needs one (a fingerprint, a face) is *asked* and returns at once; the shell answers
//! later with the request's id, see [`PromptId`].

mod approval_signer;
mod attestation;
mod clock;
mod connectivity;
mod device_signer;
mod entropy;
#[cfg(feature = "testing")]
pub mod fakes;
mod prompt;
mod secure_store;
mod transport;

use std::sync::Arc;

pub use approval_signer::{ApprovalRequest, ApprovalSigner};
pub use attestation::Attestation;
pub use clock::Clock;
pub use connectivity::Connectivity;
pub use device_signer::{DeviceSigner, SignerFailure};
pub use entropy::Entropy;
pub use prompt::{PromptFailure, PromptId};
pub use secure_store::{ReleaseRequest, SecureStore, Slot, StoreFailure};
pub use transport::{Method, Request, Response, Transport, TransportFailure};

/// The phone: every port, as one value that is handed to the rooms.
#[derive(Clone)]
pub struct Phone {
    /// Keychain or Keystore-wrapped storage.
    pub secure_store: Arc<dyn SecureStore>,
    /// The device key.
    pub device_signer: Arc<dyn DeviceSigner>,
    /// The approval key.
    pub approval_signer: Arc<dyn ApprovalSigner>,
    /// The way to the bank.
    pub transport: Arc<dyn Transport>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Whether there is a network.
    pub connectivity: Arc<dyn Connectivity>,
}
