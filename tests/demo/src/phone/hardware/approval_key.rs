//! The approval key: a software key, sealed to the finger.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use guichet_foundation::key::{P256PublicKey, P256Signature};
use guichet_foundation::ports::{ApprovalRequest, ApprovalSigner, PromptFailure, SignerFailure};
use p256::{PublicKey, SecretKey};
use zeroize::Zeroizing;

use super::{Finger, Folders, NotThisFinger, file, key_file, random};

const LABEL: &str = "approval key";

/// Shows the sensor to the person.
pub(crate) type AskApproval = Arc<dyn Fn(ApprovalRequest) + Send + Sync>;

/// The approval key in `chip/approval.key`.
pub(crate) struct SoftwareApprovalKey {
    folders: Folders,
    sealed: PathBuf,
    public: PathBuf,
    ask: AskApproval,
}

impl SoftwareApprovalKey {
    /// The key of this phone, there or not. `ask` shows the prompt.
    pub(crate) fn of(folders: &Folders, ask: AskApproval) -> Self {
        Self {
            folders: folders.clone(),
            sealed: folders.chip.join("approval.key"),
            public: folders.chip.join("approval.pub"),
            ask,
        }
    }

    fn write(&self, key: &SecretKey) -> Result<(), SignerFailure> {
        let finger = self.folders.enrolled_finger().map_err(|_| SignerFailure::Platform)?;
        let sealed = finger
            .ok_or(SignerFailure::NoBiometrics)?
            .seal(LABEL, &Zeroizing::new(key.to_bytes()))
            .ok_or(SignerFailure::Platform)?;
        // The public half goes first: a key whose public half is missing would look like no key at all.
        let public = key_file::public(key.public_key())?.to_uncompressed();
        file::write_durably(&self.public, &public)
            .and_then(|()| file::write_durably(&self.sealed, &sealed))
            .map_err(|_| SignerFailure::Platform)
    }
}

/// Signs with the approval key of the phone whose `chip` folder this is, if the finger is the one it is sealed to.
pub(crate) fn sign_with(
    chip: &Path,
    finger: &Finger,
    message: &[u8],
) -> Result<P256Signature, PromptFailure> {
    let sealed = file::read(&chip.join("approval.key"))
        .map_err(|_| PromptFailure::Platform)?
        .filter(|sealed| !sealed.is_empty())
        .ok_or(PromptFailure::KeyInvalidated)?;
    let bytes =
        finger.open(LABEL, &sealed).map_err(|NotThisFinger| PromptFailure::NotRecognised)?;
    let key = SecretKey::from_slice(&bytes).map_err(|_| PromptFailure::Platform)?;
    key_file::sign(&key, message).map_err(|_| PromptFailure::Platform)
}

impl ApprovalSigner for SoftwareApprovalKey {
    fn create(&self) -> Result<P256PublicKey, SignerFailure> {
        let key = random::secret_key();
        self.write(&key)?;
        key_file::public(key.public_key())
    }

    fn public_key(&self) -> Result<Option<P256PublicKey>, SignerFailure> {
        let found = |path| file::read(path).map_err(|_| SignerFailure::Platform);
        let (Some(point), Some(_)) = (found(&self.public)?, found(&self.sealed)?) else {
            return Ok(None);
        };
        let key = PublicKey::from_sec1_bytes(&point).map_err(|_| SignerFailure::Platform)?;
        key_file::public(key).map(Some)
    }

    fn ask(&self, request: ApprovalRequest) {
        (self.ask)(request);
    }

    fn destroy(&self) -> Result<(), SignerFailure> {
        file::remove_durably(&self.sealed)
            .and_then(|()| file::remove_durably(&self.public))
            .map_err(|_| SignerFailure::Platform)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn phone() -> (tempfile::TempDir, Folders) {
        let root = tempfile::tempdir().unwrap();
        let folders = Folders::of(root.path());
        folders.create().unwrap();
        (root, folders)
    }

    #[test]
    fn it_signs_with_the_right_finger_only() {
        let (_root, folders) = phone();
        let (finger, other) = (Finger::grow(), Finger::grow());
        folders.enrol_finger(&finger.enrolled()).unwrap();
        let signer = SoftwareApprovalKey::of(&folders, Arc::new(|_| ()));
        let public = signer.create().unwrap();
        assert_eq!(signer.public_key(), Ok(Some(public)));
        assert!(sign_with(&folders.chip, &finger, b"message").is_ok());
        let refused = sign_with(&folders.chip, &other, b"message").map(|_| ());
        assert_eq!(refused, Err(PromptFailure::NotRecognised));
        signer.destroy().unwrap();
        let refused = sign_with(&folders.chip, &finger, b"message").map(|_| ());
        assert_eq!(refused, Err(PromptFailure::KeyInvalidated));
    }

    #[test]
    fn another_finger_kills_the_key_though_it_looks_as_if_it_were_there() {
        let (_root, folders) = phone();
        folders.enrol_finger(&Finger::grow().enrolled()).unwrap();
        let signer = SoftwareApprovalKey::of(&folders, Arc::new(|_| ()));
        let public = signer.create().unwrap();
        let other = Finger::grow();
        folders.enrol_finger(&other.enrolled()).unwrap();
        assert_eq!(signer.public_key(), Ok(Some(public)));
        let refused = sign_with(&folders.chip, &other, b"message").map(|_| ());
        assert_eq!(refused, Err(PromptFailure::KeyInvalidated));
    }

    #[test]
    fn without_an_enrolled_finger_there_is_no_key() {
        let (_root, folders) = phone();
        let signer = SoftwareApprovalKey::of(&folders, Arc::new(|_| ()));
        assert_eq!(signer.create(), Err(SignerFailure::NoBiometrics));
        assert_eq!(signer.public_key(), Ok(None));
    }
}
