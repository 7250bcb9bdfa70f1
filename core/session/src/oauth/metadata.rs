//! The authorization server's metadata (RFC 8414), believed only as far as it stays at home.

use serde::Deserialize;
use url::Url;

use super::sign_in::SignInRefusal;
use crate::Session;
use crate::bank::Server;
use crate::keeper::Endpoints;

const WELL_KNOWN: &str = "/.well-known/oauth-authorization-server";

#[derive(Deserialize)]
struct Metadata {
    issuer: String,
    authorization_endpoint: String,
    token_endpoint: String,
    pushed_authorization_request_endpoint: String,
    registration_endpoint: String,
    revocation_endpoint: String,
    code_challenge_methods_supported: Vec<String>,
    token_endpoint_auth_methods_supported: Vec<String>,
    dpop_signing_alg_values_supported: Vec<String>,
    authorization_response_iss_parameter_supported: bool,
}

impl Session {
    /// Fetches the metadata of the issuer.
    pub(super) async fn discover(&self) -> Result<Endpoints, SignInRefusal> {
        let url = self.url(WELL_KNOWN)?;
        let body = self.0.contact.read(&url, Server::Authorization).await?;
        endpoints(&body, &self.0.profile.issuer)
    }
}

/// The endpoints of metadata that belongs to `issuer`, character for character (RFC 8414 section 3.3), speaks the profile we speak,
/// and names no address on another origin: an attacker who can alter one answer must not lead tokens elsewhere.
pub(crate) fn endpoints(body: &[u8], issuer: &str) -> Result<Endpoints, SignInRefusal> {
    let metadata: Metadata =
        serde_json::from_slice(body).map_err(|_| SignInRefusal::MetadataUnusable)?;
    if metadata.issuer != issuer {
        return Err(SignInRefusal::OtherIssuer);
    }
    let speaks = |list: &[String], word: &str| list.iter().any(|found| found == word);
    let profile = speaks(&metadata.code_challenge_methods_supported, "S256")
        && speaks(&metadata.token_endpoint_auth_methods_supported, "private_key_jwt")
        && speaks(&metadata.dpop_signing_alg_values_supported, "ES256")
        && metadata.authorization_response_iss_parameter_supported;
    if !profile {
        return Err(SignInRefusal::MetadataUnusable);
    }
    let endpoints = Endpoints {
        authorization: metadata.authorization_endpoint,
        token: metadata.token_endpoint,
        pushed_authorization: metadata.pushed_authorization_request_endpoint,
        registration: metadata.registration_endpoint,
        revocation: metadata.revocation_endpoint,
    };
    if endpoints.all().iter().all(|endpoint| at_home(endpoint, issuer)) {
        Ok(endpoints)
    } else {
        Err(SignInRefusal::OtherIssuer)
    }
}

impl Endpoints {
    fn all(&self) -> [&str; 5] {
        [
            &self.authorization,
            &self.token,
            &self.pushed_authorization,
            &self.registration,
            &self.revocation,
        ]
    }
}

/// Whether `endpoint` is an https address on the issuer's origin, without user, password or fragment.
pub(crate) fn at_home(endpoint: &str, issuer: &str) -> bool {
    let (Ok(endpoint), Ok(issuer)) = (Url::parse(endpoint), Url::parse(issuer)) else {
        return false;
    };
    endpoint.scheme() == "https"
        && endpoint.origin() == issuer.origin()
        && endpoint.username().is_empty()
        && endpoint.password().is_none()
        && endpoint.fragment().is_none()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    const ISSUER: &str = "https://bank.example:8443";

    fn metadata() -> Value {
        json!({
            "issuer": ISSUER,
            "authorization_endpoint": "https://bank.example:8443/oauth/authorize",
            "token_endpoint": "https://bank.example:8443/oauth/token",
            "pushed_authorization_request_endpoint": "https://bank.example:8443/oauth/par",
            "registration_endpoint": "https://bank.example:8443/oauth/register",
            "revocation_endpoint": "https://bank.example:8443/oauth/revoke",
            "code_challenge_methods_supported": ["S256"],
            "token_endpoint_auth_methods_supported": ["private_key_jwt"],
            "dpop_signing_alg_values_supported": ["ES256"],
            "authorization_response_iss_parameter_supported": true,
            "something_new": 1,
        })
    }

    fn with(member: &str, value: Value) -> Result<Endpoints, SignInRefusal> {
        let mut metadata = metadata();
        metadata[member] = value;
        endpoints(metadata.to_string().as_bytes(), ISSUER)
    }

    #[test]
    fn good_metadata_is_taken() {
        let found = endpoints(metadata().to_string().as_bytes(), ISSUER).unwrap();
        assert_eq!(found.token, "https://bank.example:8443/oauth/token");
    }

    #[test]
    fn an_issuer_or_endpoint_elsewhere_is_refused() {
        for issuer in
            ["https://bank.example:8443/", "https://bank.example", "HTTPS://bank.example:8443"]
        {
            assert_eq!(with("issuer", json!(issuer)), Err(SignInRefusal::OtherIssuer), "{issuer}");
        }
        for endpoint in [
            "https://bank.example/oauth/token",
            "http://bank.example:8443/oauth/token",
            "https://bank.example:8443@thief.example/oauth/token",
            "https://user@bank.example:8443/oauth/token",
            "https://thief.example/?https://bank.example:8443",
            "https://bank.example:8443/token#x",
            "not a url",
        ] {
            let refused = with("token_endpoint", json!(endpoint));
            assert_eq!(refused, Err(SignInRefusal::OtherIssuer), "{endpoint}");
        }
    }

    #[test]
    fn a_weaker_profile_is_refused() {
        for (member, value) in [
            ("code_challenge_methods_supported", json!(["plain"])),
            ("token_endpoint_auth_methods_supported", json!(["client_secret_basic"])),
            ("dpop_signing_alg_values_supported", json!(["RS256"])),
            ("authorization_response_iss_parameter_supported", json!(false)),
            ("token_endpoint", json!(7)),
        ] {
            assert_eq!(with(member, value), Err(SignInRefusal::MetadataUnusable), "{member}");
        }
    }
}
