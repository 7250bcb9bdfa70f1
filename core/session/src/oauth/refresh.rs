//! Refreshing tokens: at most one request at a time, whoever asks.
//!
//! The first who needs new tokens starts the request in a task of its own, so that a caller that goes away does not cut it; whoever
//! comes while it is under way waits for the same answer. An answer is stored only if the generation of tokens it started from is
//! still in force.

use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::sync::watch;

use super::tokens::Granted;
use crate::Session;
use crate::bank::not_ready;
use crate::calls::{CallFailure, NotSent};
use crate::keeper::{NotKept, Snapshot, Tokens};

type Outcome = watch::Receiver<Option<Result<(), CallFailure>>>;

/// The refresh that is under way, if one is.
#[derive(Default)]
pub(crate) struct Flight(Mutex<Option<UnderWay>>);

#[derive(Clone)]
struct UnderWay {
    /// Whose tokens are being refreshed.
    generation: u64,
    outcome: Outcome,
}

impl Flight {
    fn lock(&self) -> MutexGuard<'_, Option<UnderWay>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the flight, however it ends.
struct Landing(Session);

impl Drop for Landing {
    fn drop(&mut self) {
        *self.0.0.flight.lock() = None;
    }
}

impl Session {
    /// Returns when newer tokens than those of `seen` are in force, or cannot be had.
    pub(crate) async fn refresh(&self, seen: &Snapshot) -> Result<(), CallFailure> {
        while let Some(mut under_way) = self.join_or_start(seen) {
            let landed = under_way.outcome.wait_for(Option::is_some).await;
            let landed = landed.ok().and_then(|outcome| *outcome);
            // What an older generation's refresh came to says nothing about these tokens.
            if under_way.generation == seen.generation {
                return landed.unwrap_or(Err(NotSent::NotReady.into()));
            }
        }
        Ok(())
    }

    /// The flight to wait for; `None` if the tokens of `seen` have been replaced already.
    fn join_or_start(&self, seen: &Snapshot) -> Option<UnderWay> {
        let mut flight = self.0.flight.lock();
        if self.0.keeper.generation() != seen.generation {
            return None;
        }
        if let Some(under_way) = &*flight {
            return Some(under_way.clone());
        }
        let (sender, outcome) = watch::channel(None);
        let under_way = UnderWay { generation: seen.generation, outcome };
        *flight = Some(under_way.clone());
        let (session, seen) = (self.clone(), seen.clone());
        tokio::spawn(async move {
            let landing = Landing(session.clone());
            let result = session.refresh_once(&seen).await;
            drop((landing, seen));
            session.hang_up_unless_open();
            sender.send_replace(Some(result));
        });
        Some(under_way)
    }

    async fn refresh_once(&self, seen: &Snapshot) -> Result<(), CallFailure> {
        let registration = &seen.registration;
        let (Some(tokens), Some(client), Some(endpoints)) =
            (&seen.tokens, &registration.client_id, &registration.endpoints)
        else {
            return Err(CallFailure::SignedOut);
        };
        self.pins_in_force().await?;
        let sent = tokens.refresh.expose_secret();
        let members = [("grant_type", "refresh_token"), ("refresh_token", sent)];
        let granted = self
            .ask_for_tokens(client, &endpoints.token, &members, Some(&tokens.refresh))
            .await
            .map_err(not_ready)?;
        match granted {
            Granted::Tokens(fresh) => self.take_up(seen, fresh),
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
        match self.ask_for_tokens(client, &endpoints.token, &members, Some(kept)).await.ok()? {
            Granted::Tokens(tokens) => Some(tokens),
            Granted::Refused(_) => None,
        }
    }

    /// A rotated token is not used before it is durable: what cannot be stored is dropped, and the old one asked with again.
    fn take_up(&self, seen: &Snapshot, fresh: Tokens) -> Result<(), CallFailure> {
        match self.0.keeper.commit_tokens(seen.generation, fresh) {
            Ok(()) => Ok(()),
            Err(NotKept::Superseded) => self.superseded(),
            Err(NotKept::Store(_)) => Err(NotSent::Phone.into()),
        }
    }

    fn end_session(&self, seen: &Snapshot, sent: &str) -> Result<(), CallFailure> {
        match self.0.keeper.end_session_of(seen.generation, sent) {
            Ok(()) | Err(NotKept::Superseded) => self.superseded(),
            Err(NotKept::Store(_)) => Err(NotSent::Phone.into()),
        }
    }

    /// Something else decided about the tokens meanwhile: other ones are in force, or none.
    fn superseded(&self) -> Result<(), CallFailure> {
        if self.0.keeper.is_signed_in() { Ok(()) } else { Err(CallFailure::SignedOut) }
    }
}
