//! P-256 in the forms the ports speak.

use guichet_foundation::key::{P256PublicKey, P256Signature};
use guichet_foundation::ports::SignerFailure;
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{PublicKey, SecretKey};

/// The public half as the core knows it.
pub(super) fn public(key: PublicKey) -> Result<P256PublicKey, SignerFailure> {
    P256PublicKey::from_uncompressed(key.to_sec1_point(false).as_bytes())
        .map_err(|_| SignerFailure::Platform)
}

/// ECDSA with SHA-256, handed out as DER, as phones do.
pub(super) fn sign(key: &SecretKey, message: &[u8]) -> Result<P256Signature, SignerFailure> {
    let signature: Signature = SigningKey::from(key).sign(message);
    P256Signature::from_platform(signature.to_der().as_bytes()).map_err(|_| SignerFailure::Platform)
}
