//! The thief: an attacker's own client, who has copied the phone's whole disk, software keys included.
//!
//! On a real phone the keys of `chip/` cannot be copied; here the thief is given more than a real one gets, so that what refuses
//! is the bank's and the core's doing and not the hardware's. Nothing of the core's code is used: proofs, signatures and canonical
//! bytes are made here from docs/protocol.md.

pub(crate) mod attempts;
mod client;
mod clock;
pub(crate) mod loot;
mod message_signature;
pub(crate) mod payment;
pub(crate) mod vault_file;

use anyhow::{Result, ensure};

/// Ends the session at the bank (RFC 7009), in the phone's name.
pub(crate) async fn end_session(loot: &loot::Loot, issuer: &str, ca_pem: &str) -> Result<()> {
    let mut client = client::Client::at(issuer, ca_pem)?;
    let form = [("token", loot.refresh_token.as_str()), ("token_type_hint", "refresh_token")];
    let answer = client.form(&loot.device_key, &loot.client_id, "/oauth/revoke", &form).await?;
    ensure!(answer.status == 200, "the bank does not end the session: {}", answer.summary());
    Ok(())
}
