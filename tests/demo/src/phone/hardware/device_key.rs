//! The device key: a software key that stands in for the phone's secure hardware.

use std::path::{Path, PathBuf};

use guichet_foundation::key::{P256PublicKey, P256Signature};
use guichet_foundation::ports::{DeviceSigner, SignerFailure};
use p256::SecretKey;
use zeroize::Zeroizing;

use super::{file, key_file, random};

/// The device key in `chip/device.key`, its successor in `chip/device-successor.key`.
pub(crate) struct SoftwareDeviceKey {
    path: PathBuf,
    successor: PathBuf,
}

impl SoftwareDeviceKey {
    /// The key of this folder, there or not.
    pub(crate) fn of(chip: &Path) -> Self {
        Self { path: chip.join("device.key"), successor: chip.join("device-successor.key") }
    }
}

fn read(path: &Path) -> Result<Option<SecretKey>, SignerFailure> {
    let Some(bytes) = file::read(path).map_err(|_| SignerFailure::Platform)? else {
        return Ok(None);
    };
    SecretKey::from_slice(&Zeroizing::new(bytes)).map(Some).map_err(|_| SignerFailure::Platform)
}

fn make(path: &Path) -> Result<P256PublicKey, SignerFailure> {
    let key = random::secret_key();
    file::write_durably(path, &Zeroizing::new(key.to_bytes()))
        .map_err(|_| SignerFailure::Platform)?;
    key_file::public(key.public_key())
}

fn public(path: &Path) -> Result<Option<P256PublicKey>, SignerFailure> {
    read(path)?.map(|key| key_file::public(key.public_key())).transpose()
}

fn sign(path: &Path, message: &[u8]) -> Result<P256Signature, SignerFailure> {
    key_file::sign(&read(path)?.ok_or(SignerFailure::NoKey)?, message)
}

impl DeviceSigner for SoftwareDeviceKey {
    fn create(&self) -> Result<P256PublicKey, SignerFailure> {
        make(&self.path)
    }

    fn public_key(&self) -> Result<Option<P256PublicKey>, SignerFailure> {
        public(&self.path)
    }

    fn sign(&self, message: &[u8]) -> Result<P256Signature, SignerFailure> {
        sign(&self.path, message)
    }

    fn destroy(&self) -> Result<(), SignerFailure> {
        [&self.successor, &self.path]
            .into_iter()
            .try_for_each(|path| file::remove_durably(path))
            .map_err(|_| SignerFailure::Platform)
    }

    fn create_successor(&self) -> Result<P256PublicKey, SignerFailure> {
        make(&self.successor)
    }

    fn successor(&self) -> Result<Option<P256PublicKey>, SignerFailure> {
        public(&self.successor)
    }

    fn sign_with_successor(&self, message: &[u8]) -> Result<P256Signature, SignerFailure> {
        sign(&self.successor, message)
    }

    fn promote_successor(&self) -> Result<(), SignerFailure> {
        if read(&self.successor)?.is_none() {
            return Err(SignerFailure::NoKey);
        }
        file::rename_durably(&self.successor, &self.path).map_err(|_| SignerFailure::Platform)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_key_survives_the_process_and_dies_when_destroyed() {
        let chip = tempfile::tempdir().unwrap();
        let public = SoftwareDeviceKey::of(chip.path()).create().unwrap();
        let again = SoftwareDeviceKey::of(chip.path());
        assert_eq!(again.public_key(), Ok(Some(public)));
        assert!(again.sign(b"message").is_ok());
        again.destroy().unwrap();
        assert_eq!(again.public_key(), Ok(None));
        assert_eq!(again.sign(b"message").map(|_| ()), Err(SignerFailure::NoKey));
    }

    #[test]
    fn a_successor_waits_beside_the_key_until_it_takes_its_place() {
        let chip = tempfile::tempdir().unwrap();
        let signer = SoftwareDeviceKey::of(chip.path());
        assert_eq!(signer.promote_successor(), Err(SignerFailure::NoKey));
        let first = signer.create().unwrap();
        let second = signer.create_successor().unwrap();
        assert_eq!((signer.public_key(), signer.successor()), (Ok(Some(first)), Ok(Some(second))));
        signer.promote_successor().unwrap();
        let again = SoftwareDeviceKey::of(chip.path());
        assert_eq!((again.public_key(), again.successor()), (Ok(Some(second)), Ok(None)));
        again.create_successor().unwrap();
        again.destroy().unwrap();
        assert_eq!((again.public_key(), again.successor()), (Ok(None), Ok(None)));
    }
}
