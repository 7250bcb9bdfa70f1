//! Signatures of the approval key: each is made by the phone's hardware behind a biometric prompt of its own, over the very bytes.
//!
//! Nothing here, or on the way here, is a yes or no. A prompt is answered with the signature itself, and only one that verifies with
//! the enrolled key over exactly these bytes counts: whoever fakes a success has nothing to hand over.

use guichet_foundation::key::P256Signature;
use guichet_foundation::ports::PromptFailure;
use guichet_wire::es256;
use tokio::sync::watch;

use crate::Session;
use crate::keeper::Enrolled;

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
        let device = device.filter(|device| !self.has_ended(device));
        let key = device.as_ref().and_then(Enrolled::approval_key);
        let Some(key) = key else { return Err(self.ended()) };
        let signature = match self.0.prompts.approval(reason, message.to_vec()).await {
            Err(PromptFailure::KeyInvalidated) => return Err(self.ended()),
            answered => answered?,
        };
        if es256::verify(&key, message, &signature).is_ok() {
            return Ok(signature);
        }
        // A key made anew on the phone is not the one the bank knows. Otherwise it is a signature over something else.
        match self.0.phone.approval_signer.public_key() {
            Ok(Some(same)) if same == key => Err(PromptFailure::Platform),
            _ => Err(self.ended()),
        }
    }

    /// Whether the enrolled approval key is no more: fingers or faces were enrolled anew, and payments cannot be approved before it is
    /// renewed ([`Session::renew_approval_key`]). Nothing else is lost.
    pub fn has_approval_ended(&self) -> bool {
        let device = self.0.keeper.snapshot().registration.device;
        device.is_some_and(|device| self.has_ended(&device))
    }

    /// Changes when the approval key is found to have ended, and when it was renewed.
    pub fn approval_changes(&self) -> watch::Receiver<bool> {
        self.0.keeper.watch_approval()
    }

    /// Noted earlier, or the phone no longer has the key. A phone that cannot say has it.
    fn has_ended(&self, device: &Enrolled) -> bool {
        let enrolled = device.approval_key();
        let is_here = |found| enrolled.is_some() && found == enrolled;
        let is_gone = || !self.0.phone.approval_signer.public_key().map_or(true, is_here);
        device.approval_ended || is_gone()
    }

    /// Notes it, so that the customer is led to renew the key also after a restart.
    fn ended(&self) -> PromptFailure {
        let life = self.0.keeper.life();
        let noted = self.0.keeper.change_registration(life, |registration| {
            if let Some(device) = &mut registration.device {
                device.approval_ended = true;
            }
        });
        if noted.is_err() {
            tracing::warn!("could not note that the approval key has ended");
        }
        PromptFailure::KeyInvalidated
    }
}
