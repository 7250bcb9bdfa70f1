//! The refusals of the API, as section 11 of the protocol lists them.

use axum::Json;
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;

use crate::dpop::ProofError;
use crate::oauth::Acr;
use crate::random::NoRandomness;

/// The closed list of codes a bank answers with outside its OAuth endpoints.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ErrorCode {
    /// The request is not of the form the protocol gives.
    InvalidRequest,
    /// The bytes are not an intent in canonical form.
    IntentMalformed,
    /// Unknown, used, expired, of another client, or for another purpose.
    ChallengeInvalid,
    /// The approval key's proof of possession does not hold.
    InvalidApprovalProof,
    /// The proof that the customer is there does not hold.
    InvalidStepUpProof,
    /// The evidence about the approval key does not hold.
    AttestationInvalid,
    /// No nonce, or one that is no longer accepted.
    UseDpopNonce,
    /// The DPoP proof does not hold.
    InvalidDpopProof,
    /// The access token is unknown, ended, or bound to another key.
    InvalidToken,
    /// The digest or the message signature does not hold.
    InvalidSignature,
    /// The customer has to show to be there, or once more.
    InsufficientUserAuthentication,
    /// The client has not enrolled its approval key yet.
    DeviceNotEnrolled,
    /// The device was revoked; carries a notice.
    DeviceRevoked,
    /// No such device of this customer.
    DeviceUnknown,
    /// The bank has not decided this intent, or never saw it.
    IntentUnknown,
    /// No such notice of this customer.
    NoticeUnknown,
    /// No such resource.
    NotFound,
    /// Another approval key is enrolled for this client.
    DeviceExists,
    /// The intent's id was decided with other bytes.
    IntentConflict,
    /// The cursor is too old: begin again.
    CursorExpired,
    /// The body is longer than 64 KiB.
    TooLarge,
    /// Too many attempts.
    SlowDown,
    /// The bank cannot answer now.
    Unavailable,
}

impl ErrorCode {
    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::IntentMalformed => "intent_malformed",
            Self::ChallengeInvalid => "challenge_invalid",
            Self::InvalidApprovalProof => "invalid_approval_proof",
            Self::InvalidStepUpProof => "invalid_step_up_proof",
            Self::AttestationInvalid => "attestation_invalid",
            Self::UseDpopNonce => "use_dpop_nonce",
            Self::InvalidDpopProof => "invalid_dpop_proof",
            Self::InvalidToken => "invalid_token",
            Self::InvalidSignature => "invalid_signature",
            Self::InsufficientUserAuthentication => "insufficient_user_authentication",
            Self::DeviceNotEnrolled => "device_not_enrolled",
            Self::DeviceRevoked => "device_revoked",
            Self::DeviceUnknown => "device_unknown",
            Self::IntentUnknown => "intent_unknown",
            Self::NoticeUnknown => "notice_unknown",
            Self::NotFound => "not_found",
            Self::DeviceExists => "device_exists",
            Self::IntentConflict => "intent_conflict",
            Self::CursorExpired => "cursor_expired",
            Self::TooLarge => "too_large",
            Self::SlowDown => "slow_down",
            Self::Unavailable => "unavailable",
        }
    }

    /// The HTTP status the code comes with.
    pub fn status(self) -> StatusCode {
        match self {
            Self::InvalidRequest
            | Self::IntentMalformed
            | Self::ChallengeInvalid
            | Self::InvalidApprovalProof
            | Self::InvalidStepUpProof
            | Self::AttestationInvalid => StatusCode::BAD_REQUEST,
            Self::UseDpopNonce
            | Self::InvalidDpopProof
            | Self::InvalidToken
            | Self::InvalidSignature
            | Self::InsufficientUserAuthentication => StatusCode::UNAUTHORIZED,
            Self::DeviceNotEnrolled | Self::DeviceRevoked => StatusCode::FORBIDDEN,
            Self::DeviceUnknown | Self::IntentUnknown | Self::NoticeUnknown | Self::NotFound => {
                StatusCode::NOT_FOUND
            }
            Self::DeviceExists | Self::IntentConflict => StatusCode::CONFLICT,
            Self::CursorExpired => StatusCode::GONE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::SlowDown => StatusCode::TOO_MANY_REQUESTS,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        }
    }

    /// Whether the answer challenges the caller to authenticate (RFC 9449 section 7.1, RFC 9470
    /// section 3).
    fn challenges(self) -> bool {
        matches!(
            self,
            Self::UseDpopNonce
                | Self::InvalidDpopProof
                | Self::InvalidToken
                | Self::InsufficientUserAuthentication
        )
    }
}

