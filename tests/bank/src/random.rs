//! The bank's randomness: the operating system's for everything secret, a seeded generator for the
//! invented books.

use core::cell::RefCell;

use base64ct::{Base64UrlUnpadded, Encoding};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

/// The operating system gave no randomness. Nothing can be issued without it.
#[derive(Debug, thiserror::Error)]
#[error("the operating system gave no randomness")]
pub struct NoRandomness;

thread_local! {
    static REPEATING: RefCell<Option<ChaCha20Rng>> = const { RefCell::new(None) };
}

/// From here on, whatever a bank draws on this thread follows from `seed`. For simulations: whoever knows the seed knows every
/// secret of that bank.
pub fn repeat_on_this_thread(seed: u64) {
    REPEATING.with_borrow_mut(|repeating| *repeating = Some(seeded(seed)));
}

/// `N` unpredictable bytes from the operating system.
pub fn bytes<const N: usize>() -> Result<[u8; N], NoRandomness> {
    let mut bytes = [0; N];
    let is_repeated = REPEATING.with_borrow_mut(|repeating| {
        repeating.as_mut().map(|repeating| repeating.fill_bytes(&mut bytes)).is_some()
    });
    if is_repeated {
        return Ok(bytes);
    }
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
