//! What every handler can reach.

use std::sync::Arc;

use axum::Router;

use crate::clock::Clock;
use crate::keys::BankKeys;
use crate::store::Store;
use crate::switches::Switches;

/// The bank as handlers see it: the router's state. Clones share everything.
#[derive(Clone, Debug)]
pub struct Bank {
    /// The one file.
    pub store: Store,
    /// The bank's time.
    pub clock: Clock,
    /// The bank's signing keys.
    pub keys: Arc<BankKeys>,
    /// How it misbehaves now.
    pub switches: Switches,
    /// The issuer, which is the origin: `https://localhost:8443`.
    pub issuer: Arc<str>,
}

impl Bank {
    /// Every route of the bank.
    pub fn router(self) -> Router {
        Router::new().merge(crate::sync::routes()).merge(crate::intents::routes()).with_state(self)
    }
}
