//! Replacing the device key when it has served for a year (RFC 7592; docs/protocol.md, section 3.2).
//!
//! Which key comes next is written down before the bank is asked to take it, and the old one is given up only after the bank has
//! said yes. So a process that is killed anywhere, or an answer that is lost, ends in one key that both know: the next sign-in asks
//! for the same again, and the bank answers the same.

use guichet_foundation::ids::ClientId;
use guichet_foundation::key::P256PublicKey;
use guichet_foundation::ports::{Method, Response};
use guichet_foundation::time::Timestamp;
use guichet_wire::device_key_proof;
use guichet_wire::jwk::thumbprint;
use serde::Deserialize;
use serde_json::json;
use url::Url;

use super::register::{metadata, phone};
use super::sign_in::SignInRefusal;
use crate::Session;
use crate::bank::{Outgoing, Server};
use crate::calls::{CallFailure, NotSent};
use crate::keeper::{Management, NotKept, Snapshot};

/// How long a key serves, in seconds.
const SERVES: i64 = 365 * 86_400;

#[derive(Deserialize)]
struct Replaced {
    client_id: ClientId,
}

impl Session {
    /// Goes on with a replacement that was begun, or begins one if the key is due and no session hangs on it.
    pub(super) async fn rotate_key_if_due(&self) -> Result<(), SignInRefusal> {
        let seen = self.0.keeper.snapshot();
        let registration = &seen.registration;
        let management = self.0.keeper.management().map_err(|_| NotSent::Phone)?;
        let (Some(client), Some(management)) = (&registration.client_id, &management) else {
            return Ok(());
        };
        let signer = &*self.0.phone.device_signer;
        let current = signer.public_key().map_err(phone)?.map(|key| thumbprint(&key));
        if current.is_some() && current == registration.successor {
            // Killed right after it took the old one's place.
            return Ok(self.note_replaced(seen.life)?);
        }
        if current.is_none() || current != registration.device_key || !self.is_due(&seen)? {
            return Ok(());
        }
        let successor = self.successor(&seen)?;
        if self.replaced(client, management, &successor).await? {
            signer.promote_successor().map_err(phone)?;
            self.0.forget_device_key();
            self.note_replaced(seen.life)?;
        }
        Ok(())
    }

    fn is_due(&self, seen: &Snapshot) -> Result<bool, NotSent> {
        let registration = &seen.registration;
        let now = self.signing_time()?;
        let old = registration.key_since.is_some_and(|since| now.seconds_since(since) >= SERVES);
        Ok(!self.0.keeper.is_signed_in() && (old || registration.successor.is_some()))
    }

    /// The key that comes next: the one that is written down, or a new one that is written down now.
    fn successor(&self, seen: &Snapshot) -> Result<P256PublicKey, SignInRefusal> {
        let signer = &*self.0.phone.device_signer;
        let noted = seen.registration.successor.as_ref();
        let waiting = signer.successor().map_err(phone)?;
        if let Some(key) = waiting.filter(|key| noted == Some(&thumbprint(key))) {
            return Ok(key);
        }
        let key = signer.create_successor().map_err(phone)?;
        self.0.keeper.change_registration(seen.life, |registration| {
            registration.successor = Some(thumbprint(&key));
        })?;
        Ok(key)
    }

    fn note_replaced(&self, life: u64) -> Result<(), NotKept> {
        let now = self.0.contact.time.now();
        self.0.keeper.change_registration(life, |registration| {
            registration.device_key = registration.successor.take();
            registration.key_since = Some(now);
        })
    }

    /// Whether the bank has taken the key. A bank that refuses goes on with the old one, and so does the phone.
    async fn replaced(
        &self,
        client: &ClientId,
        management: &Management,
        key: &P256PublicKey,
    ) -> Result<bool, CallFailure> {
        let put =
            || self.managed(Method::Put, management, |now| self.replacement(client, key, now));
        let response = match put().await {
            // The same again does no harm, and mostly tells what became of the first.
            Err(CallFailure::Unanswered) => put().await?,
            other => other?,
        };
        if response.status != 200 {
            tracing::warn!(status = response.status, "the bank does not replace the device key");
            return Ok(false);
        }
        let replaced: Replaced =
            serde_json::from_slice(&response.body).map_err(|_| CallFailure::Unreadable)?;
        if replaced.client_id == *client { Ok(true) } else { Err(CallFailure::Unreadable) }
    }

    /// The whole metadata with the new key, and that key's word for it.
    fn replacement(
        &self,
        client: &ClientId,
        key: &P256PublicKey,
        now: Timestamp,
    ) -> Result<Vec<u8>, NotSent> {
        let signer = &*self.0.phone.device_signer;
        let issuer = &self.0.profile.issuer;
        let proof =
            device_key_proof::sign(client, issuer, now, signer, key, &*self.0.phone.entropy)
                .map_err(phone)?;
        let mut body = metadata(&self.0.profile.redirect_uri, key);
        if let Some(members) = body.as_object_mut() {
            members.insert("client_id".to_owned(), json!(client));
            members.insert("guichet_key_proof".to_owned(), proof.into());
        }
        Ok(body.to_string().into_bytes())
    }

    /// Has the bank forget an installation that never enrolled. Whether it did.
    pub(crate) async fn deregistered(&self, before: &Snapshot) -> bool {
        let Some(management) = &before.management else { return false };
        let gone = self.managed(Method::Delete, management, |_| Ok(Vec::new())).await;
        gone.is_ok_and(|response| response.status == 204)
    }

    /// A request about this client's own registration, proved by its registered key.
    async fn managed(
        &self,
        method: Method,
        management: &Management,
        body: impl Fn(Timestamp) -> Result<Vec<u8>, NotSent> + Send + Sync,
    ) -> Result<Response, CallFailure> {
        let url = Url::parse(&management.uri).map_err(|_| NotSent::NotReady)?;
        let signed = |now: Timestamp| {
            let dpop = self.proof(method, &url, &self.device_key()?, now).map_err(phone)?;
            let bearer = format!("Bearer {}", management.token.expose_secret());
            Ok(Outgoing {
                method,
                url: &url,
                headers: vec![
                    ("accept", "application/json".to_owned()),
                    ("content-type", "application/json".to_owned()),
                    ("authorization", bearer),
                    ("dpop", dpop),
                ],
                body: body(now)?,
                to: Server::Authorization,
            })
        };
        self.send_signed(|| true, signed).await
    }
}
