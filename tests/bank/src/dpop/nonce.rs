//! Nonces without a table: the time they were made and an HMAC over it.

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use subtle::ConstantTimeEq;

use crate::random::{self, NoRandomness};

/// Seconds a nonce is accepted after it was made.
const LIFETIME_S: i64 = 300;

/// The key of this process's nonces, one HMAC block long. A new one at every start.
pub(super) struct Nonces {
    key: [u8; 64],
}

impl core::fmt::Debug for Nonces {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("Nonces")
    }
}

impl Nonces {
    pub(super) fn new() -> Result<Self, NoRandomness> {
        Ok(Self { key: random::bytes()? })
    }

    pub(super) fn issue(&self, now: i64) -> String {
        let mut nonce = [0; 40];
        let (time, tag) = nonce.split_at_mut(8);
        time.copy_from_slice(&now.to_be_bytes());
        tag.copy_from_slice(&self.tag(now.to_be_bytes()));
        Base64UrlUnpadded::encode_string(&nonce)
    }

    /// The second at which `nonce` ends, if it is one of ours and accepted at `now`.
    pub(super) fn accept(&self, nonce: &str, now: i64) -> Option<i64> {
        let mut bytes = [0; 40];
        let decoded = Base64UrlUnpadded::decode(nonce, &mut bytes).ok()?;
        let (time, tag) = decoded.split_at_checked(8)?;
        let time: [u8; 8] = time.try_into().ok()?;
        if !bool::from(self.tag(time).as_slice().ct_eq(tag)) {
            return None;
        }
        let made = i64::from_be_bytes(time);
        let ends = made.saturating_add(LIFETIME_S);
        (made..=ends).contains(&now).then_some(ends)
    }

    fn tag(&self, time: [u8; 8]) -> [u8; 32] {
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&self.key.into());
        mac.update(&time);
        mac.finalize().into_bytes().into()
    }
}
