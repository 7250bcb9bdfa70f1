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

#[cfg(test)]
mod tests {
    use argon2::password_hash::phc::PasswordHash;

    use super::*;

    #[test]
    fn a_password_verifies_and_another_does_not() {
        let phc = hash("plum blossom").unwrap();
        assert!(verify("plum blossom", &phc));
        assert!(!verify("plum blossoms", &phc));
        assert_ne!(hash("plum blossom").unwrap(), phc);
        assert!(!verify("plum blossom", "nonsense"));
    }

    /// A hash that does not parse would be refused at once and so tell that nobody has this name.
    #[test]
    fn nobody_costs_as_much_as_somebody() {
        let theirs = hash("x").unwrap();
        let (nobody, somebody) =
            (PasswordHash::new(NOBODY).unwrap(), PasswordHash::new(&theirs).unwrap());
        assert_eq!(nobody.algorithm, somebody.algorithm);
        assert_eq!(nobody.version, somebody.version);
        assert_eq!(nobody.params, somebody.params);
        let lengths = |hash: PasswordHash| (hash.salt.unwrap().len(), hash.hash.unwrap().len());
        assert_eq!(lengths(nobody), lengths(somebody));
    }
}
