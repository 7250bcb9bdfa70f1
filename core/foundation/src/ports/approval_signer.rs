use crate::key::P256PublicKey;
use crate::ports::{Attestation, PromptId, SignerFailure};

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
    /// Makes a new key, replacing the old one, and returns its public half. No prompt. `attestation_challenge` goes into what the
    /// hardware says of the key, where it says anything. May take a second or two: called where blocking is allowed.
    fn create(&self, attestation_challenge: &[u8; 32]) -> Result<P256PublicKey, SignerFailure>;

    /// The public half, if there is a key.
    fn public_key(&self) -> Result<Option<P256PublicKey>, SignerFailure>;

    /// What the phone's makers say of the key; `None` where they say nothing. May wait for the maker's server: called where blocking
    /// is allowed, and a failure is worth another try. `client_data_hash` is what a key that vouches for the approval key signs;
    /// `attested_key_id` is the id of the one that the bank knows already, which then vouches again.
    fn attestation(
        &self,
        client_data_hash: &[u8; 32],
        attested_key_id: Option<&[u8]>,
    ) -> Result<Option<Attestation>, SignerFailure>;

    /// Shows the prompt, bound to the very signature, and returns at once. The signature or the failure is answered later, by id.
    fn ask(&self, request: ApprovalRequest);

    /// Destroys the key. Not there: nothing to do.
    fn destroy(&self) -> Result<(), SignerFailure>;
}
