//! The only room with HTTP and TLS: the pinned client, and everything the phone signs or verifies to speak with its bank.
//!
//! - [`client`]: HTTPS to the bank and to nobody else.
//! - [`jwk`], [`jws`], [`es256`], [`base64url`]: keys and signatures as JOSE writes them, ES256 only.
//! - [`dpop`], [`client_assertion`], [`device_key_proof`], [`pkce`], [`message_signature`]: what goes along with a request.
//! - [`attestation`]: what evidence about an approval key is made over.
//! - [`trust`]: documents signed by the bank's trust anchor, the pin set and the list of receipt keys.
//! - [`date`]: the bank's time.
//!
//! Nothing here keeps state about a customer, reads a clock or draws randomness by itself.

pub mod attestation;
pub mod base64url;
pub mod client;
pub mod client_assertion;
pub mod date;
pub mod device_key_proof;
pub mod dpop;
pub mod es256;
pub mod jwk;
pub mod jws;
pub mod message_signature;
pub mod pkce;
pub mod trust;

use guichet_foundation::ports::Entropy;

/// 16 random bytes in base64url: the `jti` of proofs and assertions.
fn random_id(entropy: &dyn Entropy) -> String {
    let mut bytes = [0; 16];
    entropy.fill(&mut bytes);
    base64url::encode(&bytes)
}
