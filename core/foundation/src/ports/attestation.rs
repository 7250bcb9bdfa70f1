use std::fmt;

/// Evidence from the phone's makers about the approval key, for the bank to judge (docs/protocol.md, section 7.1). The core
/// carries it and looks into none of it. `Debug` shows what it is and how long.
#[derive(Clone, PartialEq, Eq)]
pub enum Attestation {
    /// Android Key Attestation: the approval key's own certificates.
    AndroidKey {
        /// DER, the key's certificate first: what `KeyStore.getCertificateChain` returns.
        chain: Vec<Vec<u8>>,
    },
    /// Apple App Attest: a new key of the app's, which vouches for the approval key.
    AppleAppAttest {
        /// The App Attest key's id, 32 bytes.
        key_id: Vec<u8>,
        /// What `attestKey` gave.
        object: Vec<u8>,
    },
    /// Apple App Attest: the key that was attested before vouches again.
    AppleAppAttestAssertion {
        /// The App Attest key's id, 32 bytes.
        key_id: Vec<u8>,
        /// What `generateAssertion` gave.
        assertion: Vec<u8>,
    },
}

impl fmt::Debug for Attestation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::AndroidKey { chain } => write!(f, "AndroidKey({} certificates)", chain.len()),
            Self::AppleAppAttest { object, .. } => {
                write!(f, "AppleAppAttest({} bytes)", object.len())
            }
            Self::AppleAppAttestAssertion { assertion, .. } => {
                write!(f, "AppleAppAttestAssertion({} bytes)", assertion.len())
            }
        }
    }
}
