//! The room's front: everything the app does with payments.
//!
//! Work that must not be cut by a caller who stops listening (an approval, a send, a retry) runs in tasks of the runtime given at
//! the start; the handles returned for them may be dropped. The rest answers at once from the vault.

use std::sync::Arc;

use guichet_foundation::ids::IntentId;
use guichet_foundation::ports::Entropy;
use guichet_foundation::time::Timestamp;
use guichet_session::BankCalls;
use guichet_vault::Vault;
use tokio::runtime::Handle;
use tokio::sync::watch;
use tokio::task::JoinHandle;

use crate::desk::Desk;
use crate::outbox::{Outbox, OutboxFailure, OutboxItem, Payment};
use crate::receipt::Receipt;

/// The customer's payments. A clone is a handle to the same.
#[derive(Clone)]
pub struct Payments {
    pub(crate) room: Arc<Room>,
}

pub(crate) struct Room {
    outbox: Outbox,
    bank: Arc<dyn BankCalls>,
    entropy: Arc<dyn Entropy>,
    runtime: Handle,
    desk: Desk,
}

/// Why a payment was not discarded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DiscardRefusal {
    /// It was sent: it may have been, or still be, executed. It stays in the list until the bank's receipt.
    #[error("the payment was sent and cannot be discarded")]
    AlreadySent,
    /// The outbox could not be read or written.
    #[error(transparent)]
    Outbox(#[from] OutboxFailure),
}

impl Payments {
    /// The payments in `vault`, made with [`schema`](crate::schema) among its schemas; it may be locked. `runtime` has its timer
    /// enabled and lives as long as the app: the work that must finish runs there.
    pub fn new(
        vault: Vault,
        bank: Arc<dyn BankCalls>,
        entropy: Arc<dyn Entropy>,
        runtime: Handle,
    ) -> Self {
        let outbox = Outbox::new(vault);
        Self { room: Arc::new(Room { outbox, bank, entropy, runtime, desk: Desk::default() }) }
    }

    /// A number that grows whenever something that [`Self::outbox`] shows may have changed.
    pub fn changes(&self) -> watch::Receiver<u64> {
        self.room.outbox.changes()
    }

    /// Every payment that is not settled, and the last 50 that are; newest first.
    pub fn outbox(&self) -> Result<Vec<OutboxItem>, OutboxFailure> {
        let now = self.room.now();
        let payments = self.room.outbox.shown()?;
        Ok(payments.into_iter().map(|payment| self.room.shown(payment, now)).collect())
    }

    /// One payment.
    pub fn payment(&self, id: IntentId) -> Result<OutboxItem, OutboxFailure> {
        let now = self.room.now();
        self.room.outbox.payment(id).map(|payment| self.room.shown(payment, now))
    }

    /// How many payments the bank may have executed without the phone knowing. A sign-out would lose sight of them.
    pub fn uncertain(&self) -> Result<usize, OutboxFailure> {
        let on_their_way = self.room.outbox.on_their_way()?;
        Ok(on_their_way.into_iter().filter(|payment| payment.is_uncertain).count())
    }

    /// The bank's receipt, once the payment is confirmed or rejected.
    pub fn receipt(&self, id: IntentId) -> Result<Option<Receipt>, OutboxFailure> {
        Ok(self.room.outbox.payment(id)?.state.receipt().cloned())
    }

    /// Throws away a payment of which nothing has left the phone, also one that is approved and waits for a network.
    pub fn discard(&self, id: IntentId) -> Result<(), DiscardRefusal> {
        if !self.room.outbox.discard(id)? {
            return Err(DiscardRefusal::AlreadySent);
        }
        self.room.desk.forget_prompt(id);
        Ok(())
    }

    /// Whether something else is drawn over the app. While it is, nothing can be approved.
    pub fn set_obscured(&self, obscured: bool) {
        self.room.desk.set_obscured(obscured);
    }

    pub(crate) fn start<T: Send + 'static>(
        &self,
        work: impl Future<Output = T> + Send + 'static,
    ) -> JoinHandle<T> {
        self.room.runtime.spawn(work)
    }
}

impl Room {
    pub(crate) const fn outbox(&self) -> &Outbox {
        &self.outbox
    }

    pub(crate) fn bank(&self) -> &dyn BankCalls {
        self.bank.as_ref()
    }

    pub(crate) const fn desk(&self) -> &Desk {
        &self.desk
    }

    /// The bank's time.
    pub(crate) fn now(&self) -> Timestamp {
        self.bank.now()
    }

    pub(crate) fn random_id(&self) -> IntentId {
        let mut bytes = [0; 16];
        self.entropy.fill(&mut bytes);
        IntentId::from_random(bytes)
    }

    pub(crate) fn random_byte(&self) -> u8 {
        let mut byte = [0];
        self.entropy.fill(&mut byte);
        u8::from_ne_bytes(byte)
    }

    /// As it stands at `now`, which has to be asked before the vault is read: a time learned after that may belong to an answer to
    /// this very payment, and what was sent would show as run out.
    fn shown(&self, payment: Payment, now: Timestamp) -> OutboxItem {
        let id = payment.id;
        payment.shown(self.desk.prompt_of(id), self.desk.is_held(id), now)
    }
}
