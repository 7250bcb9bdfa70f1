//! Who holds what the session knows: one place, one lock, every change durable before it counts.
//!
//! Two numbers order what happens at once. The **generation** changes with every change of tokens: whoever fetched tokens commits
//! them only if the generation is still the one they started from. The **life** changes with every wipe: what was begun in an
//! earlier life is stored nowhere.

mod record;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use guichet_foundation::ports::{SecureStore, Slot, StoreFailure};
use guichet_foundation::sensitivity::SecretBytes;
use guichet_vault::keys::by_pin;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::watch;

pub(crate) use record::{Endpoints, Enrolled, PendingSignIn, Registration, Tokens};

use crate::settings::Settings;
use crate::standing::{Standing, WipeReason};

pub(crate) struct Keeper {
    store: Arc<dyn SecureStore>,
    state: Mutex<State>,
    standing: watch::Sender<Standing>,
    approval_ended: watch::Sender<bool>,
}

struct State {
    generation: u64,
    life: u64,
    registration: Registration,
    tokens: Option<Arc<Tokens>>,
    settings: Settings,
    has_pin: bool,
    locked: bool,
    wiped: Option<WipeReason>,
}

/// What was known at one moment.
#[derive(Clone)]
pub(crate) struct Snapshot {
    pub(crate) generation: u64,
    pub(crate) life: u64,
    pub(crate) registration: Registration,
    pub(crate) tokens: Option<Arc<Tokens>>,
}

/// Why a change was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NotKept {
    /// Something newer was there: a sign-out, a wipe or other tokens.
    #[error("superseded")]
    Superseded,
    #[error(transparent)]
    Store(#[from] StoreFailure),
}

impl Keeper {
    /// What the secure store holds for `issuer`. A record that is not ours, or another bank's, counts as none.
    pub(crate) fn load(
        store: Arc<dyn SecureStore>,
        issuer: &str,
        wiped: Option<WipeReason>,
    ) -> Result<Self, StoreFailure> {
        let registration = read::<Registration>(&*store, Slot::Registration)?
            .filter(|registration| registration.issuer == issuer)
            .unwrap_or_else(|| Registration::new(issuer));
        let tokens = match registration.client_id {
            Some(_) => read::<Tokens>(&*store, Slot::Tokens)?.map(Arc::new),
            None => None,
        };
        let state = State {
            generation: 0,
            life: 0,
            registration,
            tokens,
            settings: read(&*store, Slot::Settings)?.unwrap_or_default(),
            has_pin: by_pin::is_set(&*store)?,
            locked: true,
            wiped,
        };
        let standing = watch::Sender::new(state.standing());
        let approval_ended = watch::Sender::new(state.has_approval_ended());
        Ok(Self { store, state: Mutex::new(state), standing, approval_ended })
    }

    pub(crate) fn snapshot(&self) -> Snapshot {
        let state = self.state();
        Snapshot {
            generation: state.generation,
            life: state.life,
            registration: state.registration.clone(),
            tokens: state.tokens.clone(),
        }
    }

    pub(crate) fn generation(&self) -> u64 {
        self.state().generation
    }

    pub(crate) fn life(&self) -> u64 {
        self.state().life
    }

    pub(crate) fn standing(&self) -> Standing {
        self.state().standing()
    }

    pub(crate) fn watch(&self) -> watch::Receiver<Standing> {
        self.standing.subscribe()
    }

    pub(crate) fn watch_approval(&self) -> watch::Receiver<bool> {
        self.approval_ended.subscribe()
    }

    /// Whether the lock screen is all there is.
    pub(crate) fn is_locked(&self) -> bool {
        let state = self.state();
        state.has_pin && state.locked
    }

    /// Changes the registration, if no wipe has come since `life` was read.
    pub(crate) fn change_registration(
        &self,
        life: u64,
        change: impl FnOnce(&mut Registration),
    ) -> Result<(), NotKept> {
        let mut state = self.state();
        if state.life != life {
            return Err(NotKept::Superseded);
        }
        let mut registration = state.registration.clone();
        change(&mut registration);
        write(&*self.store, Slot::Registration, &registration)?;
        state.registration = registration;
        if state.registration.client_id.is_some() {
            state.wiped = None;
        }
        self.announce(&state);
        Ok(())
    }

    pub(crate) fn settings(&self) -> Settings {
        self.state().settings
    }

    /// Changes the settings, if no wipe has come since `life` was read.
    pub(crate) fn change_settings(
        &self,
        life: u64,
        change: impl FnOnce(&mut Settings),
    ) -> Result<(), NotKept> {
        let mut state = self.state();
        if state.life != life {
            return Err(NotKept::Superseded);
        }
        let mut settings = state.settings;
        change(&mut settings);
        write(&*self.store, Slot::Settings, &settings)?;
        state.settings = settings;
        Ok(())
    }

