//! Client metadata (RFC 7591 section 2) as this bank allows it: every member has the one value of the
//! protocol, except the name and the key.

use axum::Json;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::clients::Client;
use super::{OAuthCode, OAuthError};
use crate::jws::{Jwk, VerifyingKey};
use crate::server::Bank;

/// What a client says about itself.
#[derive(Deserialize)]
pub(super) struct ClientMetadata {
    pub(super) client_name: String,
    redirect_uris: Vec<String>,
    grant_types: Vec<String>,
    response_types: Vec<String>,
    token_endpoint_auth_method: String,
    token_endpoint_auth_signing_alg: String,
    dpop_bound_access_tokens: bool,
    scope: String,
    jwks: KeySet,
}

#[derive(Deserialize)]
struct KeySet {
    keys: Vec<ClientKey>,
}

#[derive(Deserialize)]
struct ClientKey {
    #[serde(flatten)]
    jwk: Jwk,
    #[serde(rename = "use")]
    purpose: Option<String>,
    alg: Option<String>,
    kid: Option<String>,
}

/// The client information response (RFC 7591 section 3.2.1, RFC 7592 section 3).
#[derive(Serialize)]
struct Information<'a> {
    client_id: &'a str,
    client_id_issued_at: i64,
    registration_access_token: String,
    registration_client_uri: String,
    client_name: &'a str,
    redirect_uris: [&'a str; 1],
    grant_types: [&'static str; 2],
    response_types: [&'static str; 1],
    token_endpoint_auth_method: &'static str,
    token_endpoint_auth_signing_alg: &'static str,
    dpop_bound_access_tokens: bool,
    scope: &'static str,
    jwks: InformationKeys<'a>,
}

#[derive(Serialize)]
struct InformationKeys<'a> {
    keys: [InformationKey<'a>; 1],
}

#[derive(Serialize)]
struct InformationKey<'a> {
    #[serde(flatten)]
    jwk: Jwk,
    #[serde(rename = "use")]
    purpose: &'static str,
    alg: &'static str,
    kid: &'a str,
}

/// Tells a client how it is registered.
pub(super) fn information(bank: &Bank, client: &Client, status: StatusCode) -> Response {
    let information = Information {
        client_id: &client.client_id,
        client_id_issued_at: client.issued_at,
        registration_access_token: bank.registration_tokens.of(&client.client_id),
        registration_client_uri: format!("{}/oauth/register/{}", bank.issuer, client.client_id),
        client_name: &client.name,
        redirect_uris: [&bank.config.redirect_uri],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        token_endpoint_auth_method: "private_key_jwt",
        token_endpoint_auth_signing_alg: "ES256",
        dpop_bound_access_tokens: true,
        scope: "banking",
        jwks: InformationKeys {
            keys: [InformationKey {
                jwk: client.key.to_jwk(),
                purpose: "sig",
                alg: "ES256",
                kid: &client.key_thumbprint,
            }],
        },
    };
    (status, [(CACHE_CONTROL, "no-store")], Json(information)).into_response()
}

impl ClientMetadata {
    /// Every member is the one value the protocol allows; gives the one key.
    pub(super) fn check(&self, redirect_uri: &str) -> Result<VerifyingKey, OAuthError> {
        if self.redirect_uris != [redirect_uri] {
            return Err(OAuthError::new(
                OAuthCode::InvalidRedirectUri,
                "exactly the redirect URI the bank knows is accepted",
            ));
        }
        let mut grants: Vec<_> = self.grant_types.iter().map(String::as_str).collect();
        grants.sort_unstable();
        if grants != ["authorization_code", "refresh_token"] || self.response_types != ["code"] {
            return Err(invalid("grant_types or response_types are not the protocol's"));
        }
        if self.token_endpoint_auth_method != "private_key_jwt"
            || self.token_endpoint_auth_signing_alg != "ES256"
        {
            return Err(invalid("clients authenticate by private_key_jwt with ES256"));
        }
        if !self.dpop_bound_access_tokens || self.scope != "banking" {
            return Err(invalid("tokens are DPoP-bound and of the scope banking"));
        }
        if !(1..=64).contains(&self.client_name.chars().count()) {
            return Err(invalid("client_name has 1 to 64 characters"));
        }
        self.jwks.only_key()
    }
}

impl KeySet {
    fn only_key(&self) -> Result<VerifyingKey, OAuthError> {
        let [given] = self.keys.as_slice() else {
            return Err(invalid("jwks holds exactly one key, the device key"));
        };
        let key = VerifyingKey::from_jwk(&given.jwk).map_err(|e| invalid(e.to_string()))?;
        if given.purpose.as_deref().is_some_and(|purpose| purpose != "sig")
            || given.alg.as_deref().is_some_and(|alg| alg != "ES256")
        {
            return Err(invalid("the key is for signing with ES256"));
        }
        if given.kid.as_deref().is_some_and(|kid| kid != key.thumbprint()) {
            return Err(invalid("kid is the key's thumbprint"));
        }
        Ok(key)
    }
}

/// `invalid_client_metadata`, with a sentence for engineers.
pub(super) fn invalid(description: impl Into<String>) -> OAuthError {
    OAuthError::new(OAuthCode::InvalidClientMetadata, description)
}