/// A refusal on its way to the phone.
#[derive(Debug, thiserror::Error)]
#[error("{}: {description}", .code.as_str())]
pub struct ApiError {
    code: ErrorCode,
    description: String,
    revocation: Option<String>,
    /// More of the challenge of a 401: `, name="value"`.
    challenge: String,
}

impl ApiError {
    /// A refusal with a sentence for engineers. The sentence must not repeat what was sent.
    pub fn new(code: ErrorCode, description: impl Into<String>) -> Self {
        Self { code, description: description.into(), revocation: None, challenge: String::new() }
    }

    /// The refusal a client gets that has not enrolled its approval key yet.
    pub fn not_enrolled() -> Self {
        Self::new(
            ErrorCode::DeviceNotEnrolled,
            "enrol the approval key with POST /v1/devices first",
        )
    }

    /// The refusal a revoked device gets, with the notice it believes.
    pub fn device_revoked(notice: String) -> Self {
        Self {
            code: ErrorCode::DeviceRevoked,
            description: "this device was revoked".to_owned(),
            revocation: Some(notice),
            challenge: String::new(),
        }
    }

    /// Asks for the customer to show to be there, in one of these ways, the bank's favourite first
    /// (RFC 9470 section 3). Nothing has happened.
    pub fn step_up(acrs: &[Acr], max_age_s: i64) -> Self {
        let words: Vec<&str> = acrs.iter().map(|acr| acr.as_str()).collect();
        Self {
            code: ErrorCode::InsufficientUserAuthentication,
            description: "the customer has to show to be there".to_owned(),
            revocation: None,
            challenge: format!(r#", acr_values="{}", max_age="{max_age_s}""#, words.join(" ")),
        }
    }

    /// The code.
    pub fn code(&self) -> ErrorCode {
        self.code
    }
}

#[derive(Serialize)]
struct Body<'a> {
    error: &'static str,
    error_description: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    revocation: Option<&'a str>,
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let body = Body {
            error: self.code.as_str(),
            error_description: &self.description,
            revocation: self.revocation.as_deref(),
        };
        let mut response = (self.code.status(), Json(body)).into_response();
        if self.code.challenges() {
            let value =
                format!(r#"DPoP error="{}", algs="ES256"{}"#, self.code.as_str(), self.challenge);
            if let Ok(value) = HeaderValue::from_str(&value) {
                response.headers_mut().insert(WWW_AUTHENTICATE, value);
            }
        }
        response
    }
}

impl From<ProofError> for ApiError {
    fn from(error: ProofError) -> Self {
        let code = match error {
            ProofError::UseNonce => ErrorCode::UseDpopNonce,
            ProofError::Invalid(_) => ErrorCode::InvalidDpopProof,
        };
        Self::new(code, error.to_string())
    }
}

/// The file could not be read or written. The customer's bank is busy; the engineer reads the log.
impl From<rusqlite::Error> for ApiError {
    fn from(error: rusqlite::Error) -> Self {
        tracing::error!(%error, "the store failed");
        Self::new(ErrorCode::Unavailable, "the bank cannot reach its books")
    }
}

impl From<NoRandomness> for ApiError {
    fn from(error: NoRandomness) -> Self {
        tracing::error!(%error, "nothing can be issued");
        Self::new(ErrorCode::Unavailable, "the bank cannot issue anything now")
    }
}

/// A document of the bank's own could not be written down.
impl From<serde_json::Error> for ApiError {
    fn from(error: serde_json::Error) -> Self {
        tracing::error!(%error, "a document could not be written");
        Self::new(ErrorCode::Unavailable, "the bank cannot write its answer")
    }
}
