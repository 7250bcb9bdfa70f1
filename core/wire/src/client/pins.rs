use std::sync::{Arc, PoisonError, RwLock, RwLockReadGuard};

use guichet_foundation::time::Timestamp;

use crate::trust::{Document as _, Pin, PinSet, TrustRefusal};

/// The pin set in force, shared between the one who fetches new ones and the connection. A clone is a handle to the same.
///
/// Without a set no connection is made: an app begins with the one it was shipped with.
#[derive(Clone, Debug, Default)]
pub struct Pins(Arc<RwLock<InForce>>);

#[derive(Debug, Default)]
struct InForce {
    set: Option<PinSet>,
    edition: u64,
}

impl InForce {
    fn pins(&self) -> &[Pin] {
        self.set.as_ref().map_or(&[], PinSet::pins)
    }
}

impl Pins {
    /// The pins of a first set.
    pub fn of(set: &PinSet) -> Self {
        Self(Arc::new(RwLock::new(InForce { set: Some(set.clone()), edition: 0 })))
    }

    /// From now on the pins of `set` count, if it is newer than the set in force, or the very same. Connections that were made
    /// under other pins are not used again.
    pub fn take(&self, set: &PinSet) -> Result<(), TrustRefusal> {
        let mut in_force = self.0.write().unwrap_or_else(PoisonError::into_inner);
        let set = match &in_force.set {
            Some(current) => set.clone().replacing(current)?,
            None => set.clone(),
        };
        if in_force.pins() != set.pins() {
            in_force.edition += 1;
        }
        in_force.set = Some(set);
        Ok(())
    }

    /// Whether the life of the set in force is over at `now`: then nothing may be asked of the bank but a new one.
    pub fn is_expired(&self, now: Timestamp) -> bool {
        self.in_force().set.as_ref().is_none_or(|set| set.is_expired(now))
    }

    /// Changes with every change of the pins.
    pub(super) fn edition(&self) -> u64 {
        self.in_force().edition
    }

    pub(super) fn contain(&self, pin: &[u8]) -> bool {
        self.in_force().pins().iter().any(|known| known.as_slice() == pin)
    }

    fn in_force(&self) -> RwLockReadGuard<'_, InForce> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }
}