    /// Takes new tokens in, if none came and nobody signed out since `generation` was read.
    pub(crate) fn commit_tokens(&self, generation: u64, tokens: Tokens) -> Result<(), NotKept> {
        let mut state = self.state();
        if state.generation != generation {
            return Err(NotKept::Superseded);
        }
        write(&*self.store, Slot::Tokens, &tokens)?;
        state.tokens = Some(Arc::new(tokens));
        state.generation += 1;
        self.announce(&state);
        Ok(())
    }

    /// The bank no longer accepts the refresh token `sent`. The session ends, unless another one is in force meanwhile, here or in
    /// the store (another process of the app may have refreshed): that one is taken up.
    pub(crate) fn end_session_of(&self, generation: u64, sent: &str) -> Result<(), NotKept> {
        let mut state = self.state();
        if state.generation != generation {
            return Err(NotKept::Superseded);
        }
        let stored = read::<Tokens>(&*self.store, Slot::Tokens)?;
        state.tokens = match stored {
            Some(other) if other.refresh.expose_secret() != sent => Some(Arc::new(other)),
            _ => {
                self.store.remove(Slot::Tokens)?;
                None
            }
        };
        state.generation += 1;
        self.announce(&state);
        Ok(())
    }

    /// Begins a wipe: from here on nothing of the old life is stored. Returns what was known, for a farewell to the bank.
    pub(crate) fn begin_new_life(&self, reason: WipeReason) -> Snapshot {
        let mut state = self.state();
        let unknown = Registration::new(&state.registration.issuer);
        let before = Snapshot {
            generation: state.generation,
            life: state.life,
            registration: std::mem::replace(&mut state.registration, unknown),
            tokens: state.tokens.take(),
        };
        state.generation += 1;
        state.life += 1;
        state.settings = Settings::default();
        state.has_pin = false;
        state.locked = true;
        state.wiped = Some(reason);
        self.announce(&state);
        before
    }

    /// The root key is wrapped under a PIN now. Whether the vault opens shows next.
    pub(crate) fn pin_was_set(&self) {
        let mut state = self.state();
        state.has_pin = true;
        state.locked = true;
        self.announce(&state);
    }

    pub(crate) fn has_pin(&self) -> bool {
        self.state().has_pin
    }

    pub(crate) fn opened(&self) {
        let mut state = self.state();
        state.locked = false;
        self.announce(&state);
    }

    pub(crate) fn closed(&self) {
        let mut state = self.state();
        state.locked = true;
        self.announce(&state);
    }

    fn announce(&self, state: &State) {
        replace_if_other(&self.standing, state.standing());
        replace_if_other(&self.approval_ended, state.has_approval_ended());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn has_approval_ended(&self) -> bool {
        self.registration.device.as_ref().is_some_and(|device| device.approval_ended)
    }

    fn standing(&self) -> Standing {
        let signed_in = self.tokens.is_some();
        let locked = self.has_pin && self.locked;
        match (&self.registration.client_id, &self.registration.device) {
            (None, _) => self.wiped.map_or(Standing::New, Standing::Wiped),
            (Some(_), None) if signed_in => Standing::SignedIn,
            (Some(_), None) => Standing::Registered,
            (Some(_), Some(_)) if !signed_in => Standing::SignedOutAgain { locked },
            (Some(_), Some(_)) if !self.has_pin => Standing::Enrolled,
            (Some(_), Some(_)) => Standing::Ready { locked },
        }
    }
}

fn replace_if_other<T: PartialEq>(watched: &watch::Sender<T>, now: T) {
    watched.send_if_modified(|current| {
        let changed = *current != now;
        *current = now;
        changed
    });
}

pub(crate) fn read<T: DeserializeOwned>(
    store: &dyn SecureStore,
    slot: Slot,
) -> Result<Option<T>, StoreFailure> {
    let Some(item) = store.get(slot)? else { return Ok(None) };
    let record = serde_json::from_slice(item.expose_secret()).ok();
    if record.is_none() {
        tracing::warn!(slot = slot.name(), "an item of the secure store cannot be read");
    }
    Ok(record)
}

pub(crate) fn write<T: Serialize>(
    store: &dyn SecureStore,
    slot: Slot,
    record: &T,
) -> Result<(), StoreFailure> {
    let bytes = serde_json::to_vec(record).map_err(|_| StoreFailure::Platform)?;
    store.put(slot, &SecretBytes::new(bytes))
}
