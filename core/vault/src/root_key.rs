//! The root key and what is derived from it.

use std::fmt;

use guichet_foundation::ports::Entropy;
use guichet_foundation::sensitivity::C3;
use hkdf::Hkdf;
use sha2::Sha256;
use zeroize::Zeroizing;

/// Bytes of a root key and of every key derived from it.
pub(crate) const KEY_SIZE: usize = 32;

const DATABASE_KEY: &[u8] = b"guichet vault: database key, v1";
const KEY_CHECK: &[u8] = b"guichet vault: key check, v1";

/// The key everything in the vault hangs on: 32 random bytes. Class C3: prints as dots, zeroised when dropped.
///
/// It is never used itself: each purpose has a key of its own, derived with HKDF-SHA-256 (RFC 5869). It lies in one place on the heap:
/// moving it from call to call leaves no copies on the stack.
pub struct RootKey(Box<C3<[u8; KEY_SIZE]>>);

impl RootKey {
    /// Draws a new one.
    pub fn make(entropy: &dyn Entropy) -> Self {
        let mut key = Self::blank();
        entropy.fill(key.0.expose_secret_mut());
        key
    }

    /// From the bytes of a wrapped or released item.
    pub(crate) fn from_slice(bytes: &[u8]) -> Option<Self> {
        let mut key = Self::blank();
        if bytes.len() != KEY_SIZE {
            return None;
        }
        key.0.expose_secret_mut().copy_from_slice(bytes);
        Some(key)
    }

    /// A place to write a key to.
    fn blank() -> Self {
        Self(Box::new(C3::new([0; KEY_SIZE])))
    }

    /// The bytes, to be wrapped or guarded.
    pub(crate) fn expose(&self) -> &[u8; KEY_SIZE] {
        self.0.expose_secret()
    }

    /// The key of the database file.
    pub(crate) fn database_key(&self) -> Zeroizing<[u8; KEY_SIZE]> {
        self.derive(DATABASE_KEY)
    }

    /// A value that tells one root key from another and gives nothing away about either.
    pub(crate) fn check_value(&self) -> Zeroizing<[u8; KEY_SIZE]> {
        self.derive(KEY_CHECK)
    }

    /// The root is uniformly random, so that RFC 5869 section 3.3 applies: expand without extracting.
    fn derive(&self, purpose: &[u8]) -> Zeroizing<[u8; KEY_SIZE]> {
        let mut key = Zeroizing::new([0; KEY_SIZE]);
        let expanded = Hkdf::<Sha256>::from_prk(self.expose())
            .is_ok_and(|hkdf| hkdf.expand(purpose, key.as_mut_slice()).is_ok());
        debug_assert!(expanded, "32 bytes are long enough a key and short enough an output");
        key
    }
}

impl fmt::Debug for RootKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RootKey(••)")
    }
}

#[cfg(test)]
mod tests {
    use guichet_foundation::ports::fakes::FakeEntropy;

    use super::*;

    #[test]
    fn each_purpose_has_its_own_key() {
        let root = RootKey::make(&FakeEntropy::seeded(1));
        assert_ne!(root.database_key(), root.check_value());
        assert_ne!(root.database_key().as_slice(), root.expose());
        assert_ne!(*root.database_key(), [0; KEY_SIZE]);
    }

    // Computed apart with an HMAC-SHA-256 of another implementation: HMAC(root, purpose || 0x01).
    #[test]
    fn derivation_is_pinned() {
        let root = RootKey::from_slice(&[7; KEY_SIZE]).unwrap();
        assert_eq!(
            *root.database_key(),
            [
                0xE5, 0xE3, 0x5D, 0xF5, 0x60, 0xE2, 0x39, 0xA3, 0xF9, 0x01, 0x63, 0xD0, 0x83, 0xAB,
                0xF9, 0x8C, 0xC2, 0xC4, 0xBB, 0x1D, 0x7E, 0xD0, 0x55, 0xBA, 0x09, 0x04, 0xB2, 0xCB,
                0xEA, 0x87, 0xD4, 0x5C
            ]
        );
    }

    #[test]
    fn invariant_07_silent_a_root_key_prints_as_dots() {
        let root = RootKey::from_slice(&[0x41; KEY_SIZE]).unwrap();
        assert_eq!(format!("{root:?} {root:#?}"), "RootKey(••) RootKey(••)");
    }
}
