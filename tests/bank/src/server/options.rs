//! What a bank is started with, and what it says about itself when it is ready.

use core::fmt;
use std::path::PathBuf;

use serde::Serialize;
use serde_json::{Value, json};

use crate::attestation::{PolicyOptions, Summary};
use crate::clock::Clock;
use crate::intents::LimitTable;
use crate::jws::Jwk;
use crate::people::SignIn;

/// What a bank is started with.
#[derive(Clone, Debug)]
pub struct Options {
    /// The port on 127.0.0.1; 0 for any free one.
    pub port: u16,
    /// The origin the world knows, where something stands in front of the bank and passes connections
    /// on; `None` for `https://localhost` and the port.
    pub origin: Option<String>,
    /// The folder to keep; `None` for a temporary one that is removed when the bank stops.
    pub data: Option<PathBuf>,
    /// The seed of the invented books, for a folder without any.
    pub seed: u64,
    /// Whether each refresh gives a new refresh token.
    pub rotate_refresh_tokens: bool,
    /// The one redirect URI clients may register.
    pub redirect_uri: String,
    /// The bank's time.
    pub clock: Clock,
    /// Whose word about a device's keys counts.
    pub attestation: PolicyOptions,
    /// What devices may approve, by trust level.
    pub limits: LimitTable,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            origin: None,
            data: None,
            seed: 1,
            rotate_refresh_tokens: false,
            redirect_uri: "https://app.guichet.example/callback".to_owned(),
            clock: Clock::machine(),
            attestation: PolicyOptions::default(),
            limits: LimitTable::default(),
        }
    }
}

/// Everything a client has to be built with, and a person has to know. Meant to be printed: it holds
/// the sandbox's tokens and its customers' passwords, so its `Debug` shows the issuer alone.
#[derive(Clone, Serialize)]
pub struct Announcement {
    /// The origin: where to connect, and what tokens are for.
    pub issuer: String,
    /// The port on 127.0.0.1.
    pub port: u16,
    /// This process.
    pub pid: u32,
    /// The CA certificate to trust instead of the system's.
    pub ca_pem: String,
    /// The same as a file.
    pub ca_file: PathBuf,
    /// The pin set in force: a compact JWS.
    pub pin_set: String,
    /// The trust anchor's public key.
    pub trust_anchor: Jwk,
    /// The one redirect URI clients may register.
    pub redirect_uri: String,
    /// The initial access token for registration.
    pub registration_token: String,
    /// The token of the control surface.
    pub control_token: String,
    /// The books: an SQLite file.
    pub books: PathBuf,
    /// Whether the folder stays when the bank stops.
    pub kept: bool,
    /// Whose word about a device's keys counts.
    pub attestation: Summary,
    /// What devices may approve, by trust level.
    pub limits: LimitTable,
    /// The demo customers' sign-ins.
    pub customers: &'static [SignIn],
}

impl Announcement {
    /// What an app for this bank is built with, as the core reads it.
    pub fn app_profile(&self) -> Value {
        json!({
            "issuer": self.issuer,
            "trust_anchor": self.trust_anchor,
            "first_pin_set": self.pin_set,
            "redirect_uri": self.redirect_uri,
            "registration_token": self.registration_token,
            "private_ca_pem": self.ca_pem,
        })
    }
}

impl fmt::Debug for Announcement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Announcement").field("issuer", &self.issuer).finish_non_exhaustive()
    }
}
