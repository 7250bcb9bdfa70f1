//! Watches that nothing private shows where it must not: in the printed form of any state that was told (invariant 7).

use std::collections::BTreeSet;
use std::sync::{Mutex, PoisonError};

use anyhow::{Result, bail};

/// Shorter texts stand in others by chance.
const SHORTEST: usize = 4;

/// What was printed, and what must not stand in it.
#[derive(Default)]
pub(super) struct Witness(Mutex<Seen>);

#[derive(Default)]
struct Seen {
    printed: BTreeSet<String>,
    private: BTreeSet<String>,
    labels: BTreeSet<String>,
}

impl Witness {
    /// The printed form of something that was told.
    pub(super) fn sees(&self, printed: String) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).printed.insert(printed);
    }

    /// A text that is nobody's business.
    pub(super) fn keeps_quiet(&self, text: impl Into<String>) {
        let text = text.into();
        if text.len() >= SHORTEST {
            self.0.lock().unwrap_or_else(PoisonError::into_inner).private.insert(text);
        }
    }

    /// A label for everybody. An account may be called by the same word, which then says nothing about anybody.
    pub(super) fn label(&self, text: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).labels.insert(text.to_owned());
    }

    /// Fails if anything private was printed. How many texts were looked for in how many printed forms.
    pub(super) fn testify(&self) -> Result<(usize, usize)> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let private: Vec<_> = seen.private.difference(&seen.labels).collect();
        for printed in &seen.printed {
            let shown = private.iter().position(|text| printed.contains(text.as_str()));
            // Which text it was is not printed a second time: its length has to do for the search.
            if let Some(text) = shown.and_then(|index| private.get(index)) {
                let (length, about) = (text.len(), printed.split(' ').next().unwrap_or_default());
                bail!("the printed form of {about} shows a private text of {length} bytes");
            }
        }
        Ok((private.len(), seen.printed.len()))
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
        assert_eq!(witness.testify().unwrap(), (1, 1), "three letters are found anywhere");
        witness.sees("State { kind: Savings }".to_owned());
        witness.keeps_quiet("Savings");
        witness.label("Savings");
        assert!(witness.testify().is_ok(), "an account named as its kind is called");
        witness.sees("State { name: Li Ming }".to_owned());
        assert!(witness.testify().is_err());
    }
}
