//! `POST /oauth/token` (section 3.7).

use axum::Json;
use axum::extract::State;
use axum::http::Method;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use rusqlite::Transaction;
use serde::Serialize;

use super::clients::Client;
use super::code::Exchange;
use super::fields::Form;
use super::refresh::Refresh;
use super::{OAuthCode, OAuthError, access, code, proven_client, refresh};
use crate::dpop::Expected;
use crate::server::Bank;

#[derive(Serialize)]
struct Answer {
    access_token: String,
    token_type: &'static str,
    expires_in: i64,
    refresh_token: String,
    scope: &'static str,
}

/// Tokens, or the news that something was used twice: which is committed either way.
enum Outcome {
    Issued(Answer),
    Reused,
}

pub(super) async fn issue(State(bank): State<Bank>, form: Form) -> Result<Response, OAuthError> {
    let now = bank.clock.seconds();
    let url = format!("{}/oauth/token", bank.issuer);
    let expected = Expected { method: &Method::POST, url: &url, now };
    let proof = bank.dpop.verify(&form.headers, expected)?;

    let outcome = bank.store.write(|tx| {
        let client = proven_client::authenticate(tx, &bank, &form, &proof, now)?;
        match form.required("grant_type")? {
            "authorization_code" => from_code(tx, &form, &client, now),
            "refresh_token" => from_refresh(tx, &bank, &form, &client, now),
            _ => Err(OAuthError::new(
                OAuthCode::UnsupportedGrantType,
                "grant_type is authorization_code or refresh_token",
            )),
        }
    })?;
    match outcome {
        Outcome::Issued(answer) => {
            Ok(([(CACHE_CONTROL, "no-store")], Json(answer)).into_response())
        }
        Outcome::Reused => Err(OAuthError::new(
            OAuthCode::InvalidGrant,
            "used before: every token of this sign-in has ended",
        )),
    }
}

fn from_code(
    tx: &Transaction<'_>,
    form: &Form,
    client: &Client,
    now: i64,
) -> Result<Outcome, OAuthError> {
    match code::exchange(tx, form, client, now)? {
        Exchange::Began(grant) => {
            let refresh_token = refresh::issue(tx, &grant.grant_id, None)?;
            answer(tx, &grant.grant_id, refresh_token, now)
        }
        Exchange::Reused => Ok(Outcome::Reused),
    }
}

fn from_refresh(
    tx: &Transaction<'_>,
    bank: &Bank,
    form: &Form,
    client: &Client,
    now: i64,
) -> Result<Outcome, OAuthError> {
    let rotate = bank.switches.rotates_refresh_tokens();
    match refresh::present(tx, form.required("refresh_token")?, client, rotate, now)? {
        Refresh::Continued { grant, refresh_token } => {
            answer(tx, &grant.grant_id, refresh_token, now)
        }
        Refresh::Reused => Ok(Outcome::Reused),
    }
}

fn answer(
    tx: &Transaction<'_>,
    grant_id: &str,
    refresh_token: String,
    now: i64,
) -> Result<Outcome, OAuthError> {
    Ok(Outcome::Issued(Answer {
        access_token: access::issue(tx, grant_id, now)?,
        token_type: "DPoP",
        expires_in: access::LIFETIME_S,
        refresh_token,
        scope: "banking",
    }))
}
