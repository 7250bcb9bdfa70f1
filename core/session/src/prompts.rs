//! What is asked of the person, and their answers.
//!
//! A prompt is opened with an id and shown by the platform. The answer comes back by id, on any thread, at most once; one that
//! comes late, twice or for an id nobody asked about changes nothing. Silence for [`TIME_OUT`] closes the prompt.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use guichet_foundation::key::P256Signature;
use guichet_foundation::ports::{
    ApprovalRequest, ApprovalSigner, PromptFailure, PromptId, ReleaseRequest, SecureStore, Slot,
};
use guichet_foundation::sensitivity::SecretBytes;
use tokio::sync::oneshot;

/// How long a prompt waits for the person.
pub const TIME_OUT: Duration = Duration::from_mins(2);

/// The prompts that are open. A clone is a handle to the same.
#[derive(Clone)]
pub struct Prompts(Arc<Inside>);

struct Inside {
    approval_signer: Arc<dyn ApprovalSigner>,
    secure_store: Arc<dyn SecureStore>,
    open: Mutex<Open>,
}

#[derive(Default)]
struct Open {
    last: u64,
    approvals: BTreeMap<PromptId, oneshot::Sender<Result<P256Signature, PromptFailure>>>,
    releases: BTreeMap<PromptId, oneshot::Sender<Result<SecretBytes, PromptFailure>>>,
}

impl Prompts {
    /// None open yet.
    pub fn new(
        approval_signer: Arc<dyn ApprovalSigner>,
        secure_store: Arc<dyn SecureStore>,
    ) -> Self {
        Self(Arc::new(Inside { approval_signer, secure_store, open: Mutex::default() }))
    }

    /// The person's answer to an approval. Changes nothing if the prompt is no longer open.
    pub fn answer_approval(&self, id: PromptId, answer: Result<P256Signature, PromptFailure>) {
        if let Some(waiting) = self.open().approvals.remove(&id) {
            waiting.send(answer).ok();
        }
    }

    /// The person's answer to the release of a guarded item. Changes nothing if the prompt is no longer open.
    pub fn answer_release(&self, id: PromptId, answer: Result<SecretBytes, PromptFailure>) {
        if let Some(waiting) = self.open().releases.remove(&id) {
            waiting.send(answer).ok();
        }
    }

    /// Gives up every open prompt for a guarded item, as cancelled: the person has chosen another way.
    pub fn give_up_releases(&self) {
        let releases = std::mem::take(&mut self.open().releases);
        for waiting in releases.into_values() {
            waiting.send(Err(PromptFailure::Cancelled)).ok();
        }
    }

    /// Closes every open prompt as cancelled: on locking, nothing that was asked before may be answered after.
    pub(crate) fn cancel_all(&self) {
        let approvals = std::mem::take(&mut self.open().approvals);
        for waiting in approvals.into_values() {
            waiting.send(Err(PromptFailure::Cancelled)).ok();
        }
        self.give_up_releases();
    }

    /// Asks for a signature by the approval key.
    pub(crate) async fn approval(
        &self,
        reason: String,
        message: Vec<u8>,
    ) -> Result<P256Signature, PromptFailure> {
        let (id, answer) = {
            let mut open = self.open();
            let (sender, answer) = oneshot::channel();
            let id = open.next_id();
            open.approvals.insert(id, sender);
            (id, answer)
        };
        let _closing = Closing { prompts: self, id };
        self.0.approval_signer.ask(ApprovalRequest { id, reason, message });
        wait(answer).await
    }

    /// Asks for the release of a guarded item.
    pub(crate) async fn release(
        &self,
        reason: String,
        slot: Slot,
    ) -> Result<SecretBytes, PromptFailure> {
        let (id, answer) = {
            let mut open = self.open();
            let (sender, answer) = oneshot::channel();
            let id = open.next_id();
            open.releases.insert(id, sender);
            (id, answer)
        };
        let _closing = Closing { prompts: self, id };
        self.0.secure_store.ask_release(ReleaseRequest { id, slot, reason });
        wait(answer).await
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        self.0.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Open {
    const fn next_id(&mut self) -> PromptId {
        self.last += 1;
        PromptId(self.last)
    }
}

/// Takes the prompt off the list when nobody waits for it any more: answered, timed out or dropped.
struct Closing<'a> {
    prompts: &'a Prompts,
    id: PromptId,
}

impl Drop for Closing<'_> {
    fn drop(&mut self) {
        let mut open = self.prompts.open();
        open.approvals.remove(&self.id);
        open.releases.remove(&self.id);
    }
}

async fn wait<T>(answer: oneshot::Receiver<Result<T, PromptFailure>>) -> Result<T, PromptFailure> {
    match tokio::time::timeout(TIME_OUT, answer).await {
        Ok(Ok(answer)) => answer,
        Ok(Err(_)) => Err(PromptFailure::Cancelled),
        Err(_) => Err(PromptFailure::TimedOut),
    }
}
