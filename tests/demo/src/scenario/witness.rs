//! Watches that nothing private shows where it must not (invariant 7): in the printed form of any state that was told, and in the
//! log, to which every crate writes everything it has to say.

use std::collections::BTreeSet;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use anyhow::{Result, bail};

use crate::search::{Found, Search};
use crate::secrets::Secrets;

/// What was printed, and what must not stand in it.
#[derive(Default)]
pub(super) struct Witness(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    printed: BTreeSet<String>,
    secrets: Secrets,
    labels: BTreeSet<String>,
}

/// What a whole run came to.
pub(super) struct Testimony {
    /// Secrets looked for.
    pub(super) secrets: usize,
    /// Printed forms looked through.
    pub(super) printed: usize,
    /// Bytes of the log looked through.
    pub(super) logged: usize,
}

impl Witness {
    /// The printed form of something that was told.
    pub(super) fn sees(&self, printed: String) {
        self.seen().printed.insert(printed);
    }

    /// A text on a screen that is nobody's business.
    pub(super) fn keeps_quiet(&self, text: &str) {
        self.seen().secrets.wanted.add("a text on a screen", text);
    }

    /// Learns of secrets.
    pub(super) fn learns<T>(&self, learn: impl FnOnce(&mut Secrets) -> T) -> T {
        learn(&mut self.seen().secrets)
    }

    /// A label for everybody. An account may be called by the same word, which then says nothing about anybody.
    pub(super) fn label(&self, text: &str) {
        self.seen().labels.insert(text.to_owned());
    }

    /// Fails if anything private was printed or logged. What it was is said by its kind: it is not printed a second time.
    pub(super) fn testify(&self, log: &[u8]) -> Result<Testimony> {
        let mut seen = self.seen();
        let Seen { printed, secrets, labels } = &mut *seen;
        for label in labels.iter() {
            secrets.wanted.forget_text(label);
        }
        let search = Search::new(&secrets.wanted)?;
        let mut found = Found::default();
        for text in printed.iter() {
            let about = text.split(' ').next().unwrap_or_default();
            search.look(text.as_bytes(), &format!("the printed form of {about}"), &mut found);
        }
        search.look(log, "the log", &mut found);
        if !found.leaks.is_empty() {
            bail!("private, and shown all the same: {}", found.describe());
        }
        let (secrets, printed) = (secrets.wanted.count(), printed.len());
        Ok(Testimony { secrets, printed, logged: log.len() })
    }

    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A log that is kept in memory, to be looked through. A clone writes to the same.
#[derive(Clone, Default)]
pub(super) struct KeptLog(Arc<Mutex<Vec<u8>>>);

impl KeptLog {
    /// What was written since the last time.
    pub(super) fn take(&self) -> Vec<u8> {
        std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl io::Write for KeptLog {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_private_text_in_a_printed_form_is_found() {
        let witness = Witness::default();
        witness.sees("State { name: •• }".to_owned());
        witness.keeps_quiet("Li Ming");
        witness.keeps_quiet("abc");
        assert_eq!(witness.testify(b"").unwrap().secrets, 1, "three letters are found anywhere");
        witness.sees("State { kind: Savings }".to_owned());
        witness.keeps_quiet("Savings");
        witness.label("Savings");
        assert!(witness.testify(b"").is_ok(), "an account named as its kind is called");
        witness.sees("State { name: Li Ming }".to_owned());
        let told = witness.testify(b"").err().unwrap().to_string();
        assert!(told.contains("the printed form of State") && !told.contains("Li Ming"), "{told}");
    }

    #[test]
    fn a_secret_in_the_log_is_found_in_whatever_form() {
        let witness = Witness::default();
        witness.learns(|secrets| secrets.add_pin("739184620517"));
        assert!(witness.testify(b"TRACE h2: sent a frame").is_ok());
        for log in ["pin=739184620517", "body=[373339313834363230353137]", "NzM5MTg0NjIwNTE3"] {
            assert!(witness.testify(log.as_bytes()).is_err(), "{log}");
        }
    }
}
