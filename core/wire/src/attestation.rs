//! What evidence about an approval key is made over (docs/protocol.md, section 7.1).

use guichet_foundation::key::P256PublicKey;
use ring::digest::{Context, SHA256};

use crate::jwk::thumbprint;

const PREFIX: &[u8] = b"GUICHET-ATTESTATION-V1\n";

/// What the phone's hardware is given as its challenge when it makes an approval key: a hash of the bank's challenge.
pub fn key_challenge(challenge: &str) -> [u8; 32] {
    hash(&[PREFIX, challenge.as_bytes()])
}

/// What a key that vouches for the approval key signs: a hash of the bank's challenge and of the approval key.
pub fn client_data_hash(challenge: &str, approval_key: &P256PublicKey) -> [u8; 32] {
    let thumbprint = thumbprint(approval_key);
    hash(&[PREFIX, challenge.as_bytes(), b"\n", thumbprint.as_bytes()])
}

fn hash(parts: &[&[u8]]) -> [u8; 32] {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    let mut hash = [0; 32];
    for (to, from) in hash.iter_mut().zip(context.finish().as_ref()) {
        *to = *from;
    }
    hash
}

#[cfg(test)]
mod tests {
    use guichet_foundation::key::P256PublicKey;

    use super::*;
    use crate::base64url;

    /// Computed with another program: `printf 'GUICHET-ATTESTATION-V1\nchallenge' | sha256sum`, and the same with a line feed and
    /// the thumbprint of the key with coordinates of zeros behind it.
    #[test]
    fn the_hashes_are_those_of_the_protocol() {
        let key = P256PublicKey::from_coordinates([0; 32], [0; 32]);
        assert_eq!(
            base64url::encode(&key_challenge("challenge")),
            "nNEuiLd5pcu7mpHz-U1DCHqbVILS3_A9sZqxIgp6apA"
        );
        assert_eq!(
            base64url::encode(&client_data_hash("challenge", &key)),
            "YQb5bZFQYprXYmbRN5nDEhbRJIGLOt84YCxbd5Wn0Lw"
        );
    }
}
