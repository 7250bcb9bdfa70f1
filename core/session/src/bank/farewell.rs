//! Telling the bank that this device is leaving, with tokens that are nowhere kept any more.

use guichet_wire::jwk::thumbprint;

use super::answered;
use super::verdict::{Verdict, judge};
use crate::Session;
use crate::calls::{Call, CallFailure};
use crate::keeper::{Enrolled, Snapshot, Tokens};

const TRIES: u8 = 3;

impl Session {
    /// The bank forgets the device, which ends its tokens, or an installation that never enrolled, or at least the tokens. Nothing
    /// depends on its success.
    pub(crate) async fn farewell(&self, before: &Snapshot) {
        let registration = &before.registration;
        let (Some(client), Some(endpoints)) = (&registration.client_id, &registration.endpoints)
        else {
            return;
        };
        let same_key =
            self.device_key().ok().map(|key| thumbprint(&key)) == registration.device_key;
        if !same_key || self.introduced().await.is_err() {
            return;
        }
        if registration.device.is_none() && self.deregistered(before).await {
            return;
        }
        let Some(tokens) = &before.tokens else { return };
        if let Some(device) = &registration.device {
            let expired = tokens.expires <= self.0.contact.time.now();
            let fresh = if expired { self.last_tokens(before).await } else { None };
            if self.forgotten(device, fresh.as_ref().unwrap_or(tokens)).await {
                return;
            }
        }
        let members =
            [("token", tokens.refresh.expose_secret()), ("token_type_hint", "refresh_token")];
        self.post_form(client, &endpoints.revocation, &members).await.ok();
    }

    async fn forgotten(&self, device: &Enrolled, tokens: &Tokens) -> bool {
        let call = Call::delete(format!("{}/{}", crate::devices::PATH, device.device_id));
        for _ in 0..TRIES {
            match self.one_try(&call, tokens).await {
                Ok(Verdict::Reply(reply)) => return reply.status == 204,
                Ok(Verdict::UseNonce) => {}
                Ok(Verdict::Revoked { .. }) => return true,
                Ok(_) | Err(_) => return false,
            }
        }
        false
    }

    async fn one_try(&self, call: &Call, tokens: &Tokens) -> Result<Verdict, CallFailure> {
        let url = self.url(&call.path)?;
        let response = self.attempt(call, &url, tokens, self.signing_time()?).await?;
        Ok(judge(answered(response)?))
    }
}
