//! Attestation: evidence that an approval key lives in a phone's secure hardware (protocol section
//! 7.1), and the trust level that comes of it.
//!
//! [`verify`] and [`verify_assertion`] are the whole verifier: bytes in, a level or a [`Refusal`] out,
//! nothing stored and nothing asked of anybody. [`judge`] and [`remember`] put it between a request and
//! the tables, for whoever takes in an approval key.
//!
//! No TLS library verifies these chains: their leaves are valid from 1970 to 2048, name no host and
//! have no purpose a server or client would have. So the path is followed here ([`chain`]), over
//! `x509-cert` for the certificates and `ring` for the signatures.

mod android;
mod apple;
mod certificate;
mod chain;
mod evidence;
mod keys;
mod level;
mod policy;
mod refusal;
mod revocation;
mod roots;

use sha2::{Digest, Sha256};

pub use android::{
    ApplicationId, Authorizations, KeyDescription, NotADescription, RootOfTrust, SecurityLevel,
    VerifiedBoot,
};
pub use certificate::Certificate;
pub use evidence::{Binary, Evidence};
pub use keys::{AppAttestKey, Attested, JudgeError, judge, remember};
pub use level::TrustLevel;
pub use policy::{AndroidApp, AppleApp, NotAnApp, Policy, PolicyError, PolicyOptions, Summary};
pub use refusal::Refusal;
pub use revocation::RevocationList;

use crate::jws::VerifyingKey;

/// The tables of this room.
pub const SCHEMA: &str = keys::SCHEMA;

/// What precedes the challenge in what is hashed.
const PREFIX: &str = "GUICHET-ATTESTATION-V1\n";

/// What evidence has to be about.
#[derive(Clone, Copy, Debug)]
pub struct Expected<'a> {
    /// The approval key.
    pub key: &'a VerifyingKey,
    /// What Android's key storage was given as the challenge.
    pub challenge: [u8; 32],
    /// What App Attest was given as the hash of the client data.
    pub client_data_hash: [u8; 32],
    /// The bank's time, in seconds since 1970.
    pub now: i64,
}

impl<'a> Expected<'a> {
    /// What evidence has to be about for this key and the challenge it was proven over.
    pub fn of(key: &'a VerifyingKey, challenge: &str, now: i64) -> Self {
        let base = Sha256::new().chain_update(PREFIX).chain_update(challenge);
        let client_data = base.clone().chain_update("\n").chain_update(key.thumbprint());
        Self {
            key,
            challenge: base.finalize().into(),
            client_data_hash: client_data.finalize().into(),
            now,
        }
    }
}

/// Verifies evidence that stands for itself. An assertion does not: it needs the key that was attested
/// before, and is refused with [`Refusal::UnknownKey`] here.
pub fn verify(
    policy: &Policy,
    evidence: &Evidence,
    expected: &Expected<'_>,
) -> Result<Attested, Refusal> {
    match evidence {
        Evidence::AndroidKey { chain } => {
            let level = android::verify(policy, chain, expected)?;
            Ok(Attested { level, app_attest: None })
        }
        Evidence::AppleAppAttest { key_id, object } => {
            let key = apple::attested(policy, (&key_id.0, &object.0), expected)?;
            Ok(Attested { level: TrustLevel::SecureEnclave, app_attest: Some(key) })
        }
        Evidence::AppleAppAttestAssertion { .. } => Err(Refusal::UnknownKey),
    }
}

/// Verifies an assertion by a key that was attested before.
pub fn verify_assertion(
    policy: &Policy,
    known: AppAttestKey,
    (key_id, assertion): (&[u8], &[u8]),
    expected: &Expected<'_>,
) -> Result<Attested, Refusal> {
    let key = apple::asserted(policy, known, (key_id, assertion), expected)?;
    Ok(Attested { level: TrustLevel::SecureEnclave, app_attest: Some(key) })
}
