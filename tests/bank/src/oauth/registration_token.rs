//! Registration access tokens (RFC 7592 section 3) without a table: an HMAC over the client's id.
//!
//! Registering a key again gives the same token, and so cannot end the one its owner holds. By itself
//! the token opens nothing: whoever brings it also proves the client's key.

use base64ct::{Base64UrlUnpadded, Encoding};
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::secrets::same_secret;
use crate::data_dir::{DataDir, DataDirError};
use crate::random::{self, NoRandomness};

const KEY_FILE: &str = "registration.key";
/// Keeps this use of the key apart from any other.
const PREFIX: &[u8] = b"GUICHET-REGISTRATION-V1\n";

/// Why there are no registration access tokens.
#[derive(Debug, thiserror::Error)]
pub enum RegistrationKeyError {
    /// The folder.
    #[error(transparent)]
    DataDir(#[from] DataDirError),
    /// No new key could be drawn.
    #[error(transparent)]
    Random(#[from] NoRandomness),
}

/// The key of all registration access tokens, one HMAC block long.
#[derive(Clone)]
pub struct RegistrationTokens {
    key: [u8; 64],
}

impl core::fmt::Debug for RegistrationTokens {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.write_str("RegistrationTokens")
    }
}

impl RegistrationTokens {
    /// Reads the key of a folder, drawing it if it is not there yet.
    pub fn load(data: &DataDir) -> Result<Self, RegistrationKeyError> {
        if let Some(text) = data.read(KEY_FILE)? {
            let key = Base64UrlUnpadded::decode_vec(&text).ok().and_then(|key| key.try_into().ok());
            return Ok(Self { key: key.ok_or_else(|| data.damaged(KEY_FILE))? });
        }
        let key = random::bytes()?;
        data.write(KEY_FILE, &Base64UrlUnpadded::encode_string(&key))?;
        Ok(Self { key })
    }

    /// The token of a client.
    pub(super) fn of(&self, client_id: &str) -> String {
        let mut mac = <Hmac<Sha256> as KeyInit>::new(&self.key.into());
        mac.update(PREFIX);
        mac.update(client_id.as_bytes());
        Base64UrlUnpadded::encode_string(&mac.finalize().into_bytes())
    }

    /// Whether a token is this client's.
    pub(super) fn is(&self, token: &str, client_id: &str) -> bool {
        same_secret(token, &self.of(client_id))
    }
}
