//! What every handler can reach, and the router over it.

use core::fmt;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;

use super::{BODY_MAX, Counters, headers, misbehave};
use crate::attestation::Policy;
use crate::clock::Clock;
use crate::data_dir::DataDir;
use crate::dpop::Dpop;
use crate::intents::LimitTable;
use crate::keys::BankKeys;
use crate::oauth::RegistrationTokens;
use crate::store::Store;
use crate::switches::Switches;
use crate::tls::TlsInUse;
use crate::{calls, challenges, control, devices, intents, oauth, pages, security, sync, trust};

/// The bank as handlers see it: the router's state. Clones share everything.
#[derive(Clone, Debug)]
pub struct Bank {
    /// The one file.
    pub store: Store,
    /// The bank's time.
    pub clock: Clock,
    /// The bank's signing keys.
    pub keys: Arc<BankKeys>,
    /// The tokens by which clients manage their registration.
    pub registration_tokens: RegistrationTokens,
    /// The certificate it shows, and the key that comes next.
    pub tls: TlsInUse,
    /// Nonces and the memory of proofs.
    pub dpop: Dpop,
    /// How it misbehaves now.
    pub switches: Switches,
    /// What was asked of it since it started.
    pub counters: Counters,
    /// The issuer, which is the origin: `https://localhost:8443`.
    pub issuer: Arc<str>,
    /// What does not change while it runs.
    pub config: Arc<Config>,
    /// The folder it keeps everything in.
    pub data: Arc<DataDir>,
}

/// What does not change while the bank runs. Its `Debug` shows no token.
#[derive(Clone)]
pub struct Config {
    /// The one redirect URI clients may register.
    pub redirect_uri: String,
    /// The initial access token for registration.
    pub registration_token: String,
    /// The token of the control surface.
    pub control_token: String,
    /// Whose word about a device's keys counts.
    pub attestation: Policy,
    /// What devices may approve.
    pub limits: LimitTable,
}

impl fmt::Debug for Config {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Config").field("redirect_uri", &self.redirect_uri).finish_non_exhaustive()
    }
}

impl Bank {
    /// Every route of the bank.
    pub fn router(self) -> Router {
        let api = Router::new()
            .merge(challenges::routes())
            .merge(calls::step_up::routes())
            .merge(devices::routes())
            .merge(sync::routes())
            .merge(intents::routes())
            .merge(security::routes())
            .layer(from_fn_with_state(self.clone(), security::attach_security))
            .layer(from_fn_with_state(self.clone(), headers::attach_nonce));
        let public = Router::new()
            .merge(oauth::routes(&self))
            .merge(pages::routes())
            .merge(security::page_routes())
            .merge(trust::routes(&self))
            .merge(api)
            .fallback(calls::not_found)
            .method_not_allowed_fallback(calls::not_found)
            .layer(from_fn_with_state(self.clone(), misbehave::around));
        public
            .merge(control::routes(&self))
            .layer(DefaultBodyLimit::max(BODY_MAX))
            .layer(from_fn_with_state(self.clone(), headers::attach_date))
            .with_state(self)
    }
}
