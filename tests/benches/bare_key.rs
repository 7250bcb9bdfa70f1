//! The signature that everything signed is compared with: ring's, and nothing around it.

use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, KeyPair as _, Signature};

/// ring's P-256.
pub(crate) struct BareKey {
    key: EcdsaKeyPair,
    random: SystemRandom,
}

impl BareKey {
    pub(crate) fn new() -> Self {
        let (random, algorithm) = (SystemRandom::new(), &ECDSA_P256_SHA256_FIXED_SIGNING);
        let pkcs8 = EcdsaKeyPair::generate_pkcs8(algorithm, &random).unwrap();
        let key = EcdsaKeyPair::from_pkcs8(algorithm, pkcs8.as_ref(), &random).unwrap();
        Self { key, random }
    }

    pub(crate) fn sign(&self, message: &[u8]) -> Signature {
        self.key.sign(&self.random, message).unwrap()
    }

    /// The public half, uncompressed.
    pub(crate) fn public(&self) -> &[u8] {
        self.key.public_key().as_ref()
    }
}
