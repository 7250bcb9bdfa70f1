use std::sync::Arc;

use guichet_foundation::key::P256PublicKey;
use guichet_foundation::ports;

use super::device_signer::point;
use super::{PortFailure, SignerFailure};
use crate::prompts::{Prompts, Unshown};

/// The approval key: P-256 in the phone's secure hardware, a biometric for every single use, dead once biometrics are enrolled
/// anew.
#[uniffi::export(foreign)]
pub trait ApprovalSigner: Send + Sync {
    /// Makes a new key, replacing the old one, without a prompt. Returns its public half: the 65 bytes of an uncompressed point.
    fn create(&self) -> Result<Vec<u8>, SignerFailure>;

    /// The public half, if there is a key.
    fn public_key(&self) -> Result<Option<Vec<u8>>, SignerFailure>;

    /// Shows the prompt with `reason`, bound to the signature of `message` (ECDSA with SHA-256), and returns at once. Answer
    /// later with `GuichetApp.approval_signed` or `GuichetApp.approval_failed` and the same `id`.
    fn ask(&self, id: u64, reason: String, message: Vec<u8>) -> Result<(), PortFailure>;

    /// Destroys the key. Not there: nothing to do. (The generated Kotlin has a `destroy` of its own.)
    fn destroy_key(&self) -> Result<(), SignerFailure>;
}

pub(crate) struct ForeignApprovalSigner {
    pub(crate) signer: Arc<dyn ApprovalSigner>,
    pub(crate) prompts: Arc<Prompts>,
}

impl ports::ApprovalSigner for ForeignApprovalSigner {
    fn create(&self) -> Result<P256PublicKey, ports::SignerFailure> {
        point(&self.signer.create()?)
    }

    fn public_key(&self) -> Result<Option<P256PublicKey>, ports::SignerFailure> {
        self.signer.public_key()?.as_deref().map(point).transpose()
    }

    fn ask(&self, request: ports::ApprovalRequest) {
        let ports::ApprovalRequest { id, reason, message } = request;
        if self.signer.ask(id.0, reason, message).is_err() {
            self.prompts.could_not_show(Unshown::Approval(id));
        }
    }

    fn destroy(&self) -> Result<(), ports::SignerFailure> {
        Ok(self.signer.destroy_key()?)
    }
}
