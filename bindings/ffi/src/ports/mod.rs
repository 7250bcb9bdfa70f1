//! The ports, as a shell implements them: one trait per file, with the adapter that makes it a port of the core.
//!
//! Every method may fail, also where the core's port may not: the generated code turns an exception that nobody declared into
//! an error with the exception's text, or into a panic where no error is declared. Here it becomes a plain failure without a
//! word of that text.
//!
//! Bytes cross as arguments and results, never in records: a Kotlin record prints the bytes it holds.

mod approval_signer;
mod clock;
mod connectivity;
mod device_signer;
mod entropy;
mod failure;
mod prompt;
mod secure_store;

use std::sync::Arc;

use guichet_app::ShellPorts;

pub use approval_signer::{ApprovalSigner, AttestationFormat};
pub use clock::Clock;
pub use connectivity::Connectivity;
pub use device_signer::DeviceSigner;
pub use entropy::Entropy;
pub use failure::{PortFailure, SignerFailure, StoreFailure};
pub use prompt::PromptFailure;
pub use secure_store::SecureStore;

use approval_signer::ForeignApprovalSigner;
use clock::ForeignClock;
use connectivity::ForeignConnectivity;
use device_signer::ForeignDeviceSigner;
use entropy::ForeignEntropy;
use secure_store::ForeignSecureStore;

use crate::prompts::Prompts;

/// The phone: every port, as one value for `GuichetApp.start`.
#[derive(uniffi::Record)]
pub struct Phone {
    /// Keychain or Keystore-wrapped storage.
    pub secure_store: Arc<dyn SecureStore>,
    /// The device key.
    pub device_signer: Arc<dyn DeviceSigner>,
    /// The approval key.
    pub approval_signer: Arc<dyn ApprovalSigner>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Whether there is a network.
    pub connectivity: Arc<dyn Connectivity>,
}

impl Phone {
    /// The same as ports of the core.
    pub(crate) fn adapted(self, prompts: &Arc<Prompts>) -> ShellPorts {
        ShellPorts {
            secure_store: Arc::new(ForeignSecureStore {
                store: self.secure_store,
                prompts: Arc::clone(prompts),
            }),
            device_signer: Arc::new(ForeignDeviceSigner(self.device_signer)),
            approval_signer: Arc::new(ForeignApprovalSigner {
                signer: self.approval_signer,
                prompts: Arc::clone(prompts),
            }),
            clock: Arc::new(ForeignClock::new(self.clock)),
            entropy: Arc::new(ForeignEntropy(self.entropy)),
            connectivity: Arc::new(ForeignConnectivity(self.connectivity)),
        }
    }
}
