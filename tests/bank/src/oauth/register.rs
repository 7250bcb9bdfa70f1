//! `POST /oauth/register` (RFC 7591, section 3.2).

use axum::body::Bytes;
use axum::extract::State;
use axum::extract::rejection::BytesRejection;
use axum::http::header::AUTHORIZATION;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;

use super::client_metadata::{ClientMetadata, information, invalid};
use super::fields::unreadable;
use super::{OAuthCode, OAuthError, clients, same_secret};
use crate::server::Bank;

pub(super) async fn register(
    State(bank): State<Bank>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, OAuthError> {
    if !bearer(&headers).is_some_and(|given| same_secret(given, &bank.config.registration_token)) {
        return Err(OAuthError::new(
            OAuthCode::InvalidToken,
            "registration needs the initial access token",
        ));
    }
    let body = body.map_err(|rejection| unreadable(&rejection))?;
    let metadata: ClientMetadata =
        serde_json::from_slice(&body).map_err(|_| invalid("the body is not the expected JSON"))?;
    let key = metadata.check(&bank.config.redirect_uri)?;
    let now = bank.clock.seconds();
    let client = bank.store.write(|tx| clients::register(tx, &key, &metadata.client_name, now))?;
    Ok(information(&bank, &client, StatusCode::CREATED))
}

/// The token of an `Authorization: Bearer` header.
pub(crate) fn bearer(headers: &HeaderMap) -> Option<&str> {
    headers.get(AUTHORIZATION)?.to_str().ok()?.strip_prefix("Bearer ")
}
