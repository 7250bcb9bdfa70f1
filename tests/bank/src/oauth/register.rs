//! `POST /oauth/register` (RFC 7591, section 3.2).

use axum::Json;
use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};

use super::fields::unreadable;
use super::{OAuthCode, OAuthError, clients, same_secret};
use crate::jws::{Jwk, VerifyingKey};
use crate::server::Bank;

#[derive(Deserialize)]
struct Request {
    client_name: String,
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

#[derive(Serialize)]
struct Answer<'a> {
    client_id: &'a str,
    client_id_issued_at: i64,
    client_name: &'a str,
    redirect_uris: [&'a str; 1],
    grant_types: [&'static str; 2],
    response_types: [&'static str; 1],
    token_endpoint_auth_method: &'static str,
    token_endpoint_auth_signing_alg: &'static str,
    dpop_bound_access_tokens: bool,
    scope: &'static str,
    jwks: AnswerKeys<'a>,
}

#[derive(Serialize)]
struct AnswerKeys<'a> {
    keys: [AnswerKey<'a>; 1],
}

#[derive(Serialize)]
struct AnswerKey<'a> {
    #[serde(flatten)]
    jwk: Jwk,
    #[serde(rename = "use")]
    purpose: &'static str,
    alg: &'static str,
    kid: &'a str,
}

pub(super) async fn register(
    State(bank): State<Bank>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, OAuthError> {
    authorize(&headers, &bank.config.registration_token)?;
    let body = body.map_err(|rejection| unreadable(&rejection))?;
    let request: Request =
        serde_json::from_slice(&body).map_err(|_| metadata("the body is not the expected JSON"))?;
    let redirect_uri = &*bank.config.redirect_uri;
    let key = request.check(redirect_uri)?;

    let now = bank.clock.seconds();
    let client = bank.store.write(|tx| clients::register(tx, &key, &request.client_name, now))?;
    let answer = Answer {
        client_id: &client.client_id,
        client_id_issued_at: client.issued_at,
        client_name: &request.client_name,
        redirect_uris: [redirect_uri],
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        token_endpoint_auth_method: "private_key_jwt",
        token_endpoint_auth_signing_alg: "ES256",
        dpop_bound_access_tokens: true,
        scope: "banking",
        jwks: AnswerKeys {
            keys: [AnswerKey {
                jwk: key.to_jwk(),
                purpose: "sig",
                alg: "ES256",
                kid: &client.key_thumbprint,
            }],
        },
    };
    Ok((StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}

fn authorize(headers: &HeaderMap, registration_token: &str) -> Result<(), OAuthError> {
    let given = headers
        .get(AUTHORIZATION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.strip_prefix("Bearer "));
    if !given.is_some_and(|given| same_secret(given, registration_token)) {
        return Err(OAuthError::new(
            OAuthCode::InvalidToken,
            "registration needs the initial access token",
        ));
    }
    Ok(())
}

impl Request {
    /// Every member is the one value the protocol allows; gives the one key.
    fn check(&self, redirect_uri: &str) -> Result<VerifyingKey, OAuthError> {
        if self.redirect_uris != [redirect_uri] {
            return Err(OAuthError::new(
                OAuthCode::InvalidRedirectUri,
                "exactly the redirect URI the bank knows is accepted",
            ));
        }
        let mut grants: Vec<_> = self.grant_types.iter().map(String::as_str).collect();
        grants.sort_unstable();
        if grants != ["authorization_code", "refresh_token"] || self.response_types != ["code"] {
            return Err(metadata("grant_types or response_types are not the protocol's"));
        }
        if self.token_endpoint_auth_method != "private_key_jwt"
            || self.token_endpoint_auth_signing_alg != "ES256"
        {
            return Err(metadata("clients authenticate by private_key_jwt with ES256"));
        }
        if !self.dpop_bound_access_tokens || self.scope != "banking" {
            return Err(metadata("tokens are DPoP-bound and of the scope banking"));
        }
        if !(1..=64).contains(&self.client_name.chars().count()) {
            return Err(metadata("client_name has 1 to 64 characters"));
        }
        self.jwks.only_key()
    }
}

impl KeySet {
    fn only_key(&self) -> Result<VerifyingKey, OAuthError> {
        let [given] = self.keys.as_slice() else {
            return Err(metadata("jwks holds exactly one key, the device key"));
        };
        let key = VerifyingKey::from_jwk(&given.jwk).map_err(|e| metadata(e.to_string()))?;
        if given.purpose.as_deref().is_some_and(|purpose| purpose != "sig")
            || given.alg.as_deref().is_some_and(|alg| alg != "ES256")
        {
            return Err(metadata("the key is for signing with ES256"));
        }
        if given.kid.as_deref().is_some_and(|kid| kid != key.thumbprint()) {
            return Err(metadata("kid is the key's thumbprint"));
        }
        Ok(key)
    }
}

fn metadata(description: impl Into<String>) -> OAuthError {
    OAuthError::new(OAuthCode::InvalidClientMetadata, description)
}
