//! The device key: a software key that stands in for the phone's secure hardware.

use std::path::{Path, PathBuf};

use guichet_foundation::key::{P256PublicKey, P256Signature};
use guichet_foundation::ports::{DeviceSigner, SignerFailure};
use p256::SecretKey;
use zeroize::Zeroizing;

use super::{file, key_file, random};

/// The device key in `chip/device.key`.
pub(crate) struct SoftwareDeviceKey {
    path: PathBuf,
}

impl SoftwareDeviceKey {
    /// The key of this folder, there or not.
    pub(crate) fn of(chip: &Path) -> Self {
        Self { path: chip.join("device.key") }
    }

    fn key(&self) -> Result<Option<SecretKey>, SignerFailure> {
        let Some(bytes) = file::read(&self.path).map_err(|_| SignerFailure::Platform)? else {
            return Ok(None);
        };
        SecretKey::from_slice(&Zeroizing::new(bytes)).map(Some).map_err(|_| SignerFailure::Platform)
    }
}

impl DeviceSigner for SoftwareDeviceKey {
    fn create(&self) -> Result<P256PublicKey, SignerFailure> {
        let key = random::secret_key();
        file::write_durably(&self.path, &Zeroizing::new(key.to_bytes()))
            .map_err(|_| SignerFailure::Platform)?;
        key_file::public(key.public_key())
    }

    fn public_key(&self) -> Result<Option<P256PublicKey>, SignerFailure> {
        self.key()?.map(|key| key_file::public(key.public_key())).transpose()
    }

    fn sign(&self, message: &[u8]) -> Result<P256Signature, SignerFailure> {
        key_file::sign(&self.key()?.ok_or(SignerFailure::NoKey)?, message)
    }

    fn destroy(&self) -> Result<(), SignerFailure> {
        file::remove_durably(&self.path).map_err(|_| SignerFailure::Platform)
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
}
