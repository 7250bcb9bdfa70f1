//! `POST /oauth/revoke` (RFC 7009): the phone ends its own session.

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use rusqlite::{OptionalExtension, params};

use super::fields::Form;
use super::secrets::hash;
use super::{OAuthError, assertion, grants};
use crate::server::Bank;

pub(super) async fn revoke(State(bank): State<Bank>, form: Form) -> Result<Response, OAuthError> {
    let now = bank.clock.seconds();
    bank.store.write(|tx| {
        let client = assertion::authenticate(tx, &form, &bank.issuer, now)?;
        let token_hash = hash(form.required("token")?);
        // Either kind of token, whatever token_type_hint says, and only this client's.
        let grant_id: Option<String> = tx
            .query_row(
                "SELECT grant_id FROM token_grant WHERE client_id = ?2 AND grant_id IN (
                     SELECT grant_id FROM refresh_token WHERE token_hash = ?1
                     UNION SELECT grant_id FROM access_token WHERE token_hash = ?1)",
                params![token_hash, client.client_id],
                |row| row.get(0),
            )
            .optional()?;
        if let Some(grant_id) = grant_id {
            grants::end(tx, &grant_id, now)?;
        }
        Ok::<_, OAuthError>(())
    })?;
    Ok((StatusCode::OK, [(CACHE_CONTROL, "no-store")]).into_response())
}
