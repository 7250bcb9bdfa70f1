//! The key that wraps the items of the secure store, as Android's Keystore wraps an app's preferences.

use std::io;
use std::path::Path;

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use zeroize::Zeroizing;

use super::{file, random};

const NONCE: usize = 12;

/// AES-256-GCM; the item's name is bound in, so that items cannot be swapped.
pub(crate) struct WrappingKey(Aes256Gcm);

impl WrappingKey {
    /// The key of this folder; made if there is none.
    pub(crate) fn of(chip: &Path) -> io::Result<Self> {
        let path = chip.join("store.key");
        if let Some(found) = file::read(&path)?.map(Zeroizing::new) {
            return Self::from_bytes(&found)
                .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "store.key is damaged"));
        }
        let mut bytes = Zeroizing::new([0; 32]);
        random::fill(bytes.as_mut());
        file::write_durably(&path, bytes.as_ref())?;
        Ok(Self(Aes256Gcm::new((&*bytes).into())))
    }

    fn from_bytes(bytes: &[u8]) -> Option<Self> {
        let key: &[u8; 32] = bytes.try_into().ok()?;
        Some(Self(Aes256Gcm::new(key.into())))
    }

    /// nonce || ciphertext || tag. `None` cannot happen for items of this size.
    pub(crate) fn wrap(&self, name: &str, item: &[u8]) -> Option<Vec<u8>> {
        let mut nonce = [0; NONCE];
        random::fill(&mut nonce);
        let payload = Payload { msg: item, aad: name.as_bytes() };
        let wrapped = self.0.encrypt(&Nonce::from(nonce), payload).ok()?;
        Some([nonce.as_slice(), &wrapped].concat())
    }

    /// The item, if these bytes are it under that name.
    pub(crate) fn unwrap(&self, name: &str, wrapped: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
        let (nonce, wrapped) = wrapped.split_first_chunk::<NONCE>()?;
        let payload = Payload { msg: wrapped, aad: name.as_bytes() };
        self.0.decrypt(&Nonce::from(*nonce), payload).ok().map(Zeroizing::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_item_unwraps_under_its_own_name_only() {
        let chip = tempfile::tempdir().unwrap();
        let wrapped = WrappingKey::of(chip.path()).unwrap().wrap("tokens", b"secret").unwrap();
        let key = WrappingKey::of(chip.path()).unwrap();
        assert_eq!(key.unwrap("tokens", &wrapped).unwrap().as_slice(), b"secret");
        assert!(key.unwrap("registration", &wrapped).is_none());
        let stranger = tempfile::tempdir().unwrap();
        assert!(WrappingKey::of(stranger.path()).unwrap().unwrap("tokens", &wrapped).is_none());
    }
}
