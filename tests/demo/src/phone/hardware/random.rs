//! Randomness for the software keys: the operating system's.

use p256::SecretKey;
use zeroize::Zeroizing;

/// Fills `buffer`, or ends the process: predictable keys are worse than none.
pub(crate) fn fill(buffer: &mut [u8]) {
    if getrandom::fill(buffer).is_err() {
        std::process::abort();
    }
}

/// A new P-256 key.
pub(crate) fn secret_key() -> SecretKey {
    let mut bytes = Zeroizing::new([0; 32]);
    // A draw is no valid scalar about once in 2^32 times.
    loop {
        fill(bytes.as_mut());
        if let Ok(key) = SecretKey::from_slice(bytes.as_ref()) {
            return key;
        }
    }
}
