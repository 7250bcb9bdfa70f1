//! Signatures of the approval key: each is made by the phone's hardware behind a biometric prompt of its own, over the very bytes.
//!
//! Nothing here, or on the way here, is a yes or no. A prompt is answered with the signature itself, and only one that verifies with
//! the enrolled key over exactly these bytes counts: whoever fakes a success has nothing to hand over.

use guichet_foundation::key::P256Signature;
use guichet_foundation::ports::PromptFailure;
use guichet_wire::es256;

use crate::Session;

impl Session {
    /// Asks the person, and has the enrolled approval key sign `message`. `reason` is what the prompt says.
    pub(crate) async fn approval_signature(
        &self,
        reason: String,
        message: &[u8],
    ) -> Result<P256Signature, PromptFailure> {
        if self.lock_if_due() {
            return Err(PromptFailure::Cancelled);
        }
        let device = self.0.keeper.snapshot().registration.device;
        let key = device.and_then(|device| device.approval_key());
        let key = key.ok_or(PromptFailure::KeyInvalidated)?;
        let signature = self.0.prompts.approval(reason, message.to_vec()).await?;
        // A key made anew on the phone is not the one the bank knows.
        es256::verify(&key, message, &signature).map_err(|_| PromptFailure::KeyInvalidated)?;
        Ok(signature)
    }
}
