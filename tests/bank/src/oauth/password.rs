//! Customers' passwords, kept as Argon2id in PHC strings.

use argon2::password_hash::{PasswordHasher, PasswordVerifier};
use argon2::{Algorithm, Argon2, Params, Version};

/// The password could not be hashed: no randomness, or longer than the function takes.
#[derive(Debug, thiserror::Error)]
#[error("the password could not be hashed")]
pub struct HashError;

/// Hashes a password with a fresh salt. The cost is low: a sandbox's passwords are printed anyway.
pub fn hash(password: &str) -> Result<String, HashError> {
    let params = Params::new(1024, 1, 1, None).map_err(|_| HashError)?;
    let argon2 = Argon2::new(Algorithm::Argon2id, Version::V0x13, params);
    argon2.hash_password(password.as_bytes()).map(|phc| phc.to_string()).map_err(|_| HashError)
}

/// Whether `password` is the one that was hashed; the cost is the one written in `phc`.
pub fn verify(password: &str, phc: &str) -> bool {
    Argon2::default().verify_password(password.as_bytes(), phc).is_ok()
}

/// A hash that nobody's password has: verified against when the user name is unknown, so that the
/// answer takes the same time.
pub(super) const NOBODY: &str = "$argon2id$v=19$m=1024,t=1,p=1$bm9ib2R5LWhhcy10aGlzLg$AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
