//! The roots that Google and Apple publish, as of 2026: `roots/README.md` says where they are from.

use super::certificate::Certificate;
use super::policy::{PolicyError, certificates};

/// The two keys that vouch for Android's attestation keys: RSA until 2026, P-384 since.
pub(super) fn android() -> Result<Vec<Certificate>, PolicyError> {
    read(include_bytes!("roots/android-rsa.pem")).and_then(|mut roots| {
        roots.extend(read(include_bytes!("roots/android-ec.pem"))?);
        Ok(roots)
    })
}

/// Apple's root of App Attest.
pub(super) fn apple() -> Result<Vec<Certificate>, PolicyError> {
    read(include_bytes!("roots/apple-app-attest.pem"))
}

fn read(pem: &[u8]) -> Result<Vec<Certificate>, PolicyError> {
    certificates(pem).filter(|found| !found.is_empty()).ok_or(PolicyError::Shipped)
}
