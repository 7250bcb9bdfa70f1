//! Ends the phone's process at any point between two of its steps.
//!
//! Every write to the vault is preceded by a look at the bank's time, and every call to the bank passes here before it is made
//! and after the bank acted on it. Ending at step n means: the vault closes, so that nothing is written any more, and no call
//! gets an answer. Enumerating n goes through every state a kill can leave behind.

use std::sync::{Arc, Mutex};

use guichet_vault::Vault;

#[derive(Clone, Default)]
pub(crate) struct Killer(Arc<Mutex<Inside>>);

#[derive(Default)]
struct Inside {
    steps: usize,
    fatal: Option<usize>,
    dead: bool,
    vault: Option<Vault>,
}

impl Killer {
    /// A process begins, with this vault; it ends at its step `fatal`, counted from 1.
    pub(crate) fn arm(&self, vault: Vault, fatal: Option<usize>) {
        *self.0.lock().unwrap() = Inside { steps: 0, fatal, dead: false, vault: Some(vault) };
    }

    pub(crate) fn is_dead(&self) -> bool {
        self.0.lock().unwrap().dead
    }

    /// Steps so far in this process.
    pub(crate) fn steps(&self) -> usize {
        self.0.lock().unwrap().steps
    }

    pub(crate) fn step(&self) {
        let mut inside = self.0.lock().unwrap();
        inside.steps += 1;
        if inside.fatal == Some(inside.steps) {
            inside.dead = true;
        }
        if inside.dead
            && let Some(vault) = &inside.vault
        {
            vault.lock();
        }
    }

    /// The call is never made if the process ends here.
    pub(crate) async fn before_a_call(&self) {
        self.step();
        self.stop_if_dead().await;
    }

    /// The answer never arrives if the process ends here.
    pub(crate) async fn after_the_bank_acted(&self) {
        self.step();
        self.stop_if_dead().await;
    }

    async fn stop_if_dead(&self) {
        if self.is_dead() {
            std::future::pending::<()>().await;
        }
    }
}
