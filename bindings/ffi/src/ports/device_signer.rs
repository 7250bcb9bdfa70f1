use std::sync::Arc;

use guichet_foundation::key::{P256PublicKey, P256Signature};
use guichet_foundation::ports;

use super::SignerFailure;

/// The device key: P-256 in the phone's secure hardware, used without a prompt. Beside it there may be its successor, while the
/// bank is being told to take that instead. Every change is durable when the call returns, and whole or not at all if the process
/// is killed in between: a platform keeps two keys, and a name that says which is which.
#[uniffi::export(foreign)]
pub trait DeviceSigner: Send + Sync {
    /// Makes a new key, replacing the old one. Returns its public half: the 65 bytes of an uncompressed point, 0x04 || x || y.
    fn create(&self) -> Result<Vec<u8>, SignerFailure>;

    /// The public half, if there is a key.
    fn public_key(&self) -> Result<Option<Vec<u8>>, SignerFailure>;

    /// ECDSA with SHA-256 over `message` (the message, not its digest): DER, or r||s.
    fn sign(&self, message: Vec<u8>) -> Result<Vec<u8>, SignerFailure>;

    /// Destroys the key and its successor. Not there: nothing to do. (The generated Kotlin has a `destroy` of its own.)
    fn destroy_key(&self) -> Result<(), SignerFailure>;

    /// Makes a successor beside the key, replacing an earlier one. Returns its public half, as `create` does. The key stays in use.
    fn create_successor(&self) -> Result<Vec<u8>, SignerFailure>;

    /// The successor's public half, if there is one.
    fn successor(&self) -> Result<Option<Vec<u8>>, SignerFailure>;

    /// As `sign`, by the successor.
    fn sign_with_successor(&self, message: Vec<u8>) -> Result<Vec<u8>, SignerFailure>;

    /// Puts the successor in the place of the key, which is destroyed. Without one: `NoKey`, and nothing changes.
    fn promote_successor(&self) -> Result<(), SignerFailure>;
}

pub(crate) struct ForeignDeviceSigner(pub(crate) Arc<dyn DeviceSigner>);

impl ports::DeviceSigner for ForeignDeviceSigner {
    fn create(&self) -> Result<P256PublicKey, ports::SignerFailure> {
        point(&self.0.create()?)
    }

    fn public_key(&self) -> Result<Option<P256PublicKey>, ports::SignerFailure> {
        self.0.public_key()?.as_deref().map(point).transpose()
    }

    fn sign(&self, message: &[u8]) -> Result<P256Signature, ports::SignerFailure> {
        let signature = self.0.sign(message.to_vec())?;
        P256Signature::from_platform(&signature).map_err(|_| ports::SignerFailure::Platform)
    }

    fn destroy(&self) -> Result<(), ports::SignerFailure> {
        Ok(self.0.destroy_key()?)
    }

    fn create_successor(&self) -> Result<P256PublicKey, ports::SignerFailure> {
        point(&self.0.create_successor()?)
    }

    fn successor(&self) -> Result<Option<P256PublicKey>, ports::SignerFailure> {
        self.0.successor()?.as_deref().map(point).transpose()
    }

    fn sign_with_successor(&self, message: &[u8]) -> Result<P256Signature, ports::SignerFailure> {
        let signature = self.0.sign_with_successor(message.to_vec())?;
        P256Signature::from_platform(&signature).map_err(|_| ports::SignerFailure::Platform)
    }

    fn promote_successor(&self) -> Result<(), ports::SignerFailure> {
        Ok(self.0.promote_successor()?)
    }
}

/// The public key of a platform's point.
pub(super) fn point(bytes: &[u8]) -> Result<P256PublicKey, ports::SignerFailure> {
    P256PublicKey::from_uncompressed(bytes).map_err(|_| ports::SignerFailure::Platform)
}

#[cfg(test)]
mod tests {
    use guichet_foundation::ports::DeviceSigner as _;

    use super::*;

    struct Answers(Vec<u8>);

    impl DeviceSigner for Answers {
        fn create(&self) -> Result<Vec<u8>, SignerFailure> {
            Ok(self.0.clone())
        }

        fn public_key(&self) -> Result<Option<Vec<u8>>, SignerFailure> {
            Ok(Some(self.0.clone()))
        }

        fn sign(&self, _: Vec<u8>) -> Result<Vec<u8>, SignerFailure> {
            Ok(self.0.clone())
        }

        fn destroy_key(&self) -> Result<(), SignerFailure> {
            Err(SignerFailure::NoKey)
        }

        fn create_successor(&self) -> Result<Vec<u8>, SignerFailure> {
            Ok(self.0.clone())
        }

        fn successor(&self) -> Result<Option<Vec<u8>>, SignerFailure> {
            Ok(Some(self.0.clone()))
        }

        fn sign_with_successor(&self, _: Vec<u8>) -> Result<Vec<u8>, SignerFailure> {
            Ok(self.0.clone())
        }

        fn promote_successor(&self) -> Result<(), SignerFailure> {
            Err(SignerFailure::NoKey)
        }
    }

    #[test]
    fn what_is_no_key_and_no_signature_is_refused() {
        for length in [0, 1, 33, 64, 65, 66, 72] {
            let signer = ForeignDeviceSigner(Arc::new(Answers(vec![0; length])));
            assert_eq!(signer.create(), Err(ports::SignerFailure::Platform));
            assert_eq!(signer.public_key(), Err(ports::SignerFailure::Platform));
            assert!(matches!(signer.sign(b"m"), Err(ports::SignerFailure::Platform)), "{length}");
            assert_eq!(signer.create_successor(), Err(ports::SignerFailure::Platform));
            assert_eq!(signer.successor(), Err(ports::SignerFailure::Platform));
            let by_successor = signer.sign_with_successor(b"m");
            assert!(matches!(by_successor, Err(ports::SignerFailure::Platform)), "{length}");
        }
    }

    #[test]
    fn a_declared_failure_keeps_its_kind() {
        let signer = ForeignDeviceSigner(Arc::new(Answers(Vec::new())));
        assert_eq!(signer.destroy(), Err(ports::SignerFailure::NoKey));
        assert_eq!(signer.promote_successor(), Err(ports::SignerFailure::NoKey));
    }
}
