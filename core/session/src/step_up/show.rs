use guichet_foundation::sensitivity::C3;
use guichet_vault::RootKey;
use guichet_wire::jws::Unsigned;
use serde::Deserialize;
use serde_json::json;

use super::{Ended, StepUpRefusal, StepUpRequest, Way};
use crate::bank::ErrorBody;
use crate::calls::{Call, CallFailure, NotSent, Reply};
use crate::challenges::Purpose;
use crate::{Session, finished};

const PATH: &str = "/v1/step-up";

#[derive(Deserialize)]
struct Answer {
    acr: String,
}

impl Session {
    /// Shows it with a finger or face. `reason` is what the prompt says.
    pub async fn step_up_by_biometric(
        &self,
        request: &StepUpRequest,
        reason: String,
    ) -> Result<(), StepUpRefusal> {
        let trying = self.0.step_ups.begin(request, Way::Biometric)?;
        let unsigned = self.unsigned(Way::Biometric).await?;
        let signature = self.approval_signature(reason, unsigned.message()).await?;
        self.prove(Way::Biometric, &unsigned.signed(&signature)).await?;
        drop(trying);
        self.0.step_ups.end(request, Ended::Shown);
        Ok(())
    }

    /// Shows it with the PIN: a try that counts. Runs to its end even if the caller goes away.
    pub async fn step_up_by_pin(
        &self,
        request: &StepUpRequest,
        pin: C3<String>,
    ) -> Result<(), StepUpRefusal> {
        let (session, request) = (self.clone(), request.clone());
        finished(async move {
            let trying = session.0.step_ups.begin(&request, Way::Pin)?;
            let tried = {
                let _keys_in_use = session.0.keys.lock().await;
                session.try_pin(&pin).await
            };
            let opened = session.wipe_if(tried).await?;
            let unsigned = session.unsigned(Way::Pin).await?;
            let proof = session.signed_after_pin(unsigned, &opened)?;
            session.prove(Way::Pin, &proof).await?;
            drop(trying);
            session.0.step_ups.end(&request, Ended::Shown);
            Ok(())
        })
        .await?
    }

    async fn unsigned(&self, way: Way) -> Result<Unsigned, CallFailure> {
        let client = self.0.keeper.snapshot().registration.client_id;
        let client = client.ok_or(CallFailure::SignedOut)?;
        let challenge = self.challenge(Purpose::StepUp).await?;
        let header = json!({"alg": "ES256", "typ": "guichet-step-up+jwt"});
        let claims = json!({
            "iss": client,
            "aud": self.0.profile.issuer,
            "challenge": challenge,
            "acr": way.acr(),
        });
        Ok(Unsigned::new(&header, &claims))
    }

    /// The device key signs without asking anybody. Here it does so only for whoever holds what the PIN has just opened.
    fn signed_after_pin(&self, proof: Unsigned, _opened: &RootKey) -> Result<String, NotSent> {
        proof.sign(&*self.0.phone.device_signer).map_err(|_| NotSent::Phone)
    }

    async fn prove(&self, way: Way, proof: &str) -> Result<(), StepUpRefusal> {
        let body = json!({"acr": way.acr(), "proof": proof}).to_string().into_bytes();
        let reply = self.authorised_without_customer(&Call::post(PATH, body)).await?;
        match (reply.status, ErrorBody::read(&reply.body).error.as_str()) {
            (200, _) if is_about(&reply, way) => Ok(()),
            (400, "invalid_step_up_proof" | "challenge_invalid") => {
                Err(StepUpRefusal::ProofRefused)
            }
            _ => Err(CallFailure::Unreadable.into()),
        }
    }
}

impl From<NotSent> for StepUpRefusal {
    fn from(not_sent: NotSent) -> Self {
        Self::Bank(not_sent.into())
    }
}

fn is_about(reply: &Reply, way: Way) -> bool {
    serde_json::from_slice::<Answer>(&reply.body).is_ok_and(|answer| answer.acr == way.acr())
}
