//! `/oauth/register/{client_id}` (RFC 7592, section 3.2): how a client reads its registration, replaces
//! its key, and leaves.
//!
//! RFC 7592 has a bearer token for it. Here the client also proves its registered key, with a DPoP proof
//! as everywhere else: the token alone, stolen out of a backup, changes nothing.

use axum::body::Bytes;
use axum::extract::rejection::BytesRejection;
use axum::extract::{Path, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, Method, StatusCode};
use axum::response::{IntoResponse, Response};
use rusqlite::{Connection, Transaction};
use serde::Deserialize;

use super::client_metadata::{ClientMetadata, information, invalid};
use super::clients::{self, Client};
use super::fields::unreadable;
use super::register::bearer;
use super::{OAuthCode, OAuthError, grants};
use crate::devices;
use crate::dpop::{Expected, Proof};
use crate::jws::{self, VerifyingKey};
use crate::server::Bank;

/// Seconds the proof of the new key may lie from the bank's clock, either way.
const PROOF_TOLERANCE_S: i64 = 60;

/// RFC 7592 section 2.2: the whole metadata again, with the client's id and without what only the bank
/// says.
#[derive(Deserialize)]
struct Replacement {
    client_id: String,
    #[serde(flatten)]
    metadata: ClientMetadata,
    guichet_key_proof: String,
    registration_access_token: Option<serde::de::IgnoredAny>,
    registration_client_uri: Option<serde::de::IgnoredAny>,
    client_secret_expires_at: Option<serde::de::IgnoredAny>,
    client_id_issued_at: Option<serde::de::IgnoredAny>,
}

/// What the new key signs.
#[derive(Deserialize)]
struct Possession {
    iss: String,
    aud: String,
    jkt: String,
    iat: i64,
    jti: String,
}

