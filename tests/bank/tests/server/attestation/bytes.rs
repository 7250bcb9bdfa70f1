//! No bytes make the verifier panic, and none but honest ones hold.

use std::sync::LazyLock;

use guichet_attestor::AppAttestKey;
use guichet_bank::attestation::{AppAttestKey as KnownKey, KeyDescription, verify_assertion};
use proptest::collection::vec;
use proptest::prelude::*;
use sha2::{Digest, Sha256};

use super::{APPLE_APP, Makers, android_evidence, apple_evidence};

/// Evidence that holds, made once.
struct Honest {
    makers: Makers,
    chain: Vec<Vec<u8>>,
    app_attest: AppAttestKey,
    object: Vec<u8>,
    assertion: Vec<u8>,
}

static HONEST: LazyLock<Honest> = LazyLock::new(|| {
    let makers = Makers::new();
    let app_attest = AppAttestKey::generate().unwrap();
    let hash = makers.expected().client_data_hash;
    Honest {
        chain: makers.android_chain(&makers.description()),
        object: makers.app_attest().object(&makers.apple, &app_attest).unwrap(),
        assertion: app_attest.assert(APPLE_APP, 1, &hash).unwrap(),
        app_attest,
        makers,
    }
});

/// Bytes that begin like honest ones: cut, altered in places, with something behind.
fn near(honest: &[u8], cut: usize, flips: &[(usize, u8)], behind: &[u8]) -> Vec<u8> {
    let mut bytes = honest[..cut % (honest.len() + 1)].to_vec();
    for (at, bits) in flips {
        let length = bytes.len().max(1);
        if let Some(byte) = bytes.get_mut(at % length) {
            *byte ^= bits;
        }
    }
    bytes.extend_from_slice(behind);
    bytes
}

fn asserted(assertion: &[u8]) -> bool {
    let honest = &*HONEST;
    let known = KnownKey {
        key_id: honest.app_attest.key_id(),
        point: honest.app_attest.point().to_vec(),
        app_hash: Sha256::digest(APPLE_APP).to_vec(),
        counter: 0,
    };
    let key_id = known.key_id.clone();
    let expected = honest.makers.expected();
    verify_assertion(&honest.makers.policy, known, (&key_id, assertion), &expected).is_ok()
}

#[test]
fn honest_evidence_holds() {
    let honest = &*HONEST;
    assert!(honest.makers.verify(&android_evidence(&honest.chain)).is_ok());
    let object = honest.object.clone();
    assert!(honest.makers.verify(&apple_evidence(&honest.app_attest, object)).is_ok());
    assert!(asserted(&honest.assertion));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn no_bytes_are_evidence_by_accident(bytes in vec(any::<u8>(), 0..600)) {
        let honest = &*HONEST;
        prop_assert!(honest.makers.verify(&android_evidence(std::slice::from_ref(&bytes))).is_err());
        let apple = apple_evidence(&honest.app_attest, bytes.clone());
        prop_assert!(honest.makers.verify(&apple).is_err());
        prop_assert!(!asserted(&bytes));
        prop_assert!(KeyDescription::read(&bytes).is_err());
    }

    #[test]
    fn no_altered_certificate_holds(
        number in 0_usize..3,
        cut in any::<usize>(),
        flips in vec((any::<usize>(), 1_u8..), 0..4),
        behind in vec(any::<u8>(), 0..8),
    ) {
        let honest = &*HONEST;
        let mut chain = honest.chain.clone();
        chain[number] = near(&honest.chain[number], cut, &flips, &behind);
        let held = honest.makers.verify(&android_evidence(&chain)).is_ok();
        prop_assert_eq!(held, chain == honest.chain);
    }

    #[test]
    fn no_altered_description_makes_the_reader_panic(
        cut in any::<usize>(),
        flips in vec((any::<usize>(), 1_u8..), 0..4),
        behind in vec(any::<u8>(), 0..8),
    ) {
        let description = HONEST.makers.description().to_der();
        let bytes = near(&description, cut, &flips, &behind);
        let whole = bytes.len() == description.len();
        prop_assert!(whole || KeyDescription::read(&bytes).is_err());
    }

    /// The receipt within the object is no part of what is verified.
    #[test]
    fn no_altered_authenticator_data_holds(
        at in 0_usize..164,
        bits in 1_u8..,
        keep in 0_usize..6000,
    ) {
        let honest = &*HONEST;
        let mut object = honest.object.clone();
        let from = object.len() - 164;
        object[from + at] ^= bits;
        let altered = apple_evidence(&honest.app_attest, object);
        prop_assert!(honest.makers.verify(&altered).is_err());
        let cut = &honest.object[..keep % honest.object.len()];
        prop_assert!(honest.makers.verify(&apple_evidence(&honest.app_attest, cut.to_vec())).is_err());
    }

    #[test]
    fn no_altered_assertion_holds(
        cut in any::<usize>(),
        flips in vec((any::<usize>(), 1_u8..), 0..4),
        behind in vec(any::<u8>(), 0..8),
    ) {
        let bytes = near(&HONEST.assertion, cut, &flips, &behind);
        prop_assert_eq!(asserted(&bytes), bytes == HONEST.assertion);
    }
}
