//! What was asked of the bank since it started, by method and route.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::Method;

/// Counts of requests. Clones share them.
#[derive(Clone, Debug, Default)]
pub struct Counters {
    requests: Arc<Mutex<BTreeMap<String, u64>>>,
}

impl Counters {
    /// Counts a request to a route, as the route is written: `/v1/intents/{id}`.
    pub fn count(&self, method: &Method, route: &str) {
        let mut requests = self.requests.lock().unwrap_or_else(PoisonError::into_inner);
        *requests.entry(format!("{method} {route}")).or_default() += 1;
    }

    /// The counts so far.
    pub fn requests(&self) -> BTreeMap<String, u64> {
        self.requests.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