pub(super) async fn read(
    State(bank): State<Bank>,
    Path(client_id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, OAuthError> {
    let proof = prove(&bank, &headers, &Method::GET, &client_id)?;
    let client = bank.store.read(|conn| registered(conn, &bank, &proof, &client_id))?;
    Ok(information(&bank, &client, StatusCode::OK))
}

pub(super) async fn replace(
    State(bank): State<Bank>,
    Path(client_id): Path<String>,
    headers: HeaderMap,
    body: Result<Bytes, BytesRejection>,
) -> Result<Response, OAuthError> {
    let proof = prove(&bank, &headers, &Method::PUT, &client_id)?;
    let body = body.map_err(|rejection| unreadable(&rejection))?;
    let request: Replacement =
        serde_json::from_slice(&body).map_err(|_| invalid("the body is not the expected JSON"))?;
    let key = request.check(&bank, &client_id)?;
    let now = bank.clock.seconds();
    let client = bank.store.write(|tx| {
        let client = live(tx, &bank, &client_id)?;
        // The answer to an earlier request was lost: it was made by the key that it replaced.
        let repeated = client.key_thumbprint == key.thumbprint();
        let former = client.former_thumbprint.as_ref() == Some(&proof.thumbprint);
        if proof.thumbprint != client.key_thumbprint && !(repeated && former) {
            return Err(not_proved());
        }
        if repeated {
            return Ok(client);
        }
        if is_taken(tx, &key.thumbprint())? {
            return Err(invalid("this key has another use already"));
        }
        grants::end_all_of_client(tx, &client_id, now)?;
        clients::replace_key(tx, client, key)
    })?;
    Ok(information(&bank, &client, StatusCode::OK))
}

pub(super) async fn deregister(
    State(bank): State<Bank>,
    Path(client_id): Path<String>,
    headers: HeaderMap,
) -> Result<Response, OAuthError> {
    let proof = prove(&bank, &headers, &Method::DELETE, &client_id)?;
    let now = bank.clock.seconds();
    bank.store.write(|tx| {
        let client = registered(tx, &bank, &proof, &client_id)?;
        if devices::is_enrolled(tx, &client_id)? {
            return Err(OAuthError::new(
                OAuthCode::InvalidRequest,
                "an enrolled device is signed out with DELETE /v1/devices/{device_id}",
            ));
        }
        grants::end_all_of_client(tx, &client_id, now)?;
        Ok(clients::deregister(tx, &client, now)?)
    })?;
    Ok((StatusCode::NO_CONTENT, [(CACHE_CONTROL, "no-store")]).into_response())
}

/// A proof for this request, and the token of this client. Whether the proof is by the client's key is
/// seen where the client is.
fn prove(
    bank: &Bank,
    headers: &HeaderMap,
    method: &Method,
    client_id: &str,
) -> Result<Proof, OAuthError> {
    let url = format!("{}/oauth/register/{client_id}", bank.issuer);
    let now = bank.clock.seconds();
    let proof = bank.dpop.verify(headers, Expected { method, url: &url, now })?;
    if !bearer(headers).is_some_and(|given| bank.registration_tokens.is(given, client_id)) {
        return Err(unknown());
    }
    Ok(proof)
}

/// The client, if it is registered and its device is not revoked.
fn live(conn: &Connection, bank: &Bank, client_id: &str) -> Result<Client, OAuthError> {
    let client = clients::by_id(conn, client_id)?.ok_or_else(unknown)?;
    match devices::notice_for_client(conn, bank, client_id)? {
        Some(notice) => Err(OAuthError::device_revoked(notice)),
        None => Ok(client),
    }
}

/// As [`live`], and proved to be itself.
fn registered(
    conn: &Connection,
    bank: &Bank,
    proof: &Proof,
    client_id: &str,
) -> Result<Client, OAuthError> {
    let client = live(conn, bank, client_id)?;
    if client.key_thumbprint == proof.thumbprint { Ok(client) } else { Err(not_proved()) }
}

/// Whether a key is another client's, or an approval key: none may serve twice.
fn is_taken(tx: &Transaction<'_>, thumbprint: &str) -> rusqlite::Result<bool> {
    Ok(clients::by_key(tx, thumbprint)?.is_some() || devices::is_approval_key(tx, thumbprint)?)
}

impl Replacement {
    /// The new key, which proves itself for this client and this bank.
    fn check(&self, bank: &Bank, client_id: &str) -> Result<VerifyingKey, OAuthError> {
        if self.client_id != client_id {
            return Err(invalid("client_id is not the client of this address"));
        }
        if self.registration_access_token.is_some()
            || self.registration_client_uri.is_some()
            || self.client_secret_expires_at.is_some()
            || self.client_id_issued_at.is_some()
        {
            return Err(invalid("a member that only the bank sets was sent"));
        }
        let key = self.metadata.check(&bank.config.redirect_uri)?;
        let proof = &self.guichet_key_proof;
        let possession = jws::verify::<Possession>(&key, "guichet-device-key+jwt", proof)
            .map_err(|error| invalid(format!("guichet_key_proof: {error}")))?;
        if possession.iss != client_id || possession.aud != *bank.issuer {
            return Err(invalid("guichet_key_proof: iss is the client id, aud the issuer"));
        }
        if possession.jkt != key.thumbprint() {
            return Err(invalid("guichet_key_proof: jkt is the thumbprint of the new key"));
        }
        if possession.iat.abs_diff(bank.clock.seconds()) > PROOF_TOLERANCE_S.unsigned_abs() {
            return Err(invalid("guichet_key_proof: iat is too far from the bank's time"));
        }
        if !(1..=128).contains(&possession.jti.len()) {
            return Err(invalid("guichet_key_proof: jti has 1 to 128 characters"));
        }
        Ok(key)
    }
}

/// RFC 7592 section 2.1: whether there is such a client is not said.
fn unknown() -> OAuthError {
    OAuthError::new(OAuthCode::InvalidToken, "not the registration access token of this client")
}

fn not_proved() -> OAuthError {
    OAuthError::new(
        OAuthCode::InvalidDpopProof,
        "the proof was not made with the client's device key",
    )
}
