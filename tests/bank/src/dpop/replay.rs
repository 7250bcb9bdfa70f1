//! Which proofs were used, for as long as their nonce could still be accepted.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use sha2::{Digest, Sha256};

/// Above this many remembered proofs no further one is accepted before old ones end. At 300 seconds
/// a nonce, that is over 300 requests a second, far more than a sandbox meets.
const REMEMBERED_MAX: usize = 100_000;

/// Seconds between two looks for ended ones.
const PRUNE_EVERY_S: u64 = 60;

#[derive(Debug, Default)]
pub(super) struct SeenProofs {
    memory: Mutex<Memory>,
}

#[derive(Debug, Default)]
struct Memory {
    ends_by_proof: HashMap<[u8; 32], i64>,
    pruned_at: i64,
}

impl SeenProofs {
    /// Whether this key's `jti` is new; remembers it until `ends` (seconds since 1970). With no room
    /// left to remember it, it counts as used.
    pub(super) fn first_time(&self, thumbprint: &str, jti: &str, ends: i64, now: i64) -> bool {
        let proof = Sha256::new()
            .chain_update(thumbprint.as_bytes())
            .chain_update(b".")
            .chain_update(jti.as_bytes())
            .finalize()
            .into();
        let mut memory = self.memory.lock().unwrap_or_else(PoisonError::into_inner);
        if now.abs_diff(memory.pruned_at) >= PRUNE_EVERY_S {
            memory.ends_by_proof.retain(|_, ends| *ends >= now);
            memory.pruned_at = now;
        }
        if memory.ends_by_proof.len() >= REMEMBERED_MAX {
            return false;
        }
        memory.ends_by_proof.insert(proof, ends).is_none()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_is_refused_until_its_proofs_have_ended() {
        let seen = SeenProofs::default();
        for i in 0..REMEMBERED_MAX {
            assert!(seen.first_time("key", &i.to_string(), 300, 0));
        }
        assert!(!seen.first_time("key", "one more", 300, 0));
        assert!(!seen.first_time("key", "one more", 600, 300), "they could still be accepted");
        assert!(seen.first_time("key", "one more", 661, 361));
        assert!(!seen.first_time("key", "one more", 661, 361));
        assert!(seen.first_time("another key", "one more", 661, 361));
    }
}
