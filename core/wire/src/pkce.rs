//! Proof Key for Code Exchange (RFC 7636), method S256 only.

use guichet_foundation::ports::Entropy;
use guichet_foundation::sensitivity::C3;
use ring::digest::{SHA256, digest};
use zeroize::Zeroizing;

use crate::base64url;

/// The secret that ties a code to the one who asked for it: 32 random bytes in base64url, 43 characters.
#[derive(Debug)]
pub struct CodeVerifier(C3<String>);

impl CodeVerifier {
    /// A new one.
    pub fn make(entropy: &dyn Entropy) -> Self {
        let mut bytes = Zeroizing::new([0; 32]);
        entropy.fill(bytes.as_mut());
        Self(C3::new(base64url::encode(bytes.as_ref())))
    }

    /// One that was kept while the customer was in the browser.
    pub const fn kept(text: String) -> Self {
        Self(C3::new(text))
    }

    /// The `code_verifier` of the token request.
    pub fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }

    /// The `code_challenge` of the pushed request: base64url of the SHA-256 of the verifier.
    pub fn challenge(&self) -> String {
        base64url::encode(digest(&SHA256, self.expose_secret().as_bytes()).as_ref())
    }
}

#[cfg(test)]
mod tests {
    use guichet_foundation::ports::fakes::FakeEntropy;

    use super::*;

    #[test]
    fn challenge_of_rfc_7636_appendix_b() {
        let verifier = CodeVerifier::kept("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned());
        assert_eq!(verifier.challenge(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn invariant_07_silent_a_verifier_is_long_new_and_not_shown() {
        let entropy = FakeEntropy::seeded(1);
        let (one, other) = (CodeVerifier::make(&entropy), CodeVerifier::make(&entropy));
        assert_eq!(one.expose_secret().len(), 43);
        assert_ne!(one.expose_secret(), other.expose_secret());
        assert!(!format!("{one:?}").contains(one.expose_secret()));
    }
}
