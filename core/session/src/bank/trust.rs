//! Keeping the documents signed by the trust anchor up to date.

use guichet_foundation::ports::Slot;
use guichet_foundation::sensitivity::SecretBytes;
use guichet_wire::trust::{Document, PinSet, TrustRefusal};

use super::Server;
use crate::calls::{CallFailure, NotSent};
use crate::{ReceiptKeys, Session};

const RECEIPT_KEYS: &str = "/v1/trust/receipt-keys";

impl Session {
    /// Fetches the pin set and puts it in force, if it is newer.
    pub(crate) async fn refresh_pins(&self) -> Result<(), CallFailure> {
        let jws = self.trust_document(PinSet::PATH).await?;
        let set = PinSet::verified(&jws, &self.0.profile.issuer, &self.0.profile.trust_anchor)
            .map_err(not_trusted)?;
        if set.is_expired(self.0.contact.time.now()) {
            return Err(not_trusted(TrustRefusal::Expired));
        }
        self.0.pins.take(&set).map_err(not_trusted)?;
        self.keep(Slot::PinSet, set.as_jws());
        Ok(())
    }

    /// The receipt keys: kept ones, or the newest list of the bank.
    pub(crate) async fn current_receipt_keys(
        &self,
        refresh: bool,
    ) -> Result<ReceiptKeys, CallFailure> {
        let kept = self.0.receipt_keys().clone();
        match kept {
            Some(keys) if !refresh => Ok(keys),
            _ => self.fetch_receipt_keys().await,
        }
    }

    async fn fetch_receipt_keys(&self) -> Result<ReceiptKeys, CallFailure> {
        self.introduced().await?;
        let jws = self.trust_document(RECEIPT_KEYS).await?;
        let keys =
            ReceiptKeys::verified(&jws, &self.0.profile.issuer, &self.0.profile.trust_anchor)
                .map_err(not_trusted)?;
        let mut in_force = self.0.receipt_keys();
        let keys = match &*in_force {
            Some(kept) => keys.replacing(kept).map_err(not_trusted)?,
            None => keys,
        };
        self.keep(Slot::ReceiptKeys, keys.as_jws());
        *in_force = Some(keys.clone());
        Ok(keys)
    }

    async fn trust_document(&self, path: &str) -> Result<String, CallFailure> {
        let url = self.url(path)?;
        let body = self.0.contact.read(&url, Server::Resource).await?;
        let text = String::from_utf8(body).map_err(|_| CallFailure::Unreadable)?;
        Ok(text.trim().to_owned())
    }

    /// Trust documents are public; what cannot be kept is fetched again.
    fn keep(&self, slot: Slot, jws: &str) {
        let kept = self.0.phone.secure_store.get(slot);
        if matches!(kept, Ok(Some(kept)) if kept.expose_secret() == jws.as_bytes()) {
            return;
        }
        let item = SecretBytes::new(jws.as_bytes().to_vec());
        if self.0.phone.secure_store.put(slot, &item).is_err() {
            tracing::warn!(slot = slot.name(), "a trust document could not be kept");
        }
    }
}

/// What was fetched over a pinned connection and is not signed as it should be: nothing is built on it.
fn not_trusted(refusal: TrustRefusal) -> CallFailure {
    tracing::warn!(%refusal, "a trust document is refused");
    NotSent::NotReady.into()
}

/// The failure of something that has to come before a call: the call itself was not sent.
pub(crate) fn not_ready(failure: CallFailure) -> CallFailure {
    match failure {
        CallFailure::Unanswered | CallFailure::Unreadable | CallFailure::Busy { .. } => {
            NotSent::NotReady.into()
        }
        other => other,
    }
}
