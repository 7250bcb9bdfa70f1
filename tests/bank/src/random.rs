//! The bank's randomness: the operating system's for everything secret, a seeded generator for the
//! invented books.

use base64ct::{Base64UrlUnpadded, Encoding};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

/// The operating system gave no randomness. Nothing can be issued without it.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no randomness")]
pub struct NoRandomness;

/// `N` unpredictable bytes from the operating system.
pub fn bytes<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).map_err(|_| NoRandomness)?;
    Ok(bytes)
}

/// A secret of 32 unpredictable bytes in base64url: tokens, codes, challenges.
pub fn secret() -> Result<String, NoRandomness> {
    Ok(Base64UrlUnpadded::encode_string(&bytes::<32>()?))
}

/// An identifier of 16 unpredictable bytes in base64url behind a prefix that says what it names.
pub fn identifier(prefix: &str) -> Result<String, NoRandomness> {
    Ok(format!("{prefix}-{}", Base64UrlUnpadded::encode_string(&bytes::<16>()?)))
}

/// A generator that repeats itself for the same seed: for the invented books, never for secrets.
pub fn seeded(seed: u64) -> ChaCha20Rng {
    ChaCha20Rng::seed_from_u64(seed)
}
