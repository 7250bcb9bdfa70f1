//! Calls with the customer's access token (docs/protocol.md, section 5).

use std::sync::Arc;

use guichet_foundation::ports::{Method, Response};
use guichet_foundation::time::Timestamp;
use guichet_wire::dpop::Proof;
use guichet_wire::jwk::thumbprint;
use guichet_wire::message_signature::Message;
use url::Url;

use super::verdict::{Verdict, judge};
use super::{Outgoing, Server, answered};
use crate::Session;
use crate::calls::{Call, CallFailure, NotSent, Reply};
use crate::keeper::{Snapshot, Tokens};

/// A token that ends within this time is refreshed before it is used.
const REFRESH_AHEAD_SECONDS: i64 = 10;
/// A proof refused while the clock moved by this much was refused for its time.
const CLOCK_MOVED_SECONDS: i64 = 10;

/// How often the bank may turn the same call away, and it is repeated, since nothing has happened.
#[derive(Default)]
struct TurnedAway {
    nonce: u8,
    token: bool,
    clock: bool,
}

impl Session {
    /// Sends a call until the bank has answered the call itself. Only answers that say that nothing has happened lead to a
    /// repetition; anything lost on the way is the caller's to decide.
    pub(crate) async fn authorised(&self, call: &Call) -> Result<Reply, CallFailure> {
        self.pins_in_force().await?;
        let url = self.url(&call.path)?;
        let mut turned_away = TurnedAway::default();
        loop {
            let (seen, tokens) = self.usable_tokens().await?;
            let signed_at = self.0.contact.time.now();
            let response = self.attempt(call, &url, &tokens, signed_at).await?;
            match judge(answered(response)?) {
                Verdict::Reply(reply) => return Ok(reply),
                Verdict::UseNonce if turned_away.nonce < 2 => turned_away.nonce += 1,
                Verdict::InvalidToken if !turned_away.token => {
                    turned_away.token = true;
                    self.refresh(&seen).await?;
                }
                Verdict::InvalidProof if !turned_away.clock && self.clock_moved(signed_at) => {
                    turned_away.clock = true;
                }
                Verdict::InvalidProof if turned_away.clock => {
                    return Err(NotSent::ClockWrong.into());
                }
                Verdict::UseNonce | Verdict::InvalidToken | Verdict::InvalidProof => {
                    return Err(NotSent::Refused.into());
                }
                Verdict::Revoked { notice } => {
                    return Err(self.told_of_revocation(&seen, notice.as_deref()).await);
                }
                Verdict::NotEnrolled => return Err(CallFailure::NotEnrolled),
            }
        }
    }

    async fn usable_tokens(&self) -> Result<(Snapshot, Arc<Tokens>), CallFailure> {
        let (seen, tokens) = self.tokens()?;
        if tokens.expires.seconds_since(self.0.contact.time.now()) > REFRESH_AHEAD_SECONDS {
            return Ok((seen, tokens));
        }
        self.refresh(&seen).await?;
        self.tokens()
    }

    fn tokens(&self) -> Result<(Snapshot, Arc<Tokens>), CallFailure> {
        let seen = self.0.keeper.with_tokens().map_err(|_| NotSent::Phone)?;
        let tokens = seen.tokens.clone().ok_or(CallFailure::SignedOut)?;
        Ok((seen, tokens))
    }

    /// One request, signed anew.
    pub(super) async fn attempt(
        &self,
        call: &Call,
        url: &Url,
        tokens: &Tokens,
        now: Timestamp,
    ) -> Result<Response, CallFailure> {
        let outgoing = self.signed(call, url, tokens, now)?;
        Ok(self.0.contact.send(outgoing).await?)
    }

    fn signed<'a>(
        &self,
        call: &Call,
        url: &'a Url,
        tokens: &Tokens,
        now: Timestamp,
    ) -> Result<Outgoing<'a>, CallFailure> {
        let signer = &*self.0.phone.device_signer;
        let key = self.device_key()?;
        let nonce = self.0.contact.nonces.of(Server::Resource);
        let proof = Proof {
            method: call.method,
            url,
            access_token: Some(tokens.access.expose_secret()),
            nonce: nonce.as_deref(),
            issued_at: now,
        };
        let dpop = proof.sign(signer, &key, &*self.0.phone.entropy).map_err(|_| NotSent::Phone)?;
        let authorization = format!("DPoP {}", tokens.access.expose_secret());
        let body = call.body.clone().unwrap_or_default();
        let mut headers = vec![("accept", "application/json".to_owned())];
        if call.body.is_some() {
            headers.push(("content-type", "application/json".to_owned()));
        }
        if call.method != Method::Get {
            let key_id = thumbprint(&key);
            let message = Message {
                method: call.method,
                url,
                authorization: &authorization,
                dpop: &dpop,
                body: &body,
                created: now,
                key_id: &key_id,
            };
            let signature = message.sign(signer).map_err(|_| NotSent::Phone)?;
            headers.push(("content-digest", signature.content_digest));
            headers.push(("signature-input", signature.signature_input));
            headers.push(("signature", signature.signature));
        }
        headers.push(("authorization", authorization));
        headers.push(("dpop", dpop));
        Ok(Outgoing { method: call.method, url, headers, body, to: Server::Resource })
    }

    fn clock_moved(&self, signed_at: Timestamp) -> bool {
        self.0.contact.time.now().seconds_since(signed_at).abs() >= CLOCK_MOVED_SECONDS
    }
}
