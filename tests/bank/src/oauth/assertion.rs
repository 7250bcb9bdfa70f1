//! Client authentication by `private_key_jwt` (RFC 7523, section 3.3).

use rusqlite::{Transaction, params};
use serde::Deserialize;

use super::clients::{self, Client};
use super::fields::Form;
use super::{OAuthCode, OAuthError};
use crate::jws::Unverified;

const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// Seconds an assertion may live.
const LIFETIME_S: i64 = 60;
/// Seconds a client's clock may be off, either way.
const CLOCK_TOLERANCE_S: i64 = 60;

#[derive(Deserialize)]
struct Claims {
    iss: String,
    sub: String,
    /// A string: an array of audiences would let one assertion serve two servers (FAPI 2.0).
    aud: String,
    jti: String,
    iat: i64,
    nbf: Option<i64>,
    exp: i64,
}

/// Verifies the assertion of a form and uses it up, as part of the transaction it authenticates.
pub(super) fn authenticate(
    tx: &Transaction<'_>,
    form: &Form,
    issuer: &str,
    now: i64,
) -> Result<Client, OAuthError> {
    if form.optional("client_assertion_type") != Some(ASSERTION_TYPE) {
        return Err(invalid("client_assertion_type is not jwt-bearer"));
    }
    let assertion = form.optional("client_assertion").unwrap_or_default();
    let assertion = Unverified::<Claims>::parse_typed_or_untyped(assertion, "JWT")
        .map_err(|error| invalid(error.to_string()))?;
    let client = clients::by_id(tx, &assertion.unverified_payload().sub)?
        .ok_or_else(|| invalid("no such client"))?;
    if assertion.kid() != Some(client.key_thumbprint.as_str()) {
        return Err(invalid("kid is not the thumbprint of the registered key"));
    }
    let claims = assertion.verify(&client.key).map_err(|error| invalid(error.to_string()))?;
    claims.must_hold(issuer, now)?;
    if form.optional("client_id").is_some_and(|id| id != client.client_id) {
        return Err(invalid("client_id is not the authenticated client"));
    }
    use_up(tx, &client, &claims, now)?;
    Ok(client)
}

impl Claims {
    fn must_hold(&self, issuer: &str, now: i64) -> Result<(), OAuthError> {
        if self.iss != self.sub {
            return Err(invalid("iss is not sub"));
        }
        if self.aud != issuer {
            return Err(invalid("aud is not the issuer"));
        }
        let life = self.exp.saturating_sub(self.iat);
        if !(1..=LIFETIME_S).contains(&life) {
            return Err(invalid("exp must be at most 60 seconds after iat"));
        }
        if self.iat > now.saturating_add(CLOCK_TOLERANCE_S) {
            return Err(invalid("iat is ahead of the bank's time"));
        }
        if self.nbf.is_some_and(|nbf| nbf > now.saturating_add(CLOCK_TOLERANCE_S)) {
            return Err(invalid("nbf is ahead of the bank's time"));
        }
        if self.exp < now.saturating_sub(CLOCK_TOLERANCE_S) {
            return Err(invalid("the assertion has expired"));
        }
        if self.jti.is_empty() || self.jti.len() > 128 {
            return Err(invalid("jti is empty or longer than 128 characters"));
        }
        Ok(())
    }
}

/// Remembers the `jti` in the file, so that a restart does not forget it.
fn use_up(
    tx: &Transaction<'_>,
    client: &Client,
    claims: &Claims,
    now: i64,
) -> Result<(), OAuthError> {
    let forget_before = now.saturating_sub(CLOCK_TOLERANCE_S);
    tx.execute("DELETE FROM used_assertion WHERE expires_at < ?1", [forget_before])?;
    let new = tx.execute(
        "INSERT OR IGNORE INTO used_assertion (client_id, jti, expires_at) VALUES (?1, ?2, ?3)",
        params![client.client_id, claims.jti, claims.exp],
    )?;
    if new == 0 {
        return Err(invalid("jti was used before"));
    }
    Ok(())
}

fn invalid(description: impl Into<String>) -> OAuthError {
    OAuthError::new(OAuthCode::InvalidClient, description)
}
