//! The phone's secure hardware and secure storage, in software.
//!
//! A phone's folder looks like this:
//!
//!     chip/store.key        wraps every item of the secure store (a Keystore key on Android)
//!     chip/device.key       the device key
//!     chip/approval.key     the approval key, sealed to the finger
//!     chip/approval.pub     its public half
//!     chip/finger.pub       what the phone knows of the enrolled finger
//!     store/<slot>          an item of the secure store, encrypted under `store.key`
//!     store/<slot>.guarded  a guarded item, sealed to the finger, then encrypted under `store.key`
//!     app/                  the app's private folder: the vault
//!
//! `chip/` stands for what never leaves a real phone's hardware. It is as safe as a file, no safer, and the demo says so.

mod approval_key;
mod device_key;
pub(crate) mod file;
mod finger;
mod key_file;
mod random;
mod secure_store;
mod wrapping;

use std::io;
use std::path::{Path, PathBuf};

pub(crate) use approval_key::{SoftwareApprovalKey, sign_with};
pub(crate) use device_key::SoftwareDeviceKey;
pub(crate) use finger::{EnrolledFinger, Finger, NotThisFinger};
pub(crate) use random::fill as fill_random;
pub(crate) use secure_store::FileStore;
pub(crate) use wrapping::WrappingKey;

/// Where a phone keeps what.
#[derive(Clone, Debug)]
pub(crate) struct Folders {
    /// Keys that would never leave a real phone's hardware.
    pub(crate) chip: PathBuf,
    /// The secure store.
    pub(crate) store: PathBuf,
    /// The app's private folder.
    pub(crate) app: PathBuf,
}

impl Folders {
    /// The folders of the phone at `root`.
    pub(crate) fn of(root: &Path) -> Self {
        Self { chip: root.join("chip"), store: root.join("store"), app: root.join("app") }
    }

    /// Makes those that are missing.
    pub(crate) fn create(&self) -> io::Result<()> {
        [&self.chip, &self.store, &self.app].into_iter().try_for_each(std::fs::create_dir_all)
    }

    /// Remembers the enrolled finger, as the phone's settings do. Another one than before kills what is sealed to it: the approval
    /// key, which still looks as if it were there, and every guarded item.
    pub(crate) fn enrol_finger(&self, finger: &EnrolledFinger) -> io::Result<()> {
        let before = self.enrolled_finger()?;
        if before.is_some_and(|before| before.to_bytes() != finger.to_bytes()) {
            self.kill_what_is_sealed()?;
        }
        file::write_durably(&self.chip.join("finger.pub"), &finger.to_bytes())
    }

    fn kill_what_is_sealed(&self) -> io::Result<()> {
        let key = self.chip.join("approval.key");
        if file::read(&key)?.is_some() {
            file::write_durably(&key, &[])?;
        }
        for entry in std::fs::read_dir(&self.store)? {
            let item = entry?.path();
            if item.extension().is_some_and(|extension| extension == "guarded") {
                file::remove_durably(&item)?;
            }
        }
        Ok(())
    }

    /// The enrolled finger, if there is one.
    pub(crate) fn enrolled_finger(&self) -> io::Result<Option<EnrolledFinger>> {
        let bytes = file::read(&self.chip.join("finger.pub"))?;
        Ok(bytes.and_then(|bytes| EnrolledFinger::from_bytes(&bytes)))
    }
}

/// A new P-256 key, for whoever needs one in this demo.
pub(crate) use random::secret_key as random_key;
