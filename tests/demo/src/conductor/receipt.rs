//! The receipt, verified as anybody could who knows the bank's trust anchor: a lawyer, another program.

use anyhow::{Context as _, Result, ensure};
use serde_json::Value;

use super::bank::Announcement;
use crate::{https, jose, json};

const LIST_LIMIT: usize = 1 << 20;

/// The payload of the receipt, once its signature has led back to the trust anchor.
pub(crate) async fn verify(bank: &Announcement, receipt: &str) -> Result<Value> {
    let client = https::builder(bank.ca_pem.as_bytes())?.build()?;
    let address = format!("https://localhost:{}/v1/trust/receipt-keys", bank.port);
    let list = https::text(client.get(address).send().await?, LIST_LIMIT).await?;
    let (_, list) = jose::verified(&list, &bank.trust_anchor, "guichet-receipt-keys+jwt")
        .context("the list of receipt keys is not signed by the trust anchor")?;
    let header = jose::header(receipt).context("the receipt is no compact JWS")?;
    let keys = json::member(&list, "keys").as_array().context("the list has no keys")?;
    let key = keys
        .iter()
        .find(|key| {
            json::text(key, "kid").is_some_and(|kid| json::text(&header, "kid") == Some(kid))
        })
        .context("the receipt names a key that is not in the list")?;
    let (_, payload) = jose::verified(receipt, key, "guichet-receipt+jwt")
        .context("the receipt's signature does not verify")?;
    let signed_at = json::member(&payload, "iat").as_i64().context("the receipt has no time")?;
    let in_force = json::member(key, "nbf").as_i64().is_some_and(|from| from <= signed_at)
        && json::member(key, "exp").as_i64().is_some_and(|until| signed_at <= until);
    ensure!(in_force, "the receipt was signed outside its key's time");
    ensure!(
        json::text(&payload, "iss").as_ref() == Some(&bank.issuer),
        "the receipt is another bank's"
    );
    Ok(payload)
}
