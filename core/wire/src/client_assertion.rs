//! Client authentication by `private_key_jwt` (RFC 7523, RFC 7521): the installation proves its registered key.

use guichet_foundation::ids::ClientId;
use guichet_foundation::key::P256PublicKey;
use guichet_foundation::ports::{DeviceSigner, Entropy, SignerFailure};
use guichet_foundation::time::Timestamp;
use serde_json::json;

use crate::jwk::thumbprint;
use crate::jws::Unsigned;
use crate::random_id;

/// The value of `client_assertion_type`.
pub const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

const LIFE_SECONDS: i64 = 60;

/// A `client_assertion` for one request to `issuer`, good for a minute from the bank's time `now`. The audience is the issuer as a
/// string: FAPI 2.0 allows nothing else, so that an assertion for one endpoint cannot be taken to another server.
pub fn sign(
    client_id: &ClientId,
    issuer: &str,
    now: Timestamp,
    signer: &dyn DeviceSigner,
    key: &P256PublicKey,
    entropy: &dyn Entropy,
) -> Result<String, SignerFailure> {
    let header = json!({"alg": "ES256", "kid": thumbprint(key), "typ": "JWT"});
    let claims = json!({
        "iss": client_id,
        "sub": client_id,
        "aud": issuer,
        "jti": random_id(entropy),
        "iat": now.unix_seconds(),
        "exp": now.unix_seconds() + LIFE_SECONDS,
    });
    Unsigned::new(&header, &claims).sign(signer)
}

#[cfg(test)]
mod tests {
    use guichet_foundation::ports::fakes::{FakeEntropy, FakeSigner};
    use serde_json::Value;

    use super::*;
    use crate::jws::Unverified;

    #[test]
    fn an_assertion_says_who_to_whom_and_for_how_long() {
        let signer = FakeSigner::seeded(3);
        let key = DeviceSigner::create(&signer).unwrap();
        let now = Timestamp::from_unix_seconds(1_767_225_600).unwrap();
        let client = "client-1".parse().unwrap();
        let entropy = FakeEntropy::seeded(1);
        let make = || sign(&client, "https://bank.example", now, &signer, &key, &entropy).unwrap();
        let (first, second) = (make(), make());
        let read = Unverified::read(&first, "JWT").unwrap();
        assert_eq!(read.kid(), Some(thumbprint(&key).as_str()));
        let claims: Value = serde_json::from_slice(&read.verify(&key).unwrap()).unwrap();
        assert_eq!(claims["iss"], "client-1");
        assert_eq!(claims["sub"], "client-1");
        assert_eq!(claims["aud"], "https://bank.example");
        assert_eq!(claims["exp"], 1_767_225_660_i64);
        assert_ne!(first.split('.').nth(1), second.split('.').nth(1), "each jti is new");
    }
}
