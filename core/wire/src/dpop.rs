//! DPoP proofs (RFC 9449): a token is worth something only together with a proof by the key it is bound to.

use guichet_foundation::key::P256PublicKey;
use guichet_foundation::ports::{DeviceSigner, Entropy, Method, SignerFailure};
use guichet_foundation::time::Timestamp;
use ring::digest::{SHA256, digest};
use serde_json::json;
use url::Url;

use crate::jwk::Jwk;
use crate::jws::Unsigned;
use crate::{base64url, random_id};

/// What one proof is about. It is good for one request only.
#[derive(Clone, Copy)]
pub struct Proof<'a> {
    /// The method of the request.
    pub method: Method,
    /// The URL of the request; query and fragment are left out of the proof.
    pub url: &'a Url,
    /// The access token that goes with the request, if one does.
    pub access_token: Option<&'a str>,
    /// The newest nonce of the server, if it has given one.
    pub nonce: Option<&'a str>,
    /// The bank's time.
    pub issued_at: Timestamp,
}

impl Proof<'_> {
    /// The proof as the value of the `DPoP` header, signed by the device key whose public half is `key`.
    pub fn sign(
        &self,
        signer: &dyn DeviceSigner,
        key: &P256PublicKey,
        entropy: &dyn Entropy,
    ) -> Result<String, SignerFailure> {
        let header = json!({"alg": "ES256", "jwk": Jwk::of(key), "typ": "dpop+jwt"});
        let mut claims = json!({
            "htm": self.method.as_str(),
            "htu": without_query(self.url),
            "iat": self.issued_at.unix_seconds(),
            "jti": random_id(entropy),
        });
        if let Some(claims) = claims.as_object_mut() {
            if let Some(nonce) = self.nonce {
                claims.insert("nonce".to_owned(), nonce.into());
            }
            if let Some(token) = self.access_token {
                claims.insert("ath".to_owned(), access_token_hash(token).into());
            }
        }
        Unsigned::new(&header, &claims).sign(signer)
    }
}

fn without_query(url: &Url) -> String {
    let mut url = url.clone();
    url.set_query(None);
    url.set_fragment(None);
    url.into()
}

/// The `ath` of an access token: base64url of its SHA-256 (RFC 9449 section 4.2).
pub fn access_token_hash(token: &str) -> String {
    base64url::encode(digest(&SHA256, token.as_bytes()).as_ref())
}

#[cfg(test)]
mod tests {
    use guichet_foundation::ports::fakes::{FakeEntropy, FakeSigner};
    use serde_json::Value;

    use super::*;
    use crate::jws::Unverified;

    /// RFC 9449 section 7.1.
    #[test]
    fn token_hash_of_rfc_9449() {
        assert_eq!(
            access_token_hash("Kz~8mXK1EalYznwH-LC-1fBAo.4Ljp~zsPE_NeO.gxU"),
            "fUHyO2r2Z3DZ53EsNrWBb0xWXoaNy59IiKCAqksmQEo"
        );
    }

    /// The proofs of RFC 9449 sections 4.1 and 7.1, by the key in their own header.
    #[test]
    fn proofs_of_rfc_9449_verify() {
        let header = concat!(
            "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6IkVDIiwieCI6Imw4dEZyaHgtMz",
            "R0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCRnMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFq",
            "SG10NnY5VERWclUwQ2R2R1JEQSIsImNydiI6IlAtMjU2In19"
        );
        let token_request = concat!(
            "eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIjoiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW",
            "1wbGUuY29tL3Rva2VuIiwiaWF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMU",
            "vwnQg4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg"
        );
        let resource = concat!(
            "eyJqdGkiOiJlMWozVl9iS2ljOC1MQUVCIiwiaHRtIjoiR0VUIiwiaHR1IjoiaHR0cHM6Ly9yZXNvdXJjZS5leG",
            "FtcGxlLm9yZy9wcm90ZWN0ZWRyZXNvdXJjZSIsImlhdCI6MTU2MjI2MjYxOCwiYXRoIjoiZlVIeU8ycjJaM0Ra",
            "NTNFc05yV0JiMHhXWG9hTnk1OUlpS0NBcWtzbVFFbyJ9.2oW9RP35yRqzhrtNP86L-Ey71EOptxRimPPToA1pl",
            "emAgR6pxHF8y6-yqyVnmcw6Fy1dqd-jfxSYoMxhAJpLjA"
        );
        let decoded = base64url::decode(header).unwrap();
        let decoded: Value = serde_json::from_slice(&decoded).unwrap();
        let jwk: Jwk = serde_json::from_value(decoded["jwk"].clone()).unwrap();
        for (rest, htm) in [(token_request, "POST"), (resource, "GET")] {
            let compact = format!("{header}.{rest}");
            let read = Unverified::read(&compact, "dpop+jwt").unwrap();
            let claims: Value =
                serde_json::from_slice(&read.verify(&jwk.key().unwrap()).unwrap()).unwrap();
            assert_eq!(claims["htm"], htm);
        }
    }

    fn proof(url: &str, access_token: Option<&str>, nonce: Option<&str>) -> Value {
        let signer = FakeSigner::seeded(3);
        let key = DeviceSigner::create(&signer).unwrap();
        let url = Url::parse(url).unwrap();
        let issued_at = Timestamp::from_unix_seconds(1_562_262_616).unwrap();
        let proof = Proof { method: Method::Post, url: &url, access_token, nonce, issued_at };
        let compact = proof.sign(&signer, &key, &FakeEntropy::seeded(4)).unwrap();
        let payload = Unverified::read(&compact, "dpop+jwt").unwrap().verify(&key).unwrap();
        serde_json::from_slice(&payload).unwrap()
    }

    #[test]
    fn a_proof_names_method_and_address_without_query() {
        let claims = proof("https://bank.example:8443/v1/sync?cursor=x#y", None, None);
        assert_eq!(claims["htm"], "POST");
        assert_eq!(claims["htu"], "https://bank.example:8443/v1/sync");
        assert_eq!(claims["iat"], 1_562_262_616);
        assert_eq!(claims.get("ath"), None);
        assert_eq!(claims.get("nonce"), None);
    }

    #[test]
    fn token_and_nonce_are_bound_where_they_are_sent() {
        let claims = proof("https://bank.example/token", Some("secret"), Some("n-1"));
        assert_eq!(claims["nonce"], "n-1");
        assert_eq!(claims["ath"], access_token_hash("secret"));
        assert!(!claims.to_string().contains("secret"));
    }
}
