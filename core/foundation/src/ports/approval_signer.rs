use crate::key::P256PublicKey;
use crate::ports::{PromptId, SignerFailure};

/// Asks the platform to show its biometric prompt and sign.
#[derive(Clone, Debug)]
pub struct ApprovalRequest {
    /// To be handed back with the answer.
    pub id: PromptId,
    /// What the prompt says, in the customer's language. Carries no name, number or amount.
    pub reason: String,
    /// What is signed: the whole message, ECDSA with SHA-256.
    pub message: Vec<u8>,
}

/// The approval key: P-256 in the phone's secure hardware, a biometric for every single use, dead once biometrics are enrolled
/// anew. It signs intents, step-up and the proof of its own possession, nothing else, and never guards the vault.
pub trait ApprovalSigner: Send + Sync {
    /// Makes a new key, replacing the old one, and returns its public half. No prompt.
    fn create(&self) -> Result<P256PublicKey, SignerFailure>;

    /// The public half, if there is a key.
    fn public_key(&self) -> Result<Option<P256PublicKey>, SignerFailure>;

    /// Shows the prompt, bound to the very signature, and returns at once. The signature or the failure is answered later, by id.
    fn ask(&self, request: ApprovalRequest);

    /// Destroys the key. Not there: nothing to do.
    fn destroy(&self) -> Result<(), SignerFailure>;
}
