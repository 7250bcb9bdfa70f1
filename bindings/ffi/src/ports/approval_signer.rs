use std::sync::Arc;

use guichet_foundation::key::P256PublicKey;
use guichet_foundation::ports::{self, Attestation};

use super::device_signer::point;
use super::{PortFailure, SignerFailure};
use crate::prompts::{Prompts, Unshown};

/// In which form a phone's makers speak of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum AttestationFormat {
    /// Android Key Attestation: what `attestation` returns are the key's certificates.
    AndroidKey,
    /// Apple App Attest: what `attestation` returns are a key id and an object.
    AppleAppAttest,
}

/// The approval key: P-256 in the phone's secure hardware, a biometric for every single use, dead once biometrics are enrolled
/// anew.
///
/// `create` and `attestation` are called away from the main thread and may block for seconds.
#[uniffi::export(foreign)]
pub trait ApprovalSigner: Send + Sync {
    /// Makes a new key, replacing the old one, without a prompt. Returns its public half: the 65 bytes of an uncompressed point.
    ///
    /// Android: `KeyGenParameterSpec.Builder(alias, PURPOSE_SIGN)` with `setAlgorithmParameterSpec(ECGenParameterSpec("secp256r1"))`,
    /// `setDigests(DIGEST_SHA256)`, `setUserAuthenticationRequired(true)`, `setUserAuthenticationParameters(0,
    /// AUTH_BIOMETRIC_STRONG)`, `setInvalidatedByBiometricEnrollment(true)`, `setAttestationChallenge(attestationChallenge)` with these
    /// 32 bytes as they are, and `setIsStrongBoxBacked(true)`; on a `StrongBoxUnavailableException` once more without the last. A bank
    /// refuses the evidence of a key with other purposes or digests, or one that takes the phone's PIN too.
    ///
    /// Apple: `SecKeyCreateRandomKey` with `kSecAttrTokenIDSecureEnclave` and an access control of `.privateKeyUsage` and
    /// `.biometryCurrentSet`. The challenge has no place there; it comes back in `attestation`.
    fn create(&self, attestation_challenge: Vec<u8>) -> Result<Vec<u8>, SignerFailure>;

    /// The public half, if there is a key.
    fn public_key(&self) -> Result<Option<Vec<u8>>, SignerFailure>;

    /// In which form `attestation` answers on this phone; nothing if its makers do not speak of keys at all (a simulator, an emulator,
    /// `DCAppAttestService.isSupported` being false).
    fn attestation_format(&self) -> Result<Option<AttestationFormat>, SignerFailure>;

    /// What the makers say of the key that exists now, in parts. Empty: nothing. A failure is worth another try, so a server that does
    /// not answer is a failure and not an empty answer.
    ///
    /// Android: `KeyStore.getCertificateChain(alias)`, each certificate's `encoded`, in that order. A single certificate is no
    /// evidence: then answer nothing. `client_data_hash` and `attested_key_id` are not used.
    ///
    /// Apple: without `attested_key_id`, `DCAppAttestService.shared.generateKey`, then `attestKey(keyId, clientDataHash:
    /// clientDataHash)` with these 32 bytes as they are; answer the key id, decoded from base64, and the object. With it,
    /// `generateAssertion(attestedKeyId in base64, clientDataHash: clientDataHash)`; answer that same id and the assertion; on
    /// `DCError.invalidKey` as without it. Nothing has to be kept: the core remembers which key the bank knows.
    fn attestation(
        &self,
        client_data_hash: Vec<u8>,
        attested_key_id: Option<Vec<u8>>,
    ) -> Result<Vec<Vec<u8>>, SignerFailure>;

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
    fn create(
        &self,
        attestation_challenge: &[u8; 32],
    ) -> Result<P256PublicKey, ports::SignerFailure> {
        point(&self.signer.create(attestation_challenge.to_vec())?)
    }

    fn public_key(&self) -> Result<Option<P256PublicKey>, ports::SignerFailure> {
        self.signer.public_key()?.as_deref().map(point).transpose()
    }

    fn attestation(
        &self,
        client_data_hash: &[u8; 32],
        attested_key_id: Option<&[u8]>,
    ) -> Result<Option<Attestation>, ports::SignerFailure> {
        let Some(format) = self.signer.attestation_format()? else { return Ok(None) };
        let known = attested_key_id.map(<[u8]>::to_vec);
        let parts = self.signer.attestation(client_data_hash.to_vec(), known)?;
        put_together(format, parts, attested_key_id)
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

/// A key of Apple's is attested once in its life: whatever comes with the id that is known already is an assertion.
fn put_together(
    format: AttestationFormat,
    parts: Vec<Vec<u8>>,
    attested_key_id: Option<&[u8]>,
) -> Result<Option<Attestation>, ports::SignerFailure> {
    if parts.is_empty() {
        return Ok(None);
    }
    if format == AttestationFormat::AndroidKey {
        return Ok(Some(Attestation::AndroidKey { chain: parts }));
    }
    let Ok([key_id, object]) = <[Vec<u8>; 2]>::try_from(parts) else {
        return Err(ports::SignerFailure::Platform);
    };
    Ok(Some(if attested_key_id == Some(&*key_id) {
        Attestation::AppleAppAttestAssertion { key_id, assertion: object }
    } else {
        Attestation::AppleAppAttest { key_id, object }
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: [u8; 32] = [7; 32];

    #[test]
    fn certificates_are_taken_in_their_order_and_none_is_nothing() {
        let chain = vec![vec![1], vec![2], vec![3]];
        let evidence = put_together(AttestationFormat::AndroidKey, chain.clone(), Some(&ID));
        assert_eq!(evidence, Ok(Some(Attestation::AndroidKey { chain })));
        for format in [AttestationFormat::AndroidKey, AttestationFormat::AppleAppAttest] {
            assert_eq!(put_together(format, Vec::new(), None), Ok(None));
        }
    }

    #[test]
    fn the_known_key_asserts_and_every_other_is_attested() {
        let parts = || vec![ID.to_vec(), vec![1]];
        let apple = |known| put_together(AttestationFormat::AppleAppAttest, parts(), known);
        let (key_id, object) = (ID.to_vec(), vec![1]);
        let attested = Attestation::AppleAppAttest { key_id: key_id.clone(), object };
        assert_eq!(apple(None), Ok(Some(attested.clone())));
        assert_eq!(apple(Some(&[8; 32])), Ok(Some(attested)));
        let asserted = Attestation::AppleAppAttestAssertion { key_id, assertion: vec![1] };
        assert_eq!(apple(Some(&ID)), Ok(Some(asserted)));
    }

    #[test]
    fn parts_that_make_no_evidence_are_the_platforms_failure() {
        for parts in [vec![vec![1]], vec![vec![1]; 3]] {
            let refused = put_together(AttestationFormat::AppleAppAttest, parts, None);
            assert_eq!(refused, Err(ports::SignerFailure::Platform));
        }
    }

    #[test]
    fn invariant_07_silent_evidence_prints_how_long_it_is() {
        let chain = vec![b"certificate".to_vec()];
        let printed = format!("{:?}", Attestation::AndroidKey { chain });
        assert_eq!(printed, "AndroidKey(1 certificates)");
    }
}
