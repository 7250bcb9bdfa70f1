//! Which proofs were used, for as long as their nonce could still be accepted.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

/// Above this many remembered proofs no further one is accepted before old ones end. At 300 seconds
/// a nonce, that is over 300 requests a second, far more than a sandbox meets.
const REMEMBERED_MAX: usize = 100_000;

/// Below this many it is not worth looking for ended ones.
const PRUNE_ABOVE: usize = 1_000;

#[derive(Debug, Default)]
pub(super) struct SeenProofs {
    ends_by_proof: Mutex<HashMap<[u8; 32], i64>>,
}

impl SeenProofs {
    /// Whether this key's `jti` is new; remembers it until `ends` (seconds since 1970).
    pub(super) fn first_time(&self, thumbprint: &str, jti: &str, ends: i64, now: i64) -> bool {
        let proof = Sha256::new()
            .chain_update(thumbprint.as_bytes())
            .chain_update(b".")
            .chain_update(jti.as_bytes())
            .finalize()
            .into();
        let mut seen = self.ends_by_proof.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() > PRUNE_ABOVE && seen.len() == seen.capacity() {
            seen.retain(|_, ends| *ends >= now);
        }
        if seen.len() >= REMEMBERED_MAX || seen.contains_key(&proof) {
            return false;
        }
        seen.insert(proof, ends);
        true
    }
}
