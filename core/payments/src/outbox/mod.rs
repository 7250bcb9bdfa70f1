//! The outbox: payments from draft to receipt, in the vault.
//!
//! A payment begins as a **draft**: terms that were checked, made with or without a network. It gets its id here, once; every
//! intent ever frozen for it carries that id, so that the bank, which decides an id once, could not execute it twice even if all
//! else failed.
//!
//! With the bank reachable the draft is **reviewed**: a fresh challenge and fresh limits, and the intent is frozen. From now on
//! its canonical bytes are the payment, and its words go with them. If the customer approves within the intent's
//! time, the signature is committed and the payment is **approved**. If not, it is a draft again, and its bytes are gone.
//!
//! Before the first byte leaves, the payment is committed as **in flight**, together with the signature where it is sent at once.
//! That order is what makes *approved* a proof: no byte of it has ever reached the bank, so if its time runs out, or the customer changes their mind, the signature is destroyed and
//! nothing can have happened. It holds whatever the phone's clock says: signature and proof go in one transaction. An attempt
//! that certainly did not leave the phone (no connection, not the bank) leads from in flight back to approved, if it was the only
//! one.
//!
//! An attempt that ends in anything but a verified receipt (a time-out, a broken connection, a 503, a 409, garbage, a receipt that
//! does not verify, the process killed, the vault locked under it) makes the payment **unknown**: the bank may have executed it or
//! not, and neither the clock nor the customer can say otherwise. It is resolved by sending the same bytes again, as often as it
//! takes. The bank answers the same receipt for the same bytes; after the intent's expiry it refuses bytes that it had not
//! executed, so every unknown ends.
//!
//! A verified receipt about exactly these bytes, and nothing else, makes a payment **confirmed** or **rejected**. Both are final.
//!
//! [`machine`] holds the states and the one function between them; [`Outbox::apply`] runs it inside a write transaction on what the
//! vault holds at that moment, so that two events cannot be applied to the same state. An effect is carried out only after the
//! state that orders it is committed. The schema's triggers repeat the rules above for code not yet written.

mod backoff;
mod machine;
mod stage;
mod store;

#[cfg(test)]
mod machine_tests;

use guichet_foundation::ids::IntentId;
use guichet_foundation::time::Timestamp;
use guichet_vault::{Schema, Vault, VaultFailure, rusqlite};
use tokio::sync::watch;

pub(crate) use backoff::Wait;
pub use machine::Setback;
pub(crate) use machine::{Attempt, Effect, Event, Payment, State};
pub use stage::{OutboxItem, PromptStage, Stage};
pub(crate) use store::OnItsWay;

use crate::limits::{self, KnownLimits, Limits};
use crate::terms::Terms;

/// The tables of this room, for the vault.
pub const fn schema() -> Schema {
    Schema { room: "payments", steps: &[include_str!("schema.sql")] }
}

/// Why the outbox could not be read or written. What was stored stays as it was.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OutboxFailure {
    /// The vault is locked, or its storage failed.
    #[error(transparent)]
    Vault(#[from] VaultFailure),
    /// There is no payment of this id; it may have been discarded.
    #[error("there is no payment of this id")]
    NoSuchPayment,
    /// A stored payment contradicts itself: it is neither shown nor sent.
    #[error("a stored payment is damaged")]
    Damaged,
}

impl From<rusqlite::Error> for OutboxFailure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Vault(VaultFailure::from(error))
    }
}

/// A payment to begin with.
pub(crate) struct Draft {
    pub id: IntentId,
    pub terms: Terms,
    pub made_at: Timestamp,
}

/// What an event led to, committed.
pub(crate) struct Applied {
    pub state: State,
    pub effect: Option<Effect>,
}

/// The payments in the vault, and a number that grows whenever one of them changes.
pub(crate) struct Outbox {
    vault: Vault,
    revision: watch::Sender<u64>,
}

impl Outbox {
    pub(crate) fn new(vault: Vault) -> Self {
        Self { vault, revision: watch::Sender::new(0) }
    }

    pub(crate) fn changes(&self) -> watch::Receiver<u64> {
        self.revision.subscribe()
    }

    /// Says that something on the screen may have changed.
    pub(crate) fn touch(&self) {
        self.revision.send_modify(|revision| *revision += 1);
    }

    pub(crate) fn add(&self, draft: &Draft) -> Result<(), OutboxFailure> {
        let payment = Payment {
            id: draft.id,
            terms: draft.terms.clone(),
            made_at: draft.made_at,
            changed_at: draft.made_at,
            state: State::Draft { setback: None },
        };
        self.vault.write(|db| store::insert(db, &payment))?;
        self.touch();
        Ok(())
    }

    /// Leads the payment to its next state in one durable transaction.
    pub(crate) fn apply(
        &self,
        id: IntentId,
        event: Event,
        now: Timestamp,
    ) -> Result<Applied, OutboxFailure> {
        self.apply_in_turn(id, [event], now)
    }

    /// As [`Self::apply`], for events that happen at one moment: one transaction, and the effect of the last of them.
    pub(crate) fn apply_in_turn(
        &self,
        id: IntentId,
        events: impl IntoIterator<Item = Event>,
        now: Timestamp,
    ) -> Result<Applied, OutboxFailure> {
        let (applied, changed) = self.vault.write(|db| {
            let mut payment = store::find(db, id)?.ok_or(OutboxFailure::NoSuchPayment)?;
            let (mut last_effect, mut changed) = (None, false);
            for event in events {
                let (state, effect) = machine::step(&payment, event, now);
                if state != payment.state {
                    store::update(db, id, &state, now)?;
                    (payment.state, changed) = (state, true);
                }
                last_effect = effect;
            }
            let applied = Applied { state: payment.state, effect: last_effect };
            Ok::<_, OutboxFailure>((applied, changed))
        })?;
        if changed {
            self.touch();
        }
        Ok(applied)
    }

    /// Deletes a payment of which nothing ever left the phone. `false`: it was sent, and stays.
    pub(crate) fn discard(&self, id: IntentId) -> Result<bool, OutboxFailure> {
        let gone = self.vault.write(|db| {
            let payment = store::find(db, id)?.ok_or(OutboxFailure::NoSuchPayment)?;
            let unsent = matches!(
                payment.state,
                State::Draft { .. } | State::Reviewed(_) | State::Approved(_)
            );
            if unsent {
                store::delete(db, id)?;
            }
            Ok::<_, OutboxFailure>(unsent)
        })?;
        if gone {
            self.touch();
        }
        Ok(gone)
    }

    pub(crate) fn payment(&self, id: IntentId) -> Result<Payment, OutboxFailure> {
        self.vault.read(|db| store::find(db, id)?.ok_or(OutboxFailure::NoSuchPayment))
    }

    /// What a list shows, newest first.
    pub(crate) fn shown(&self) -> Result<Vec<Payment>, OutboxFailure> {
        self.vault.read(store::shown)
    }

    /// What is to be sent, oldest first.
    pub(crate) fn on_their_way(&self) -> Result<Vec<OnItsWay>, OutboxFailure> {
        self.vault.read(store::on_their_way)
    }

    pub(crate) fn limits(&self) -> Result<Option<KnownLimits>, OutboxFailure> {
        self.vault.read(limits::known)
    }

    /// Remembers the limits told with a challenge.
    pub(crate) fn keep_limits(&self, limits: &Limits, now: Timestamp) -> Result<(), OutboxFailure> {
        self.vault.write(|db| limits::keep(db, limits, now))
    }
}
