//! What the secure store remembers of the vault: how often it was opened, and which key it has.

use guichet_foundation::ports::{SecureStore, Slot, StoreFailure};
use guichet_foundation::sensitivity::SecretBytes;
use subtle::ConstantTimeEq as _;

use crate::failure::OpenFailure;
use crate::root_key::{KEY_SIZE, RootKey};

const VERSION: u8 = 1;
const RECORD_SIZE: usize = 1 + size_of::<u32>() + KEY_SIZE;

/// The item of [`Slot::VaultEpoch`]: version, epoch (big-endian), key check.
///
/// The epoch grows by one with each opening, first in the file, then here. So the file is level with this record or, after a kill
/// between the two writes, one ahead; a file that is behind is an older copy. An opening that finds the file ahead takes the
/// same number again, so that it is never more than one.
pub(crate) struct Record {
    pub(crate) epoch: u32,
    check: [u8; KEY_SIZE],
}

impl Record {
    /// What the store remembers; `None` before the first opening is complete.
    pub(crate) fn load(store: &dyn SecureStore) -> Result<Option<Self>, OpenFailure> {
        let Some(item) = store.get(Slot::VaultEpoch)? else { return Ok(None) };
        match item.expose_secret().split_first() {
            Some((&VERSION, body)) if body.len() == RECORD_SIZE - 1 => {
                Self::parse(body).ok_or(OpenFailure::Store(StoreFailure::Platform)).map(Some)
            }
            Some((&version, _)) if version > VERSION => Err(OpenFailure::Newer),
            _ => Err(OpenFailure::Store(StoreFailure::Platform)),
        }
    }

    fn parse(body: &[u8]) -> Option<Self> {
        let (epoch, check) = body.split_first_chunk()?;
        Some(Self { epoch: u32::from_be_bytes(*epoch), check: check.try_into().ok()? })
    }

    pub(crate) fn of(root: &RootKey, epoch: u32) -> Self {
        Self { epoch, check: *root.check_value() }
    }

    /// Remembers this record. Durable on return.
    pub(crate) fn save(&self, store: &dyn SecureStore) -> Result<(), StoreFailure> {
        let mut item = Vec::with_capacity(RECORD_SIZE);
        item.push(VERSION);
        item.extend_from_slice(&self.epoch.to_be_bytes());
        item.extend_from_slice(&self.check);
        store.put(Slot::VaultEpoch, &SecretBytes::new(item))
    }

    /// Whether the vault was made with `root`.
    pub(crate) fn is_of(&self, root: &RootKey) -> bool {
        self.check.as_slice().ct_eq(root.check_value().as_slice()).into()
    }
}
