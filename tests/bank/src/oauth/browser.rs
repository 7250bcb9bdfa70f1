//! The browser that holds an authorization request.
//!
//! It has a secret of the bank's in a cookie, so that a page's handle alone is worth nothing: a request
//! that was opened in one browser is signed in to, allowed and sent back in that one only.

use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::{HeaderMap, HeaderValue};
use axum::response::Response;

use super::secrets::hash;
use crate::random::{self, NoRandomness};

/// `__Host-`: set by this very origin, over TLS, for all of it (RFC 6265bis, section 4.1.3.2).
const NAME: &str = "__Host-guichet-browser";
/// Characters of a secret: 32 bytes in base64url.
const LENGTH: usize = 43;

/// A browser as the bank knows it again.
pub(super) struct Browser {
    secret: String,
}

impl Browser {
    /// The browser that sent these headers, if it was here before.
    pub(super) fn of(headers: &HeaderMap) -> Option<Self> {
        let cookies = headers.get_all(COOKIE).iter().filter_map(|value| value.to_str().ok());
        let secret = cookies.flat_map(|cookies| cookies.split(';')).find_map(|cookie| {
            let (name, value) = cookie.trim().split_once('=')?;
            (name == NAME && value.len() == LENGTH).then(|| value.to_owned())
        })?;
        Some(Self { secret })
    }

    /// A browser that is here for the first time.
    pub(super) fn new() -> Result<Self, NoRandomness> {
        Ok(Self { secret: random::secret()? })
    }

    /// How it stands in the file.
    pub(super) fn hash(&self) -> String {
        hash(&self.secret)
    }

    /// Has the browser keep its secret until it is closed.
    pub(super) fn keep(&self, response: &mut Response) {
        let cookie = format!("{NAME}={}; Path=/; Secure; HttpOnly; SameSite=Lax", self.secret);
        if let Ok(value) = HeaderValue::from_str(&cookie) {
            response.headers_mut().insert(SET_COOKIE, value);
        }
    }
}
