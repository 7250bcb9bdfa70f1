//! The word of a new device key for itself, by which a bank takes it in the place of the old one (docs/protocol.md, section 3.2).

use guichet_foundation::ids::ClientId;
use guichet_foundation::key::P256PublicKey;
use guichet_foundation::ports::{DeviceSigner, Entropy, SignerFailure};
use guichet_foundation::time::Timestamp;
use serde_json::json;

use crate::jwk::thumbprint;
use crate::jws::Unsigned;
use crate::random_id;

/// A `guichet_key_proof` for `issuer` at the bank's time `now`, signed by the successor whose public half is `key`.
pub fn sign(
    client_id: &ClientId,
    issuer: &str,
    now: Timestamp,
    signer: &dyn DeviceSigner,
    key: &P256PublicKey,
    entropy: &dyn Entropy,
) -> Result<String, SignerFailure> {
    let header = json!({"alg": "ES256", "typ": "guichet-device-key+jwt"});
    let claims = json!({
        "iss": client_id,
        "aud": issuer,
        "jkt": thumbprint(key),
        "iat": now.unix_seconds(),
        "jti": random_id(entropy),
    });
    let unsigned = Unsigned::new(&header, &claims);
    let signature = signer.sign_with_successor(unsigned.message())?;
    Ok(unsigned.signed(&signature))
}

#[cfg(test)]
mod tests {
    use guichet_foundation::ports::fakes::{FakeEntropy, FakeSigner};
    use serde_json::Value;

    use super::*;
    use crate::jws::Unverified;

    #[test]
    fn the_successor_speaks_for_itself_and_the_key_in_use_cannot() {
        let signer = FakeSigner::seeded(3);
        let key = DeviceSigner::create(&signer).unwrap();
        let successor = signer.create_successor().unwrap();
        let now = Timestamp::from_unix_seconds(1_767_225_600).unwrap();
        let client = "client-1".parse().unwrap();
        let entropy = FakeEntropy::seeded(1);
        let proof =
            sign(&client, "https://bank.example", now, &signer, &successor, &entropy).unwrap();
        let read = || Unverified::read(&proof, "guichet-device-key+jwt").unwrap();
        assert!(read().verify(&key).is_err());
        let claims: Value = serde_json::from_slice(&read().verify(&successor).unwrap()).unwrap();
        assert_eq!(
            (&claims["iss"], &claims["aud"]),
            (&json!("client-1"), &json!("https://bank.example"))
        );
        assert_eq!(
            (&claims["jkt"], &claims["iat"]),
            (&json!(thumbprint(&successor)), &json!(1_767_225_600))
        );
    }
}
