//! A new approval key, and what the phone's makers say of it (docs/protocol.md, section 7.1). Enrolling needs it, and so does
//! whoever replaces the key later.

use std::sync::Arc;

use guichet_foundation::key::P256PublicKey;
use guichet_foundation::ports::{ApprovalSigner, Attestation, SignerFailure};
use guichet_wire::attestation::{client_data_hash, key_challenge};
use guichet_wire::base64url;
use guichet_wire::jwk::Jwk;
use serde_json::{Value, json};

use crate::Session;
use crate::key_work::key_work;

/// A key and its evidence, made over the same challenge.
pub(crate) struct NewApprovalKey {
    pub(crate) key: P256PublicKey,
    attestation: Option<Attestation>,
}

impl Session {
    /// Makes a new approval key over the bank's `challenge`, in place of the old one, and asks for the evidence. `attested_key_id` is
    /// the App Attest key that the bank knows from the device's enrolment, if any.
    pub(crate) async fn new_approval_key(
        &self,
        challenge: &str,
        attested_key_id: Option<Vec<u8>>,
    ) -> Result<NewApprovalKey, SignerFailure> {
        let signer = Arc::clone(&self.0.phone.approval_signer);
        let challenge = challenge.to_owned();
        // Security chips are slow, and Apple's server may have to be asked.
        let work = move || make(&*signer, &challenge, attested_key_id.as_deref());
        key_work(work).await.map_err(|_| SignerFailure::Platform)?
    }
}

fn make(
    signer: &dyn ApprovalSigner,
    challenge: &str,
    attested_key_id: Option<&[u8]>,
) -> Result<NewApprovalKey, SignerFailure> {
    let key = signer.create(&key_challenge(challenge))?;
    let attestation = signer.attestation(&client_data_hash(challenge, &key), attested_key_id)?;
    Ok(NewApprovalKey { key, attestation })
}

impl NewApprovalKey {
    /// What a request says of the key: the key itself, the `proof` that it is held here, and the evidence.
    pub(crate) fn request(&self, proof: &str) -> Value {
        let mut request = json!({"approval_key": Jwk::of(&self.key), "approval_proof": proof});
        if let (Some(members), Some(evidence)) = (request.as_object_mut(), self.evidence()) {
            members.insert("attestation".to_owned(), evidence);
        }
        request
    }

    /// The evidence as the bank reads it: `attestation` of a request.
    fn evidence(&self) -> Option<Value> {
        let evidence = match self.attestation.as_ref()? {
            Attestation::AndroidKey { chain } => {
                let chain: Vec<String> =
                    chain.iter().map(|certificate| base64url::encode(certificate)).collect();
                json!({"format": "android-key", "chain": chain})
            }
            Attestation::AppleAppAttest { key_id, object } => json!({
                "format": "apple-appattest",
                "key_id": base64url::encode(key_id),
                "object": base64url::encode(object),
            }),
            Attestation::AppleAppAttestAssertion { key_id, assertion } => json!({
                "format": "apple-appattest-assertion",
                "key_id": base64url::encode(key_id),
                "assertion": base64url::encode(assertion),
            }),
        };
        Some(evidence)
    }

    /// The App Attest key that vouches, in base64url.
    pub(crate) fn app_attest_key_id(&self) -> Option<String> {
        match self.attestation.as_ref()? {
            Attestation::AndroidKey { .. } => None,
            Attestation::AppleAppAttest { key_id, .. }
            | Attestation::AppleAppAttestAssertion { key_id, .. } => {
                Some(base64url::encode(key_id))
            }
        }
    }
}
