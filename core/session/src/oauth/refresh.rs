//! Refreshing tokens: at most one request at a time, whoever asks.
//!
//! An answer is stored only if the generation of tokens it started from is still in force.

use super::tokens::Granted;
use crate::Session;
use crate::bank::not_ready;
use crate::calls::{CallFailure, NotSent};
use crate::keeper::{NotKept, Snapshot, Tokens};

/// Where newer tokens come from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Newer {
    /// From the bank, which was asked for them.
    Asked,
    /// They were there already. What the bank thinks of them shows when they are used.
    TakenUp,
}

impl Session {
    /// Returns when newer tokens than those of `seen` are in force, or cannot be had.
    pub(crate) async fn refresh(&self, seen: &Snapshot) -> Result<Newer, CallFailure> {
        let is_done = || self.0.keeper.generation() != seen.generation;
        let work = || {
            let (session, seen) = (self.clone(), seen.clone());
            async move {
                let newer = session.refresh_once(&seen).await;
                drop(seen);
                session.hang_up_unless_open();
                newer
            }
        };
        while let Some(under_way) = self.0.refresh.join_or_start(seen.generation, is_done, work) {
            let of_these = under_way.about == seen.generation;
            let landed = under_way.landed().await;
            // What an older generation's refresh came to says nothing about these tokens.
            if of_these {
                return landed.unwrap_or(Err(NotSent::NotReady.into()));
            }
        }
        Ok(Newer::TakenUp)
    }

    async fn refresh_once(&self, seen: &Snapshot) -> Result<Newer, CallFailure> {
        if !self.take_up_of_others(seen)? {
            return self.ask_or_take_up(seen).await;
        }
        let seen = self.0.keeper.with_tokens().map_err(|_| NotSent::Phone)?;
        match &seen.tokens {
            None => Err(CallFailure::SignedOut),
            Some(tokens) if self.is_usable(tokens) => Ok(Newer::TakenUp),
            Some(_) => self.ask_or_take_up(&seen).await,
        }
    }

    async fn ask_or_take_up(&self, seen: &Snapshot) -> Result<Newer, CallFailure> {
        match self.ask_for_newer(seen).await {
            Err(failure) if failure != CallFailure::Revoked => {
                // Another process may have been luckier meanwhile.
                let others = self.take_up_of_others(seen).unwrap_or(false);
                if others { self.superseded() } else { Err(failure) }
            }
            asked => asked,
        }
    }

    /// Whether other tokens than those of `seen` are in force: this process's, or taken up now from another's.
    fn take_up_of_others(&self, seen: &Snapshot) -> Result<bool, CallFailure> {
        match self.0.keeper.take_up_stored(seen.generation, seen.tokens.as_deref()) {
            Ok(taken_up) => {
                if taken_up {
                    // Tokens of another process, and perhaps of another key.
                    self.0.forget_device_key();
                }
                Ok(taken_up)
            }
            Err(NotKept::Superseded) => Ok(true),
            Err(NotKept::Store(_)) => Err(NotSent::Phone.into()),
        }
    }

    async fn ask_for_newer(&self, seen: &Snapshot) -> Result<Newer, CallFailure> {
        let registration = &seen.registration;
        let (Some(tokens), Some(client), Some(endpoints)) =
            (&seen.tokens, &registration.client_id, &registration.endpoints)
        else {
            return Err(CallFailure::SignedOut);
        };
        let sent = tokens.refresh.expose_secret();
        let members = [("grant_type", "refresh_token"), ("refresh_token", sent)];
        let is_wanted = || self.0.keeper.still_holds(seen.generation, sent);
        let granted = self
            .ask_for_tokens(is_wanted, client, &endpoints.token, &members, Some(&tokens.refresh))
            .await
            .map_err(not_ready)?;
        match granted {
            Granted::Tokens(fresh) => self.take_up(seen, sent, fresh),
            Granted::Refused(body) if body.error == "invalid_grant" => {
                if body.revocation.is_some() {
                    let failure = self.told_of_revocation(seen, body.revocation.as_deref()).await;
                    if failure == CallFailure::Revoked {
                        return Err(failure);
                    }
                }
                self.end_session(seen, sent)
            }
            Granted::Refused(_) => Err(NotSent::Refused.into()),
        }
    }

    /// Tokens for a farewell, which are not kept.
    pub(crate) async fn last_tokens(&self, before: &Snapshot) -> Option<Tokens> {
        let registration = &before.registration;
        let (client, endpoints) =
            (registration.client_id.as_ref()?, registration.endpoints.as_ref()?);
        let kept = &before.tokens.as_ref()?.refresh;
        let members = [("grant_type", "refresh_token"), ("refresh_token", kept.expose_secret())];
        let granted =
            self.ask_for_tokens(|| true, client, &endpoints.token, &members, Some(kept)).await;
        match granted.ok()? {
            Granted::Tokens(tokens) => Some(tokens),
            Granted::Refused(_) => None,
        }
    }

    /// A rotated token is not used before it is durable: what cannot be stored is dropped, and the old one asked with again.
    fn take_up(&self, seen: &Snapshot, sent: &str, fresh: Tokens) -> Result<Newer, CallFailure> {
        match self.0.keeper.commit_refreshed(seen.generation, sent, fresh) {
            Ok(()) => self.superseded().map(|_| Newer::Asked),
            Err(NotKept::Superseded) => self.superseded(),
            Err(NotKept::Store(_)) => Err(NotSent::Phone.into()),
        }
    }

    fn end_session(&self, seen: &Snapshot, sent: &str) -> Result<Newer, CallFailure> {
        match self.0.keeper.end_session_of(seen.generation, sent) {
            Ok(()) | Err(NotKept::Superseded) => self.superseded(),
            Err(NotKept::Store(_)) => Err(NotSent::Phone.into()),
        }
    }

    /// Something else decided about the tokens meanwhile: other ones are in force, or none.
    fn superseded(&self) -> Result<Newer, CallFailure> {
        if self.0.keeper.is_signed_in() { Ok(Newer::TakenUp) } else { Err(CallFailure::SignedOut) }
    }
}
