//! Authorization codes: 60 seconds, one use, and a second use ends what the first one began.

use base64ct::{Base64UrlUnpadded, Encoding};
use rusqlite::{OptionalExtension, Row, Transaction, params};
use sha2::{Digest, Sha256};

use super::authorize::OpenRequest;
use super::clients::Client;
use super::fields::Form;
use super::grants::{self, Grant};
use super::secrets::{hash, same_secret};
use super::{OAuthCode, OAuthError};
use crate::pages::PageError;
use crate::security::{self, Kind, News};
use crate::{devices, random};

/// Seconds a code lives.
const LIFETIME_S: i64 = 60;
/// Seconds a used code is remembered, so that its second use is noticed.
const REMEMBERED_S: i64 = 86_400;

struct Code {
    client_id: String,
    customer_id: String,
    redirect_uri: String,
    challenge: String,
    signed_in_at: i64,
    expires_at: i64,
    grant_id: Option<String>,
}

/// Draws a code for what the customer allowed.
pub(super) fn issue(
    tx: &Transaction<'_>,
    request: &OpenRequest,
    customer_id: &str,
    now: i64,
) -> Result<String, PageError> {
    let code = random::secret()?;
    tx.execute(
        "DELETE FROM authorization_code WHERE expires_at < ?1",
        [now.saturating_sub(REMEMBERED_S)],
    )?;
    tx.execute(
        "INSERT INTO authorization_code
             (code_hash, client_id, customer_id, redirect_uri, code_challenge, signed_in_at,
              expires_at)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
        params![
            hash(&code),
            request.client_id,
            customer_id,
            request.redirect_uri,
            request.code_challenge,
            request.signed_in_at,
            now + LIFETIME_S
        ],
    )?;
    Ok(code)
}

/// What came of presenting a code. A reuse is an outcome, not an error: its mark must be committed.
pub(super) enum Exchange {
    /// The grant the code began.
    Began(Grant),
    /// The code was used before; the tokens of its first use have just ended.
    Reused,
}

/// Exchanges the code of a form for a new grant.
pub(super) fn exchange(
    tx: &Transaction<'_>,
    form: &Form,
    client: &Client,
    now: i64,
) -> Result<Exchange, OAuthError> {
    let code_hash = hash(form.required("code")?);
    let code = find(tx, &code_hash)?
        .filter(|code| code.client_id == client.client_id)
        .ok_or_else(|| invalid_grant("no such code for this client"))?;
    if let Some(grant_id) = &code.grant_id {
        grants::end(tx, grant_id, now)?;
        return Ok(Exchange::Reused);
    }
    if code.expires_at < now {
        return Err(invalid_grant("the code has expired"));
    }
    if form.required("redirect_uri")? != code.redirect_uri {
        return Err(invalid_grant("redirect_uri is not the one that was pushed"));
    }
    if !pkce_holds(form.required("code_verifier")?, &code.challenge) {
        return Err(invalid_grant("code_verifier does not fit code_challenge"));
    }

    tell_of_sign_in(tx, &client.client_id, &code.customer_id, now)?;
    let grant = grants::begin(tx, &client.client_id, &code.customer_id, code.signed_in_at, now)?;
    tx.execute(
        "UPDATE authorization_code SET grant_id = ?1 WHERE code_hash = ?2",
        params![grant.grant_id, code_hash],
    )?;
    Ok(Exchange::Began(grant))
}

/// The customer's other devices hear of it, whether this client is a device of theirs or not. A device
/// that is signed in and only shows its customer again (section 5.1) is no news.
fn tell_of_sign_in(
    tx: &Transaction<'_>,
    client_id: &str,
    customer_id: &str,
    now: i64,
) -> rusqlite::Result<()> {
    let device_id = devices::of_client(tx, client_id, customer_id)?;
    if device_id.is_some() && grants::is_live(tx, client_id, customer_id)? {
        return Ok(());
    }
    let news = News {
        client_id: Some(client_id),
        ..News::of_device(customer_id, Kind::SignedIn, device_id.as_deref())
    };
    security::tell(tx, &news, now)
}

/// RFC 7636 section 4.6 with S256; a verifier has 43 to 128 unreserved characters.
fn pkce_holds(verifier: &str, challenge: &str) -> bool {
    let unreserved = |c: char| c.is_ascii_alphanumeric() || "-._~".contains(c);
    let well_formed = (43..=128).contains(&verifier.len()) && verifier.chars().all(unreserved);
    let expected = Base64UrlUnpadded::encode_string(&Sha256::digest(verifier.as_bytes()));
    well_formed && same_secret(&expected, challenge)
}

fn find(tx: &Transaction<'_>, code_hash: &str) -> rusqlite::Result<Option<Code>> {
    tx.query_row(
        "SELECT client_id, customer_id, redirect_uri, code_challenge, signed_in_at, expires_at,
                grant_id
         FROM authorization_code WHERE code_hash = ?1",
        [code_hash],
        from_row,
    )
    .optional()
}

fn from_row(row: &Row<'_>) -> rusqlite::Result<Code> {
    Ok(Code {
        client_id: row.get(0)?,
        customer_id: row.get(1)?,
        redirect_uri: row.get(2)?,
        challenge: row.get(3)?,
        signed_in_at: row.get(4)?,
        expires_at: row.get(5)?,
        grant_id: row.get(6)?,
    })
}

fn invalid_grant(description: &str) -> OAuthError {
    OAuthError::new(OAuthCode::InvalidGrant, description)
}
