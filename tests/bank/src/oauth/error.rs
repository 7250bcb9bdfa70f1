//! The refusals of the OAuth endpoints (RFC 6749 section 5.2 and its extensions).

use axum::Json;
use axum::http::header::{CACHE_CONTROL, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::dpop::ProofError;
use crate::random::NoRandomness;

/// The codes these endpoints answer with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OAuthCode {
    /// A parameter is missing, repeated, or not of its form.
    InvalidRequest,
    /// Client authentication failed.
    InvalidClient,
    /// The code or token is not good, or the device was revoked.
    InvalidGrant,
    /// Another grant type than the two the protocol has.
    UnsupportedGrantType,
    /// Another response type than `code`.
    UnsupportedResponseType,
    /// Another scope than `banking`.
    InvalidScope,
    /// No nonce, or one no longer accepted.
    UseDpopNonce,
    /// The DPoP proof does not hold.
    InvalidDpopProof,
    /// Registration without the initial access token.
    InvalidToken,
    /// Registration with another redirect URI than the bank knows.
    InvalidRedirectUri,
    /// Registration with anything else the protocol does not allow.
    InvalidClientMetadata,
    /// `acr_values` asks for nothing that the pages can show.
    UnmetAuthenticationRequirements,
    /// The body is longer than 64 KiB.
    TooLarge,
    /// The bank cannot answer now.
    TemporarilyUnavailable,
}

impl OAuthCode {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::InvalidClient => "invalid_client",
            Self::InvalidGrant => "invalid_grant",
            Self::UnsupportedGrantType => "unsupported_grant_type",
            Self::UnsupportedResponseType => "unsupported_response_type",
            Self::InvalidScope => "invalid_scope",
            Self::UseDpopNonce => "use_dpop_nonce",
            Self::InvalidDpopProof => "invalid_dpop_proof",
            Self::InvalidToken => "invalid_token",
            Self::InvalidRedirectUri => "invalid_redirect_uri",
            Self::InvalidClientMetadata => "invalid_client_metadata",
            Self::UnmetAuthenticationRequirements => "unmet_authentication_requirements",
            Self::TooLarge => "too_large",
            Self::TemporarilyUnavailable => "temporarily_unavailable",
        }
    }

    /// The HTTP status the code comes with.
    pub fn status(self) -> StatusCode {
        match self {
            Self::InvalidClient | Self::InvalidToken => StatusCode::UNAUTHORIZED,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::TemporarilyUnavailable => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::BAD_REQUEST,
        }
    }
}

/// A refusal on its way to the client.
#[derive(Debug, thiserror::Error)]
#[error("{}: {description}", .code.as_str())]
pub struct OAuthError {
    code: OAuthCode,
    description: String,
    revocation: Option<String>,
}

impl OAuthError {
    /// A refusal with a sentence for engineers, which must not repeat what was sent.
    pub fn new(code: OAuthCode, description: impl Into<String>) -> Self {
        Self { code, description: description.into(), revocation: None }
    }

    /// What the client of a revoked device gets, with the notice it believes (section 7.3).
    pub fn device_revoked(notice: String) -> Self {
        Self {
            code: OAuthCode::InvalidGrant,
            description: "this device was revoked".to_owned(),
            revocation: Some(notice),
        }
    }
}

#[derive(Serialize)]
struct Body<'a> {
    error: &'static str,
    error_description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    revocation: Option<&'a str>,
}

impl IntoResponse for OAuthError {
    fn into_response(self) -> Response {
        let body = Body {
            error: self.code.as_str(),
            error_description: &self.description,
            revocation: self.revocation.as_deref(),
        };
        let mut response = (self.code.status(), Json(body)).into_response();
        let headers = response.headers_mut();
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
        if self.code == OAuthCode::InvalidToken {
            let challenge = HeaderValue::from_static(r#"Bearer error="invalid_token""#);
            headers.insert(WWW_AUTHENTICATE, challenge);
        }
        if self.code == OAuthCode::TemporarilyUnavailable {
            headers.insert(RETRY_AFTER, HeaderValue::from_static("1"));
        }
        response
    }
}

/// What an OAuth endpoint answers to a method it does not have (RFC 9126 section 2.3).
pub(super) async fn method_not_allowed() -> Response {
    let refusal = OAuthError::new(OAuthCode::InvalidRequest, "this endpoint has no such method");
    let mut response = refusal.into_response();
    *response.status_mut() = StatusCode::METHOD_NOT_ALLOWED;
    response
}

impl From<ProofError> for OAuthError {
    fn from(error: ProofError) -> Self {
        let code = match error {
            ProofError::UseNonce => OAuthCode::UseDpopNonce,
            ProofError::Invalid(_) => OAuthCode::InvalidDpopProof,
        };
        Self::new(code, error.to_string())
    }
}

impl From<rusqlite::Error> for OAuthError {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(%error, "the store failed");
        Self::new(OAuthCode::TemporarilyUnavailable, "the bank cannot reach its books")
    }
}

impl From<NoRandomness> for OAuthError {
    fn from(error: NoRandomness) -> Self {
        tracing::error!(%error, "nothing can be issued");
        Self::new(OAuthCode::TemporarilyUnavailable, "the bank cannot issue anything now")
    }
}

impl From<serde_json::Error> for OAuthError {
    fn from(error: serde_json::Error) -> Self {
        tracing::error!(%error, "a document could not be written");
        Self::new(OAuthCode::TemporarilyUnavailable, "the bank cannot write its answer")
    }
}
