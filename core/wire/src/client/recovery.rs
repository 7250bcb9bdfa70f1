//! The way back to a bank whose keys have all changed while the phone slept.
//!
//! The pin set is signed by the trust anchor, which is on no server. So when a certificate is valid in everything but has no
//! pinned key, the set alone is fetched over a connection that is validated in everything but the pins. This one request goes out
//! on it: no token, no proof, nothing of the customer's. And nothing is believed of it but a set that the anchor signed, newer than
//! the one in force and not over; neither its time nor its nonce. Then the request that failed is made over a pinned connection, as
//! every other.

use std::time::Duration;

use guichet_foundation::ports::{Method, Request, Response, TransportFailure};

use super::failure::classify;
use super::transport::{Inside, prepared};
use super::verifier::Demand;
use crate::trust::PinSet;

const TIME_OUT: Duration = Duration::from_secs(10);
/// More than any pin set.
const ANSWER_LIMIT: usize = 64 * 1024;

impl Inside {
    /// Whether other pins are in force than those of `edition`, with which a connection has failed.
    pub(super) async fn has_newer_pins(&self, edition: u64) -> bool {
        let trust = &self.trust;
        if trust.pins.edition() == edition
            && let Some(set) = self.pin_set_without_pins().await
            && !set.is_expired(trust.time.now())
        {
            match trust.pins.take(&set) {
                Ok(()) => tracing::info!("a newer pin set was found"),
                Err(refusal) => tracing::warn!(%refusal, "a pin set is refused"),
            }
        }
        trust.pins.edition() != edition
    }

    async fn pin_set_without_pins(&self) -> Option<PinSet> {
        let trust = &self.trust;
        let answer = self.ask_without_pins().await.ok()?;
        let jws = String::from_utf8(answer.body).ok().filter(|_| answer.status == 200)?;
        PinSet::verified(jws.trim(), &trust.issuer, &trust.anchor)
            .inspect_err(|refusal| tracing::warn!(%refusal, "a pin set is refused"))
            .ok()
    }

    async fn ask_without_pins(&self) -> Result<Response, TransportFailure> {
        let client = self.trust.client(Demand::ValidChain);
        let client = client.map_err(|_| TransportFailure::NotConnected)?;
        let request = Request {
            method: Method::Get,
            url: format!("{}{}", self.trust.issuer, PinSet::PATH),
            headers: vec![("accept", "application/jwt".to_owned())],
            body: Vec::new(),
            timeout: TIME_OUT,
            answer_limit: ANSWER_LIMIT,
        };
        self.trust.traffic.request(&request);
        let answer = client.execute(prepared(request)?).await.map_err(|error| classify(&error))?;
        self.read(answer, ANSWER_LIMIT).await
    }
}
