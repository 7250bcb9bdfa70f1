//! What a payment needs while the app runs and nobody would miss after a restart: who is at work on it, the open prompt, the
//! obscured screen, the keeper of the retries.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use guichet_foundation::ids::IntentId;
use guichet_foundation::ports::PromptFailure;
use tokio::sync::Notify;

use crate::outbox::PromptStage;

/// The desk at which payments are worked on. A clone is a handle to the same.
#[derive(Clone, Default)]
pub(crate) struct Desk(Arc<Inside>);

#[derive(Default)]
struct Inside {
    papers: Mutex<Papers>,
    woken: Notify,
}

#[derive(Default)]
struct Papers {
    held: BTreeSet<IntentId>,
    prompt: Option<IntentId>,
    failed: BTreeMap<IntentId, PromptFailure>,
    obscured: bool,
    aside: BTreeSet<IntentId>,
    keeper: bool,
    keeper_wanted: bool,
}

impl Desk {
    /// Takes a payment in hand: one task at a time reviews, approves or sends it. `None`: another one does.
    pub(crate) fn hold(&self, id: IntentId) -> Option<Hold> {
        self.papers().held.insert(id).then(|| Hold { desk: self.clone(), id })
    }

    pub(crate) fn is_held(&self, id: IntentId) -> bool {
        self.papers().held.contains(&id)
    }

    /// Leaves a payment that cannot be read alone until the app starts again.
    pub(crate) fn set_aside(&self, id: IntentId) {
        self.papers().aside.insert(id);
    }

    /// Opens the prompt for a payment. `None`: one is open, for this payment or another.
    pub(crate) fn open_prompt(&self, id: IntentId) -> Option<OpenPrompt> {
        let mut papers = self.papers();
        if papers.prompt.is_some() {
            return None;
        }
        papers.prompt = Some(id);
        papers.failed.remove(&id);
        Some(OpenPrompt { desk: self.clone(), id })
    }

    pub(crate) fn prompt_of(&self, id: IntentId) -> PromptStage {
        let papers = self.papers();
        if papers.prompt == Some(id) {
            return PromptStage::Open;
        }
        papers.failed.get(&id).map_or(PromptStage::Closed, |failure| PromptStage::Failed(*failure))
    }

    /// Forgets how the last prompt of a payment ended: it is reviewed anew, or gone.
    pub(crate) fn forget_prompt(&self, id: IntentId) {
        self.papers().failed.remove(&id);
    }

    pub(crate) fn set_obscured(&self, obscured: bool) {
        self.papers().obscured = obscured;
    }

    pub(crate) fn is_obscured(&self) -> bool {
        self.papers().obscured
    }

    /// Makes the caller the keeper of the retries, if there is none. An existing one looks again at what is due.
    pub(crate) fn become_keeper(&self) -> Option<Keeper> {
        let mut papers = self.papers();
        if papers.keeper {
            papers.keeper_wanted = true;
            self.0.woken.notify_one();
            return None;
        }
        papers.keeper = true;
        Some(Keeper { desk: self.clone(), has_left: false })
    }

    fn papers(&self) -> MutexGuard<'_, Papers> {
        self.0.papers.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A payment in hand. Dropping it lays it back.
pub(crate) struct Hold {
    desk: Desk,
    id: IntentId,
}

impl Hold {
    pub(crate) const fn id(&self) -> IntentId {
        self.id
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.desk.papers().held.remove(&self.id);
    }
}

/// The one open prompt. Dropping it closes it.
pub(crate) struct OpenPrompt {
    desk: Desk,
    id: IntentId,
}

impl OpenPrompt {
    /// Closes it without a signature.
    pub(crate) fn failed(self, failure: PromptFailure) {
        self.desk.papers().failed.insert(self.id, failure);
    }
}

impl Drop for OpenPrompt {
    fn drop(&mut self) {
        self.desk.papers().prompt = None;
    }
}

/// The one task that waits and sends again. Dropping it leaves the place to the next.
pub(crate) struct Keeper {
    desk: Desk,
    has_left: bool,
}

impl Keeper {
    /// Returns when somebody wants the keeper to look again.
    pub(crate) async fn woken(&self) {
        self.desk.0.woken.notified().await;
    }

    /// What `look` finds, given what is to be left alone: in hand or set aside. Finding nothing ends the keeping. Nobody can ask for
    /// the keeper in between, so that nothing is left behind by one that is just leaving.
    pub(crate) fn look_or_leave<T>(
        &mut self,
        look: impl FnOnce(&BTreeSet<IntentId>) -> Option<T>,
    ) -> Option<T> {
        let mut papers = self.desk.papers();
        papers.keeper_wanted = false;
        let alone = papers.held.union(&papers.aside).copied().collect();
        let found = look(&alone);
        if found.is_none() {
            papers.keeper = false;
            self.has_left = true;
        }
        found
    }

    /// Ends the keeping, unless somebody has asked for the keeper since it last looked. Whether it ended.
    pub(crate) fn leave(&mut self) -> bool {
        let mut papers = self.desk.papers();
        if papers.keeper_wanted {
            return false;
        }
        papers.keeper = false;
        self.has_left = true;
        true
    }
}

impl Drop for Keeper {
    fn drop(&mut self) {
        if !self.has_left {
            self.desk.papers().keeper = false;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(byte: u8) -> IntentId {
        IntentId::from_random([byte; 16])
    }

    #[test]
    fn a_payment_is_in_one_hand_at_a_time() {
        let desk = Desk::default();
        let hold = desk.hold(id(1));
        assert!(hold.is_some() && desk.hold(id(1)).is_none() && desk.hold(id(2)).is_some());
        drop(hold);
        assert!(desk.hold(id(1)).is_some());
    }

    #[test]
    fn one_prompt_is_open_at_a_time() {
        let desk = Desk::default();
        let prompt = desk.open_prompt(id(1)).unwrap();
        assert!(desk.open_prompt(id(1)).is_none() && desk.open_prompt(id(2)).is_none());
        prompt.failed(PromptFailure::NotRecognised);
        assert_eq!(desk.prompt_of(id(1)), PromptStage::Failed(PromptFailure::NotRecognised));
        let again = desk.open_prompt(id(1));
        assert_eq!(desk.prompt_of(id(1)), PromptStage::Open);
        drop(again);
        assert_eq!(desk.prompt_of(id(1)), PromptStage::Closed);
    }

    #[test]
    fn one_keeper_at_a_time_and_one_that_left_takes_nobody_s_place() {
        let desk = Desk::default();
        let mut first = desk.become_keeper().unwrap();
        assert!(desk.become_keeper().is_none());
        assert_eq!(first.look_or_leave(|_| None::<()>), None);
        let second = desk.become_keeper();
        drop(first);
        assert!(second.is_some() && desk.become_keeper().is_none());
    }

    #[test]
    fn a_keeper_that_was_asked_for_meanwhile_looks_once_more() {
        let desk = Desk::default();
        let mut keeper = desk.become_keeper().unwrap();
        assert_eq!(keeper.look_or_leave(|_| Some(())), Some(()));
        assert!(desk.become_keeper().is_none());
        assert!(!keeper.leave());
        assert_eq!(keeper.look_or_leave(|_| Some(())), Some(()));
        assert!(keeper.leave() && desk.become_keeper().is_some());
    }
}
