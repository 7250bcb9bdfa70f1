//! A phone for a scenario: the core in this very process, behind the facade, on software adapters.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Result, bail};
use guichet_app::Subscription;
use guichet_app::observe::ViewState;
use guichet_foundation::ports::{SecureStore as _, Slot};
use serde_json::Value;

use super::private_texts;
use super::witness::Witness;
use crate::phone::talk::{Answer, Screen, Verb, View};
use crate::phone::{Hand, PhoneOptions, Sensor, start};

/// A phone that is on. Its fields are dropped in this order: first nobody listens any more, then the app ends.
pub(super) struct Phone {
    _subscriptions: [Subscription; Screen::ALL.len()],
    pub(super) hand: Hand,
    pub(super) told: Arc<Told>,
    witness: Arc<Witness>,
}

/// Counts what is told, so that a wait ends when something is, and finds revisions that do not grow.
#[derive(Default)]
pub(super) struct Told {
    count: Mutex<u64>,
    more: Condvar,
    shrunk: Mutex<Option<String>>,
}

impl Told {
    pub(super) fn something(&self) {
        *self.count.lock().unwrap_or_else(PoisonError::into_inner) += 1;
        self.more.notify_all();
    }

    /// How much was told so far.
    pub(super) fn count(&self) -> u64 {
        *self.count.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits until more was told than `before`, for so long at most.
    pub(super) fn more_than(&self, before: u64, patience: Duration) {
        let count = self.count.lock().unwrap_or_else(PoisonError::into_inner);
        drop(self.more.wait_timeout_while(count, patience, |count| *count <= before));
    }

    fn shrank(&self, what: String) {
        self.shrunk.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(what);
    }

    /// Fails if a revision did not grow.
    pub(super) fn check_revisions(&self) -> Result<()> {
        match &*self.shrunk.lock().unwrap_or_else(PoisonError::into_inner) {
            Some(what) => bail!("{what}"),
            None => Ok(()),
        }
    }
}

impl Phone {
    /// Switches it on.
    pub(super) fn start(options: &PhoneOptions, witness: &Arc<Witness>) -> Result<Self> {
        let told = Arc::new(Told::default());
        let lights_up = Arc::clone(&told);
        let sensor = Sensor::new(Box::new(move |_| lights_up.something()));
        let hand = start(options, sensor)?;
        let app = &hand.app;
        let subscriptions = [
            app.observe(listening(&told, witness)),
            app.welcome().observe(listening(&told, witness)),
            app.lock_screen().observe(listening(&told, witness)),
            app.home().observe(listening(&told, witness)),
            app.pay().observe(listening(&told, witness)),
            app.security_centre().observe(listening(&told, witness)),
            app.step_up().observe(listening(&told, witness)),
            app.lock_settings().observe(listening(&told, witness)),
            app.approval().observe(listening(&told, witness)),
        ];
        Ok(Self { _subscriptions: subscriptions, hand, told, witness: Arc::clone(witness) })
    }

    /// Does a verb; its answer, pages and receipts noted.
    pub(super) fn act(&self, verb: Verb) -> Result<Answer> {
        let answer = self.hand.carry_out(verb);
        match &answer {
            Answer::Senseless(why) => bail!("{why}"),
            Answer::Page(page) => private_texts::note_page(page, &self.witness),
            Answer::Receipt(Some(receipt)) => {
                self.witness.keeps_quiet(&receipt.text);
                self.witness.keeps_quiet(&receipt.signed);
            }
            _ => {}
        }
        Ok(answer)
    }

    /// Notes the tokens that are in the secure store now.
    pub(super) fn note_tokens(&self) {
        let Ok(Some(item)) = self.hand.store.get(Slot::Tokens) else { return };
        let Ok(Value::Object(tokens)) = serde_json::from_slice(item.expose_secret()) else {
            return;
        };
        for name in ["access", "refresh"] {
            if let Some(Value::String(token)) = tokens.get(name) {
                self.witness.keeps_quiet(token);
            }
        }
    }
}

fn listening<S>(told: &Arc<Told>, witness: &Arc<Witness>) -> Arc<dyn Fn(S) + Send + Sync>
where
    S: ViewState + Into<View> + std::fmt::Debug,
{
    let (told, witness) = (Arc::clone(told), Arc::clone(witness));
    let last = Mutex::new(None);
    Arc::new(move |state: S| {
        let revision = state.revision();
        let before = last.lock().unwrap_or_else(PoisonError::into_inner).replace(revision);
        if before.is_some_and(|before| before >= revision) {
            told.shrank(format!("revision {revision} was told after {before:?}"));
        }
        witness.sees(format!("{state:?} {state:#?}"));
        private_texts::note(&state.into(), &witness);
        told.something();
    })
}
