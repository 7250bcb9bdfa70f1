//! What the customers did: what they typed, what was on the screen when they approved.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use sha2::{Digest as _, Sha256};

use crate::hardware::Hardware;
use crate::scene::hold;

/// A payment as its customer typed it. Its note is its name: no two have the same.
#[derive(Clone, Debug)]
pub(crate) struct Typed {
    pub(crate) from: String,
    pub(crate) to: String,
    /// In minor units.
    pub(crate) minor: i64,
}

/// A press of the button that approves.
#[derive(Clone, Debug)]
pub(crate) struct Pressed {
    pub(crate) phone: usize,
    /// The payment on the screen.
    pub(crate) intent: String,
    /// The SHA-256 of the words that were there, letter for letter.
    pub(crate) words: [u8; 32],
}

/// What all customers of a world have done.
#[derive(Default)]
pub(crate) struct Record {
    typed: Mutex<BTreeMap<String, Typed>>,
    pressed: Mutex<Vec<Pressed>>,
    /// The phones' sensors, by number.
    pub(crate) sensors: Mutex<Vec<Arc<Hardware>>>,
}

impl Record {
    pub(crate) fn type_in(&self, note: String, typed: Typed) {
        hold(&self.typed).insert(note, typed);
    }

    pub(crate) fn typed(&self, note: &str) -> Option<Typed> {
        hold(&self.typed).get(note).cloned()
    }

    pub(crate) fn press(&self, phone: usize, intent: String, words: &str) {
        let words = Sha256::digest(words.as_bytes()).into();
        hold(&self.pressed).push(Pressed { phone, intent, words });
    }

    /// Whether on this phone that payment was approved with these words on the screen.
    pub(crate) fn was_pressed(&self, phone: usize, intent: &str, words: &[u8]) -> bool {
        let is_it = |pressed: &Pressed| {
            pressed.phone == phone && pressed.intent == intent && pressed.words == words
        };
        hold(&self.pressed).iter().any(is_it)
    }

    /// How often a finger signed exactly this message on this phone.
    pub(crate) fn times_signed(&self, phone: usize, message: &[u8]) -> usize {
        let sensors = hold(&self.sensors);
        sensors.get(phone).map_or(0, |hardware| hardware.times_signed(message))
    }
}
