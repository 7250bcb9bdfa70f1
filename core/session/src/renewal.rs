//! A new approval key for an enrolled device (docs/protocol.md, section 7.4).
//!
//! The PIN first, then the customer's sign-in at the bank, then the new key and its proof. Whoever holds the phone and has enrolled a
//! finger of their own knows neither. Killed or given up anywhere, the approval key has ended still, and the next try begins anew.

use guichet_foundation::ports::{PromptFailure, SignerFailure};
use guichet_foundation::sensitivity::C3;
use guichet_wire::jwk::Jwk;
use serde::Deserialize;

use crate::bank::ErrorBody;
use crate::calls::{Call, CallFailure, NotSent, Reply};
use crate::challenges::Purpose;
use crate::evidence::NewApprovalKey;
use crate::keeper::{Enrolled, NotKept, Snapshot};
use crate::lock::UnlockRefusal;
use crate::{Identity, Session, finished};

const PATH: &str = "/v1/devices/current/approval-key";

/// Why the approval key was not renewed. Trying again is safe.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RenewRefusal {
    /// There is nothing to renew: the device is not enrolled, or its key is good.
    #[error("the approval key is good, or there is none")]
    NotNeeded,
    /// The PIN did not open its key. A try that counts, as on the lock screen.
    #[error(transparent)]
    Pin(#[from] UnlockRefusal),
    /// The bank could not be asked, its answer was lost, or the customer did not sign in there.
    #[error(transparent)]
    Bank(#[from] CallFailure),
    /// The phone could not make the key.
    #[error(transparent)]
    ApprovalKey(#[from] SignerFailure),
    /// The person did not prove the new key.
    #[error(transparent)]
    Prompt(#[from] PromptFailure),
    /// The bank did not accept the proof; the next try makes a new one.
    #[error("the bank did not accept the proof of the approval key; try again")]
    ProofRefused,
    /// The bank did not accept what the phone's makers say of the key.
    #[error("the bank did not accept the evidence about the approval key; try again")]
    AttestationRefused,
    /// A sign-out or a wipe came in between.
    #[error("a sign-out came in between")]
    Superseded,
}

impl From<NotKept> for RenewRefusal {
    fn from(not_kept: NotKept) -> Self {
        match not_kept {
            NotKept::Superseded => Self::Superseded,
            NotKept::Store(_) => Self::Bank(NotSent::Phone.into()),
        }
    }
}

#[derive(Deserialize)]
struct Answer {
    device_id: guichet_foundation::ids::DeviceId,
}

impl Session {
    /// Renews an approval key that has ended. The PIN is a try that counts; then the bank asks for a sign-in on its page
    /// ([`Session::step_ups`]); then the person proves the new key at a prompt that says `reason`. Runs to its end even if the caller
    /// goes away.
    pub async fn renew_approval_key(
        &self,
        pin: C3<String>,
        reason: String,
    ) -> Result<(), RenewRefusal> {
        let session = self.clone();
        finished(async move { session.renew_once(&pin, reason).await }).await?
    }

    async fn renew_once(&self, pin: &C3<String>, reason: String) -> Result<(), RenewRefusal> {
        let _one_at_a_time = self.0.approval.lock().await;
        let seen = self.0.keeper.snapshot();
        if self.lock_if_due() {
            return Err(CallFailure::from(NotSent::Locked).into());
        }
        if !self.has_approval_ended() {
            return Err(RenewRefusal::NotNeeded);
        }
        let tried = {
            let _keys_in_use = self.0.keys.lock().await;
            self.try_pin(pin).await
        };
        drop(self.wipe_if(tried).await?);
        let challenge = self.challenge(Purpose::Renew).await?;
        // A new one at every try: one that the bank has taken while its answer was lost is replaced like any other.
        let vouching = seen.registration.device.as_ref().and_then(Enrolled::app_attest_key);
        let new = self.new_approval_key(&challenge, vouching).await?;
        let proof = self.proof_of_possession(&seen, &new.key, &challenge, reason).await?;
        let body = new.request(&proof).to_string().into_bytes();
        let reply = self.authorised(&Call::put(PATH, body)).await?;
        self.renewed(&seen, &new, &reply)
    }

    fn renewed(
        &self,
        seen: &Snapshot,
        new: &NewApprovalKey,
        reply: &Reply,
    ) -> Result<(), RenewRefusal> {
        match (reply.status, ErrorBody::read(&reply.body).error.as_str()) {
            (200, _) if self.is_about_this_device(reply) => {}
            (400, "invalid_approval_proof" | "challenge_invalid") => {
                return Err(RenewRefusal::ProofRefused);
            }
            (400, "attestation_invalid") => return Err(RenewRefusal::AttestationRefused),
            _ => return Err(CallFailure::Unreadable.into()),
        }
        self.0.keeper.change_registration(seen.life, |registration| {
            if let Some(device) = &mut registration.device {
                device.approval_key = Jwk::of(&new.key);
                device.app_attest_key_id = new.app_attest_key_id();
                device.approval_ended = false;
            }
        })?;
        Ok(())
    }

    fn is_about_this_device(&self, reply: &Reply) -> bool {
        use crate::BankCalls as _;
        let own = self.identity().map(|Identity { device_id, .. }| device_id);
        serde_json::from_slice::<Answer>(&reply.body)
            .is_ok_and(|answer| Some(answer.device_id) == own)
    }
}
