//! Cursors: where a phone stands, in a form it can keep but neither read nor make.
//!
//! A cursor carries a position and an HMAC over the customer and the position. One that was
//! altered, made up, or given to somebody else is no cursor.

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use serde::{Deserialize, Serialize};
use sha2::Sha256;

/// How far a customer's phone has come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Position {
    /// Nothing yet: a first sync begins.
    Start,
    /// In a first sync of the state at change `snapshot`, after the row of this time and id.
    Within {
        /// The change the first sync began at.
        snapshot: i64,
        /// The time of the last row sent, in seconds since 1970.
        at: i64,
        /// The id of the last row sent.
        movement_id: String,
    },
    /// Has everything up to this change.
    Since(i64),
}

/// The key cursors are authenticated with; each books file has its own.
#[derive(Clone)]
pub struct CursorKey([u8; 64]);

impl CursorKey {
    /// Wraps 64 unpredictable bytes: a block of SHA-256, which HMAC takes as it is.
    pub const fn new(bytes: [u8; 64]) -> Self {
        Self(bytes)
    }

    /// Writes a cursor for one customer.
    pub fn seal(
        &self,
        customer_id: &str,
        position: &Position,
    ) -> Result<String, serde_json::Error> {
        let mut bytes = serde_json::to_vec(position)?;
        let tag = self.mac(customer_id, &bytes).finalize().into_bytes();
        bytes.extend_from_slice(&tag);
        Ok(Base64UrlUnpadded::encode_string(&bytes))
    }

    /// Reads a cursor of this customer; `None` if it is not one.
    pub fn open(&self, customer_id: &str, cursor: &str) -> Option<Position> {
        let bytes = Base64UrlUnpadded::decode_vec(cursor).ok()?;
        let (position, tag) = bytes.split_at_checked(bytes.len().checked_sub(32)?)?;
        self.mac(customer_id, position).verify_slice(tag).ok()?;
        serde_json::from_slice(position).ok()
    }

    fn mac(&self, customer_id: &str, position: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::new(&self.0.into());
        mac.update(b"guichet sync cursor 1\n");
        mac.update(&(customer_id.len() as u64).to_be_bytes());
        mac.update(customer_id.as_bytes());
        mac.update(position);
        mac
    }
}

impl std::fmt::Debug for CursorKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("CursorKey(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn within() -> Position {
        Position::Within { snapshot: 12, at: 1_767_225_600, movement_id: "t-1".to_owned() }
    }

    #[test]
    fn a_cursor_opens_for_its_customer_only() {
        let key = CursorKey::new([7; 64]);
        for position in [Position::Start, within(), Position::Since(99)] {
            let cursor = key.seal("c-1", &position).unwrap();
            assert_eq!(key.open("c-1", &cursor), Some(position));
            assert_eq!(key.open("c-2", &cursor), None);
            assert_eq!(CursorKey::new([8; 64]).open("c-1", &cursor), None);
        }
    }

    #[test]
    fn an_altered_cursor_is_none() {
        let key = CursorKey::new([7; 64]);
        let bytes = Base64UrlUnpadded::decode_vec(&key.seal("c-1", &within()).unwrap()).unwrap();
        for index in 0..bytes.len() {
            let mut altered = bytes.clone();
            altered[index] ^= 1;
            assert_eq!(key.open("c-1", &Base64UrlUnpadded::encode_string(&altered)), None);
        }
        for made_up in ["", "AAAA", "not base64!", "eyJTaW5jZSI6MX0"] {
            assert_eq!(key.open("c-1", made_up), None);
        }
    }

    #[test]
    fn a_cursor_key_does_not_print_itself() {
        assert_eq!(format!("{:?}", CursorKey::new([7; 64])), "CursorKey(..)");
    }
}
