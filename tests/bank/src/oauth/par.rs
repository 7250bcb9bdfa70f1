//! `POST /oauth/par` (RFC 9126, section 3.5): where every sign-in begins.

use axum::Json;
use axum::extract::State;
use axum::http::header::CACHE_CONTROL;
use axum::http::{Method, StatusCode};
use axum::response::{IntoResponse, Response};
use base64ct::{Base64UrlUnpadded, Encoding};
use rusqlite::{Transaction, params};
use serde::Serialize;

use super::clients::Client;
use super::fields::Form;
use super::secrets::hash;
use super::{Acr, OAuthCode, OAuthError, proven_client};
use crate::dpop::Expected;
use crate::pages::Locale;
use crate::random;
use crate::server::Bank;

/// Seconds a pushed request waits to be opened.
const LIFETIME_S: i64 = 60;

#[derive(Serialize)]
struct Answer {
    request_uri: String,
    expires_in: i64,
}

pub(super) async fn push(State(bank): State<Bank>, form: Form) -> Result<Response, OAuthError> {
    let now = bank.clock.seconds();
    let url = format!("{}/oauth/par", bank.issuer);
    let expected = Expected { method: &Method::POST, url: &url, now };
    let proof = bank.dpop.verify(&form.headers, expected)?;

    let request_uri = bank.store.write(|tx| {
        let client = proven_client::authenticate(tx, &bank, &form, &proof, now)?;
        push_request(tx, &form, &client, &bank.config.redirect_uri, now)
    })?;
    let answer = Answer { request_uri, expires_in: LIFETIME_S };
    Ok((StatusCode::CREATED, [(CACHE_CONTROL, "no-store")], Json(answer)).into_response())
}

fn push_request(
    tx: &Transaction<'_>,
    form: &Form,
    client: &Client,
    redirect_uri: &str,
    now: i64,
) -> Result<String, OAuthError> {
    let refused = |code, description: &str| Err(OAuthError::new(code, description));
    if form.required("response_type")? != "code" {
        return refused(OAuthCode::UnsupportedResponseType, "response_type is code");
    }
    if form.required("scope")? != "banking" {
        return refused(OAuthCode::InvalidScope, "scope is banking");
    }
    if form.required("client_id")? != client.client_id {
        return refused(OAuthCode::InvalidRequest, "client_id is not the authenticated client");
    }
    if form.required("redirect_uri")? != redirect_uri {
        return refused(OAuthCode::InvalidRequest, "redirect_uri is not the registered one");
    }
    if form.optional("request_uri").is_some() || form.optional("request").is_some() {
        return refused(OAuthCode::InvalidRequest, "a pushed request names no other request");
    }
    if form.required("code_challenge_method")? != "S256" {
        return refused(OAuthCode::InvalidRequest, "code_challenge_method is S256");
    }
    // RFC 9449 section 10: said as well as proved, it has to be the same key.
    if form.optional("dpop_jkt").is_some_and(|jkt| jkt != client.key_thumbprint) {
        return refused(OAuthCode::InvalidDpopProof, "dpop_jkt is not the proof's key");
    }
    let code_challenge = form.required("code_challenge")?;
    let state = form.required("state")?;
    if !is_32_bytes(code_challenge) || !is_32_bytes(state) {
        return refused(OAuthCode::InvalidRequest, "code_challenge and state are 32 bytes each");
    }

    let step_up = is_step_up(form)?;
    let handle = random::secret()?;
    let locale = form.optional("ui_locales").and_then(Locale::from_ui_locales);
    tx.execute("DELETE FROM authorization_request WHERE expires_at < ?1", [now])?;
    tx.execute(
        "INSERT INTO authorization_request
             (request_hash, client_id, redirect_uri, code_challenge, state, locale, step_up,
              expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
        params![
            hash(&handle),
            client.client_id,
            redirect_uri,
            code_challenge,
            state,
            locale.map(Locale::as_str),
            step_up,
            now + LIFETIME_S
        ],
    )?;
    Ok(format!("{REQUEST_URI_PREFIX}{handle}"))
}

/// What every request URI begins with (RFC 9126 section 2.2).
pub(super) const REQUEST_URI_PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

/// Whether the request answers a demand to show that the customer is there (RFC 9470 section 4). The
/// pages always ask for the password, so that every `max_age` is met; what they cannot show at all is
/// refused here rather than after the customer's trouble.
fn is_step_up(form: &Form) -> Result<bool, OAuthError> {
    if let Some(max_age) = form.optional("max_age")
        && max_age.parse::<u32>().is_err()
    {
        return Err(OAuthError::new(OAuthCode::InvalidRequest, "max_age is whole seconds"));
    }
    let Some(asked) = form.optional("acr_values") else { return Ok(false) };
    if asked.split(' ').any(|word| Acr::from_word(word) == Some(Acr::Bank)) {
        return Ok(true);
    }
    Err(OAuthError::new(
        OAuthCode::UnmetAuthenticationRequirements,
        "this page can show urn:guichet:acr:bank only",
    ))
}

fn is_32_bytes(text: &str) -> bool {
    Base64UrlUnpadded::decode_vec(text).is_ok_and(|bytes| bytes.len() == 32)
}
