//! ES256 (RFC 7518 section 3.4): ECDSA on P-256 with SHA-256, verified by ring.

use guichet_foundation::key::{P256PublicKey, P256Signature};
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};

/// The signature is not this key's over these bytes, or the key is not a point on the curve.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not verify")]
pub struct DoesNotVerify;

/// Verifies `signature` by `key` over `message` (the message, not its digest).
pub fn verify(
    key: &P256PublicKey,
    message: &[u8],
    signature: &P256Signature,
) -> Result<(), DoesNotVerify> {
    UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, key.to_uncompressed())
        .verify(message, signature.as_raw())
        .map_err(|_| DoesNotVerify)
}

#[cfg(test)]
mod tests {
    use guichet_foundation::ports::DeviceSigner as _;
    use guichet_foundation::ports::fakes::FakeSigner;

    use super::*;

    #[test]
    fn a_signature_verifies_for_its_key_and_message_only() {
        let signer = FakeSigner::seeded(1);
        let key = guichet_foundation::ports::DeviceSigner::create(&signer).unwrap();
        let other =
            guichet_foundation::ports::DeviceSigner::create(&FakeSigner::seeded(2)).unwrap();
        let signature = signer.sign(b"message").unwrap();
        assert_eq!(verify(&key, b"message", &signature), Ok(()));
        assert_eq!(verify(&key, b"massage", &signature), Err(DoesNotVerify));
        assert_eq!(verify(&other, b"message", &signature), Err(DoesNotVerify));
    }

    #[test]
    fn a_key_off_the_curve_verifies_nothing() {
        let off = P256PublicKey::from_coordinates([1; 32], [1; 32]);
        let signer = FakeSigner::seeded(1);
        guichet_foundation::ports::DeviceSigner::create(&signer).unwrap();
        let signature = signer.sign(b"m").unwrap();
        assert_eq!(verify(&off, b"m", &signature), Err(DoesNotVerify));
    }
}
