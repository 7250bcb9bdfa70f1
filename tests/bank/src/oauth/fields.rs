//! The parameters of a form request: each at most once (RFC 6749 section 3.2), as UTF-8.

use std::collections::BTreeMap;

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request};
use axum::http::header::CONTENT_TYPE;
use axum::http::{HeaderMap, StatusCode};

use super::{OAuthCode, OAuthError};
use crate::server::Bank;

const FORM: &str = "application/x-www-form-urlencoded";

/// A parsed form with the headers it came with. Its `Debug` shows names only.
pub(crate) struct Form {
    pub(crate) headers: HeaderMap,
    values: BTreeMap<String, String>,
}

impl core::fmt::Debug for Form {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        f.debug_set().entries(self.values.keys()).finish()
    }
}

impl Form {
    /// Parses the text of a form; a parameter given twice is refused.
    fn parse(headers: HeaderMap, body: &[u8]) -> Result<Self, OAuthError> {
        let mut values = BTreeMap::new();
        for (name, value) in url::form_urlencoded::parse(body) {
            if values.insert(name.into_owned(), value.into_owned()).is_some() {
                return Err(invalid("a parameter was given twice"));
            }
        }
        Ok(Self { headers, values })
    }

    /// A parameter that may be left out; an empty one counts as left out (RFC 6749 section 3.1).
    pub(crate) fn optional(&self, name: &str) -> Option<&str> {
        self.values.get(name).map(String::as_str).filter(|value| !value.is_empty())
    }

    /// A parameter that must be there.
    pub(super) fn required(&self, name: &'static str) -> Result<&str, OAuthError> {
        self.optional(name).ok_or_else(|| invalid(format!("{name} is missing")))
    }
}

impl FromRequest<Bank> for Form {
    type Rejection = OAuthError;

    async fn from_request(request: Request, bank: &Bank) -> Result<Self, OAuthError> {
        let headers = request.headers().clone();
        let kind = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if kind.and_then(|kind| kind.split(';').next()).map(str::trim) != Some(FORM) {
            return Err(invalid(format!("the body must be {FORM}")));
        }
        let body = Bytes::from_request(request, bank).await.map_err(|e| unreadable(&e))?;
        Self::parse(headers, &body)
    }
}

/// What an unreadable body means: too long, or broken off.
pub(super) fn unreadable(rejection: &BytesRejection) -> OAuthError {
    if rejection.status() == StatusCode::PAYLOAD_TOO_LARGE {
        OAuthError::new(OAuthCode::TooLarge, "the body is longer than 64 KiB")
    } else {
        invalid("the body could not be read")
    }
}

fn invalid(description: impl Into<String>) -> OAuthError {
    OAuthError::new(OAuthCode::InvalidRequest, description)
}
