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
use crate::oauth::Newer;
use crate::step_up::{Demand, Shown};

/// A token that ends within this time is refreshed before it is used.
const REFRESH_AHEAD_SECONDS: i64 = 10;
/// A proof refused while the clock moved by this much was refused for its time.
const CLOCK_MOVED_SECONDS: i64 = 10;

/// How often the bank may turn the same call away, and it is repeated, since nothing has happened.
#[derive(Default)]
struct TurnedAway {
    nonce: u8,
    token: bool,
    token_of_others: bool,
    clock: bool,
}

/// What the bank said to a call once tokens, nonces and proofs were in order.
enum Said {
    Reply(Reply),
    ShowYourself(Demand),
}

impl Session {
    /// Sends a call until the bank has answered the call itself. Only answers that say that nothing has happened lead to a
    /// repetition; anything lost on the way is the caller's to decide. Where the bank wants the customer to show to be there, they
    /// are asked, and the very call is repeated once.
    pub(crate) async fn authorised(&self, call: &Call) -> Result<Reply, CallFailure> {
        let closed = self.0.lock.closed();
        let mut shown = None;
        loop {
            let demand = match self.said(call).await? {
                Said::Reply(reply) => return Ok(reply),
                Said::ShowYourself(demand) => demand,
            };
            match shown {
                // The customer has answered, and the bank is not satisfied: it would not be the next time either.
                Some(Shown::ForThis) => return Err(NotSent::StepUpRefused.into()),
                // What another call's answer did not satisfy is asked for once.
                Some(Shown::Meanwhile) | None => {
                    shown = Some(self.shown(&demand, closed, shown).await?);
                }
            }
        }
    }

    /// The same for calls that no customer stands behind: a demand to show that they are there ends it.
    pub(crate) async fn authorised_without_customer(
        &self,
        call: &Call,
    ) -> Result<Reply, CallFailure> {
        match self.said(call).await? {
            Said::Reply(reply) => Ok(reply),
            Said::ShowYourself(_) => Err(NotSent::StepUpRefused.into()),
        }
    }

    async fn said(&self, call: &Call) -> Result<Said, CallFailure> {
        let url = self.url(&call.path)?;
        let mut turned_away = TurnedAway::default();
        loop {
            let (seen, tokens) = self.usable_tokens().await?;
            let signed_at = self.signing_time()?;
            let question = self.0.told.question(seen.life);
            let response = self.attempt(call, &url, &tokens, signed_at).await?;
            self.0.told.learn(question, &response);
            match judge(answered(response)?) {
                Verdict::Reply(reply) => return Ok(Said::Reply(reply)),
                Verdict::StepUp(demand) => return Ok(Said::ShowYourself(demand)),
                Verdict::UseNonce if turned_away.nonce < 2 => turned_away.nonce += 1,
                Verdict::InvalidToken if !turned_away.token => {
                    // Tokens that were there already may have ended as well: then the bank is asked, once.
                    let newer = self.refresh(&seen).await?;
                    turned_away.token = newer == Newer::Asked || turned_away.token_of_others;
                    turned_away.token_of_others = true;
                }
                Verdict::InvalidProof if !turned_away.clock && self.clock_moved(signed_at) => {
                    turned_away.clock = true;
                }
                Verdict::UseNonce
                | Verdict::InvalidToken
                | Verdict::InvalidProof
                | Verdict::Refused => {
                    self.0.forget_device_key();
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
        self.introduced().await?;
        if self.is_usable(&tokens) {
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

    /// Whether the access token lives long enough to be sent.
    pub(crate) fn is_usable(&self, tokens: &Tokens) -> bool {
        tokens.expires.seconds_since(self.0.contact.time.now()) > REFRESH_AHEAD_SECONDS
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
        let nonce = self.0.contact.nonce(Server::Resource);
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

    /// Whether what was signed at `signed_at` can have been refused for its time: the phone slept through something that its
    /// uptime did not count, or the bank's clock was set.
    pub(crate) fn clock_moved(&self, signed_at: Timestamp) -> bool {
        let known = self.0.contact.time.known();
        known.is_none_or(|now| now.seconds_since(signed_at).abs() >= CLOCK_MOVED_SECONDS)
    }
}
