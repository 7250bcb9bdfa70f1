//! Evidence about an approval key: what holds, and what is wrong with everything else.

mod android;
mod apple;
mod bytes;
mod chain;
mod enrolling;
mod samples;

use guichet_attestor::{AppAttest, AppAttestKey, Authority, Form, KEY_DESCRIPTION, KeyDescription};
use guichet_bank::attestation::{
    AndroidApp, AppleApp, Attested, Binary, Certificate, Evidence, Expected, Policy, Refusal,
    RevocationList, TrustLevel, verify,
};
use guichet_bank::jws::{SigningKey, VerifyingKey};

pub(crate) const PACKAGE: &str = "bank.guichet.android";
pub(crate) const SIGNER: [u8; 32] = [0x5A; 32];
pub(crate) const APPLE_APP: &str = "AB12345678.bank.guichet.ios";
const CHALLENGE: &str = "y0q8m1pX2uC3v4b5n6m7a8s9d0f1g2h3j4k5l6z7x8c";
/// 2026-03-02T08:00:00Z.
const NOW: i64 = 1_772_438_400;

/// The makers of phones, and a bank that believes them.
pub(crate) struct Makers {
    pub(crate) android: Authority,
    pub(crate) apple: Authority,
    pub(crate) policy: Policy,
    pub(crate) key: VerifyingKey,
}

impl Makers {
    pub(crate) fn new() -> Self {
        let android_root = Authority::root("Android root").unwrap();
        let apple_root = Authority::root("Apple root").unwrap();
        let read = |authority: &Authority| Certificate::read(authority.certificate()).unwrap();
        let policy = Policy {
            android_roots: vec![read(&android_root)],
            apple_roots: vec![read(&apple_root)],
            revoked: RevocationList::default(),
            android_apps: vec![AndroidApp { package: PACKAGE.to_owned(), signer: SIGNER }],
            apple_apps: vec![AppleApp(APPLE_APP.to_owned())],
            apple_development: false,
        };
        let factory = android_root.under(&Form::authority("Factory")).unwrap();
        Self {
            android: factory.under(&Form::authority("Security chip")).unwrap(),
            apple: apple_root.under(&Form::authority("App Attest CA")).unwrap(),
            policy,
            key: SigningKey::from_scalar(&[9; 32]).unwrap().verifying_key(),
        }
    }

    pub(crate) fn expected(&self) -> Expected<'_> {
        Expected::of(&self.key, CHALLENGE, NOW)
    }

    pub(crate) fn description(&self) -> KeyDescription {
        KeyDescription::of_approval_key(&self.expected().challenge, PACKAGE, &SIGNER)
    }

    /// The leaf's form with this description in it.
    pub(crate) fn described(description: &KeyDescription) -> Form {
        Form::leaf("Android Keystore Key").with(KEY_DESCRIPTION, description.to_der())
    }

    pub(crate) fn android_chain(&self, description: &KeyDescription) -> Vec<Vec<u8>> {
        self.android.chain(&Self::described(description), &self.key.to_uncompressed()).unwrap()
    }

    pub(crate) fn app_attest(&self) -> AppAttest {
        AppAttest::of(APPLE_APP, &self.expected().client_data_hash)
    }

    pub(crate) fn verify(&self, evidence: &Evidence) -> Result<TrustLevel, Refusal> {
        self.attested(evidence).map(|attested| attested.level())
    }

    pub(crate) fn attested(&self, evidence: &Evidence) -> Result<Attested, Refusal> {
        verify(&self.policy, evidence, &self.expected())
    }

    /// What comes of a chain.
    pub(crate) fn verify_chain(&self, chain: &[Vec<u8>]) -> Result<TrustLevel, Refusal> {
        self.verify(&android_evidence(chain))
    }

    /// What comes of a description, with everything else as it should be.
    pub(crate) fn verify_description(
        &self,
        description: &KeyDescription,
    ) -> Result<TrustLevel, Refusal> {
        self.verify_chain(&self.android_chain(description))
    }
}

pub(crate) fn android_evidence(chain: &[Vec<u8>]) -> Evidence {
    Evidence::AndroidKey { chain: chain.iter().cloned().map(Binary).collect() }
}

pub(crate) fn apple_evidence(key: &AppAttestKey, object: Vec<u8>) -> Evidence {
    Evidence::AppleAppAttest { key_id: Binary(key.key_id()), object: Binary(object) }
}
