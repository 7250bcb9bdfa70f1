//! What happened: a hash over every event, and the sentences a person reads when something is wrong.

use core::fmt;
use std::collections::VecDeque;
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use sha2::{Digest as _, Sha256};

/// The most sentences that are kept. A story is the end of what happened, not all of it.
const SENTENCES_MAX: usize = 400;

/// Whom a sentence is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// The bank, and so everybody.
    Bank,
    /// The phone of this number.
    Phone(usize),
}

/// A sentence of the story.
#[derive(Clone, Debug)]
pub struct Told {
    at_ms: u64,
    whom: Whom,
    sentence: String,
}

impl fmt::Display for Told {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (seconds, ms) = (self.at_ms / 1_000, self.at_ms % 1_000);
        let (hours, minutes) = (seconds / 3_600, seconds / 60 % 60);
        write!(f, "{hours:02}:{minutes:02}:{:02}.{ms:03}  {}", seconds % 60, self.sentence)
    }
}

/// The events of a world, in order.
pub(crate) struct Trace(Mutex<Inside>);

struct Inside {
    hasher: Sha256,
    events: u64,
    lines: Option<Vec<String>>,
    told: VecDeque<Told>,
}

impl Trace {
    /// An empty one. `keep` every line, for a person who wants to read them all.
    pub(crate) fn new(keep: bool) -> Self {
        Self(Mutex::new(Inside {
            hasher: Sha256::new(),
            events: 0,
            lines: keep.then(Vec::new),
            told: VecDeque::new(),
        }))
    }

    /// An event, in the words of the machine.
    pub(crate) fn note(&self, at_ms: u64, event: &str) {
        let mut inside = self.inside();
        inside.hasher.update(at_ms.to_be_bytes());
        inside.hasher.update(event.as_bytes());
        inside.hasher.update([b'\n']);
        inside.events += 1;
        if let Some(lines) = &mut inside.lines {
            lines.push(format!("{at_ms:>9} {event}"));
        }
    }

    /// An event in a sentence.
    pub(crate) fn tell(&self, at_ms: u64, whom: Whom, sentence: String) {
        self.note(at_ms, &sentence);
        let mut inside = self.inside();
        if inside.told.len() == SENTENCES_MAX {
            inside.told.pop_front();
        }
        inside.told.push_back(Told { at_ms, whom, sentence });
    }

    /// The SHA-256 over all events so far, in hexadecimal.
    pub(crate) fn hash(&self) -> String {
        let digest = self.inside().hasher.clone().finalize();
        let mut text = String::with_capacity(64);
        for byte in digest {
            // Writing to a string cannot fail.
            let _ = write!(text, "{byte:02x}");
        }
        text
    }

    /// How many events there were.
    pub(crate) fn events(&self) -> u64 {
        self.inside().events
    }

    /// Every line, where they were kept.
    pub(crate) fn take_lines(&self) -> Vec<String> {
        self.inside().lines.take().unwrap_or_default()
    }

    /// The last `most` sentences about `whom`, or about everybody.
    pub(crate) fn story(&self, whom: Option<Whom>, most: usize) -> Vec<Told> {
        let inside = self.inside();
        let is_of = |told: &&Told| {
            whom.is_none_or(|whom| {
                told.whom == whom || told.whom == Whom::Bank || whom == Whom::Bank
            })
        };
        let of_it: Vec<&Told> = inside.told.iter().filter(is_of).collect();
        of_it.into_iter().rev().take(most).rev().cloned().collect()
    }

    fn inside(&self) -> MutexGuard<'_, Inside> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
