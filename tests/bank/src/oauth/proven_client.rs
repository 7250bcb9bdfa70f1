//! Who calls the endpoints that take a proof: the client, by assertion and by key.

use rusqlite::Transaction;

use super::clients::Client;
use super::fields::Form;
use super::{OAuthCode, OAuthError, assertion};
use crate::devices;
use crate::dpop::Proof;
use crate::server::Bank;

/// The client of this form, whose proof was made with its own key, and whose device is not revoked.
pub(super) fn authenticate(
    tx: &Transaction<'_>,
    bank: &Bank,
    form: &Form,
    proof: &Proof,
    now: i64,
) -> Result<Client, OAuthError> {
    let client = assertion::authenticate(tx, form, &bank.issuer, now)?;
    if proof.thumbprint != client.key_thumbprint {
        return Err(OAuthError::new(
            OAuthCode::InvalidDpopProof,
            "the proof was not made with the client's device key",
        ));
    }
    if let Some(notice) = devices::notice_for_client(tx, bank, &client.client_id)? {
        return Err(OAuthError::device_revoked(notice));
    }
    Ok(client)
}
