use std::sync::{Arc, PoisonError, RwLock};

use crate::trust::{Pin, PinSet};

/// The pins in force, shared between the one who fetches new ones and the connection. A clone is a handle to the same.
///
/// Without pins no connection is made: an app begins with the set it was shipped with.
#[derive(Clone, Debug, Default)]
pub struct Pins(Arc<RwLock<InForce>>);

#[derive(Debug, Default)]
struct InForce {
    pins: Vec<Pin>,
    edition: u64,
}

impl Pins {
    /// The pins of a first set.
    pub fn of(set: &PinSet) -> Self {
        let pins = Self::default();
        pins.replace(set);
        pins
    }

    /// From now on the pins of `set` count. Connections that were made under other pins are not used again.
    pub fn replace(&self, set: &PinSet) {
        let mut in_force = self.0.write().unwrap_or_else(PoisonError::into_inner);
        if in_force.pins != set.pins() {
            in_force.pins = set.pins().to_vec();
            in_force.edition += 1;
        }
    }

    /// Changes with every change of the pins.
    pub(super) fn edition(&self) -> u64 {
        self.0.read().unwrap_or_else(PoisonError::into_inner).edition
    }

    pub(super) fn contain(&self, pin: &[u8]) -> bool {
        let in_force = self.0.read().unwrap_or_else(PoisonError::into_inner);
        in_force.pins.iter().any(|known| known.as_slice() == pin)
    }
}
