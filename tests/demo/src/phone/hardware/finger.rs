//! The finger, in software: a secret that the conductor holds and the phone does not.
//!
//! Phones compare fingers inside their secure hardware, which then releases a key. Here the finger *is* the key: 32 secret bytes,
//! whose public half the phone learns when the finger is enrolled. What is sealed to it opens with those bytes and with nothing
//! that lies on the phone's disk, so that a thief with every file of this phone still cannot approve or unlock.

use aes_gcm::aead::{Aead, KeyInit, Payload};
use aes_gcm::{Aes256Gcm, Nonce};
use hkdf::Hkdf;
use p256::elliptic_curve::sec1::ToSec1Point;
use p256::{PublicKey, SecretKey};
use sha2::Sha256;
use zeroize::Zeroizing;

use super::random;

const POINT: usize = 65;
const PURPOSE: &[u8] = b"guichet demo: sealed to a finger";

/// A finger, or another one.
#[derive(Clone)]
pub(crate) struct Finger(SecretKey);

/// What the phone keeps of an enrolled finger.
#[derive(Clone)]
pub(crate) struct EnrolledFinger(PublicKey);

/// What was sealed does not open with this finger: it is another one, or the bytes were changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not the finger this was sealed to")]
pub(crate) struct NotThisFinger;

impl Finger {
    /// A new finger.
    pub(crate) fn grow() -> Self {
        Self(random::secret_key())
    }

    /// The finger as it is laid on the sensor.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        SecretKey::from_slice(bytes).ok().map(Self)
    }

    /// What the sensor reads.
    pub(crate) fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        Zeroizing::new(self.0.to_bytes().to_vec())
    }

    /// What enrolling it leaves on the phone.
    pub(crate) fn enrolled(&self) -> EnrolledFinger {
        EnrolledFinger(self.0.public_key())
    }

    /// Opens what was sealed to this finger under `label`.
    pub(crate) fn open(
        &self,
        label: &str,
        sealed: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, NotThisFinger> {
        let (point, sealed) = sealed.split_at_checked(POINT).ok_or(NotThisFinger)?;
        let ephemeral = PublicKey::from_sec1_bytes(point).map_err(|_| NotThisFinger)?;
        let shared = self.0.diffie_hellman(&ephemeral);
        cipher(shared.raw_secret_bytes(), point, label)
            .decrypt(&Nonce::default(), Payload { msg: sealed, aad: label.as_bytes() })
            .map(Zeroizing::new)
            .map_err(|_| NotThisFinger)
    }
}

impl EnrolledFinger {
    /// From an uncompressed point.
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        PublicKey::from_sec1_bytes(bytes).ok().map(Self)
    }

    /// As an uncompressed point.
    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        self.0.to_sec1_point(false).as_bytes().to_vec()
    }

    /// Seals `secret` so that only the finger opens it. `None` cannot happen for inputs of this size.
    pub(crate) fn seal(&self, label: &str, secret: &[u8]) -> Option<Vec<u8>> {
        let ephemeral = random::secret_key();
        let mut sealed = ephemeral.public_key().to_sec1_point(false).as_bytes().to_vec();
        let shared = ephemeral.diffie_hellman(&self.0);
        // The key is used once, so the nonce may stand still.
        let ciphertext = cipher(shared.raw_secret_bytes(), &sealed, label)
            .encrypt(&Nonce::default(), Payload { msg: secret, aad: label.as_bytes() })
            .ok()?;
        sealed.extend(ciphertext);
        Some(sealed)
    }
}

fn cipher(shared: &[u8], ephemeral: &[u8], label: &str) -> Aes256Gcm {
    let mut key = Zeroizing::new([0; 32]);
    // 32 bytes is always a length HKDF can give.
    Hkdf::<Sha256>::new(Some(ephemeral), shared)
        .expand_multi_info(&[PURPOSE, label.as_bytes()], key.as_mut())
        .ok();
    Aes256Gcm::new((&*key).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_sealed_opens_with_that_finger_and_no_other() {
        let (finger, other) = (Finger::grow(), Finger::grow());
        let sealed = finger.enrolled().seal("vault", b"secret").unwrap();
        assert_eq!(finger.open("vault", &sealed).unwrap().as_slice(), b"secret");
        assert_eq!(other.open("vault", &sealed), Err(NotThisFinger));
        assert_eq!(finger.open("approval", &sealed), Err(NotThisFinger), "another label");
        assert_eq!(finger.open("vault", &sealed[..sealed.len() - 1]), Err(NotThisFinger));
    }

    #[test]
    fn a_finger_survives_being_written_down() {
        let finger = Finger::grow();
        let sealed = EnrolledFinger::from_bytes(&finger.enrolled().to_bytes())
            .unwrap()
            .seal("vault", b"secret")
            .unwrap();
        let again = Finger::from_bytes(&finger.to_bytes()).unwrap();
        assert_eq!(again.open("vault", &sealed).unwrap().as_slice(), b"secret");
    }
}
