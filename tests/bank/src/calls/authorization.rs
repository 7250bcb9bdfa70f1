//! The access token of a call and the session it stands for.

use axum::http::HeaderMap;
use axum::http::header::AUTHORIZATION;

use super::{ApiError, ErrorCode};
use crate::dpop::Proof;
use crate::server::Bank;
use crate::{devices, oauth};

/// The session of the call's token, which must be bound to the key of the call's proof.
///
/// A client whose device was revoked holds no live token any more; since its proof has shown the key,
/// it is told so with a notice instead of `invalid_token`.
pub(super) fn session(
    bank: &Bank,
    headers: &HeaderMap,
    proof: &Proof,
    now: i64,
) -> Result<oauth::Session, ApiError> {
    let token = access_token(headers)?;
    if proof.token_hash.as_deref() != Some(oauth::hash(token).as_str()) {
        return Err(ApiError::new(
            ErrorCode::InvalidDpopProof,
            "ath is not the hash of this access token",
        ));
    }
    bank.store.read(|conn| {
        let session = oauth::session(conn, token, now)?
            .filter(|session| session.key_thumbprint == proof.thumbprint);
        if let Some(session) = session {
            return Ok(session);
        }
        if let Some(client) = oauth::client_by_key(conn, &proof.thumbprint)?
            && let Some(notice) = devices::notice_for_client(conn, bank, &client.client_id)?
        {
            return Err(ApiError::device_revoked(notice));
        }
        Err(ApiError::new(
            ErrorCode::InvalidToken,
            "the access token is unknown, has ended, or is bound to another key",
        ))
    })
}

/// The token of the one `Authorization: DPoP` header; the scheme's case does not matter.
fn access_token(headers: &HeaderMap) -> Result<&str, ApiError> {
    let mut given = headers.get_all(AUTHORIZATION).iter();
    let (Some(value), None) = (given.next(), given.next()) else {
        return Err(missing());
    };
    let (scheme, token) =
        value.to_str().ok().and_then(|text| text.split_once(' ')).ok_or_else(missing)?;
    if !scheme.eq_ignore_ascii_case("DPoP") || token.is_empty() {
        return Err(missing());
    }
    Ok(token)
}

fn missing() -> ApiError {
    ApiError::new(ErrorCode::InvalidToken, "exactly one Authorization: DPoP header is required")
}
