//! Who holds what the session knows: one place, one lock, every change durable before it counts.
//!
//! Two numbers order what happens at once. The **generation** changes with every change of tokens: whoever fetched tokens commits
//! them only if the generation is still the one they started from. The **life** changes with every wipe: what was begun in an
//! earlier life is stored nowhere.
//!
//! Another process of the app (an extension) may share the store, which can neither lock nor compare and swap. So what stands in the
//! store counts, never what a process remembers: it is read before tokens are refreshed and again before new ones are written, and
//! where it is another's work that is taken up and one's own dropped. What remains is the moment between reading and writing, and
//! two refreshes of one token at once; the bank's grace for a rotated token covers both (docs/protocol.md, section 3.7).
//! While the lock is closed memory holds neither tokens nor the customer's name: whoever needs them then (to hear of a revocation)
//! has them read from the store for the moment of use. A pending sign-in is in memory at no other time.

mod record;

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use guichet_foundation::ports::{SecureStore, Slot, StoreFailure};
use guichet_foundation::sensitivity::SecretBytes;
use guichet_vault::keys::by_pin;
use serde::Serialize;
use serde::de::DeserializeOwned;
use tokio::sync::watch;

pub(crate) use record::{
    Endpoints, Enrolled, Enrolling, Management, PendingSignIn, Registration, Tokens,
};

use crate::enrol::Customer;
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
    /// Whether the store holds tokens.
    signed_in: bool,
    /// Held while the lock is open.
    tokens: Option<Arc<Tokens>>,
    /// Held while the lock is open.
    customer: Option<Customer>,
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
    /// With [`Keeper::with_tokens`] only.
    pub(crate) tokens: Option<Arc<Tokens>>,
    /// Of a life that has just ended only.
    pub(crate) management: Option<Management>,
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
        let signed_in =
            registration.client_id.is_some() && read::<Tokens>(&*store, Slot::Tokens)?.is_some();
        let state = State {
            generation: 0,
            life: 0,
            registration,
            signed_in,
            tokens: None,
            customer: None,
            settings: read(&*store, Slot::Settings)?.unwrap_or_default(),
            has_pin: by_pin::is_set(&*store)?,
            locked: true,
            wiped,
        };
        let standing = watch::Sender::new(state.standing());
        let approval_ended = watch::Sender::new(state.has_approval_ended());
        Ok(Self { store, state: Mutex::new(state), standing, approval_ended })
    }

    /// What is known, without the tokens.
    pub(crate) fn snapshot(&self) -> Snapshot {
        self.state().snapshot(None)
    }

    /// What is known, and the tokens, if there are any.
    pub(crate) fn with_tokens(&self) -> Result<Snapshot, StoreFailure> {
        let mut state = self.state();
        let tokens = self.tokens(&mut state)?;
        Ok(state.snapshot(tokens))
    }

    /// Those in memory, or else those of the store. If another process of the app has ended the session, there are none any more.
    fn tokens(&self, state: &mut State) -> Result<Option<Arc<Tokens>>, StoreFailure> {
        if state.tokens.is_some() || !state.signed_in {
            return Ok(state.tokens.clone());
        }
        let found = read::<Tokens>(&*self.store, Slot::Tokens)?.map(Arc::new);
        if found.is_none() {
            state.signed_in = false;
            state.generation += 1;
            self.announce(state);
        } else if !state.is_locked() {
            state.tokens.clone_from(&found);
        }
        Ok(found)
    }

    pub(crate) fn is_signed_in(&self) -> bool {
        self.state().signed_in
    }

    /// The customer, if the device is enrolled for one and the lock is open.
    pub(crate) fn customer(&self) -> Option<Customer> {
        let mut state = self.state();
        if state.is_locked() || state.registration.device.is_none() {
            return None;
        }
        if state.customer.is_none() {
            state.customer = read(&*self.store, Slot::Customer).ok()?;
        }
        state.customer.clone()
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
        self.state().is_locked()
    }

    /// The sign-in that waits for the browser, if one does.
    pub(crate) fn pending_sign_in(&self) -> Result<Option<PendingSignIn>, StoreFailure> {
        read(&*self.store, Slot::SignIn)
    }

    /// A sign-in waits for the browser now; one that waited before does no more.
    pub(crate) fn begin_sign_in(&self, life: u64, pending: &PendingSignIn) -> Result<(), NotKept> {
        let _same_life = self.state_of(life)?;
        Ok(write(&*self.store, Slot::SignIn, pending)?)
    }

    /// No sign-in waits for the browser any more.
    pub(crate) fn end_sign_in(&self, life: u64) -> Result<(), NotKept> {
        let _same_life = self.state_of(life)?;
        Ok(self.store.remove(Slot::SignIn)?)
    }

    /// Whose device this is. Before the registration says that it is one: a kill between the two loses no name.
    pub(crate) fn keep_customer(&self, life: u64, customer: &Customer) -> Result<(), NotKept> {
        let mut state = self.state_of(life)?;
        write(&*self.store, Slot::Customer, customer)?;
        state.customer = None;
        Ok(())
    }

    /// The client's access to its registration, if the bank lets one.
    pub(crate) fn management(&self) -> Result<Option<Management>, StoreFailure> {
        read(&*self.store, Slot::RegistrationAccess)
    }

    /// The client's access to its registration is this one now, or there is none.
    pub(crate) fn keep_management(
        &self,
        life: u64,
        management: Option<&Management>,
    ) -> Result<(), NotKept> {
        let _same_life = self.state_of(life)?;
        match management {
            Some(management) => write(&*self.store, Slot::RegistrationAccess, management)?,
            None => self.store.remove(Slot::RegistrationAccess)?,
        }
        Ok(())
    }

    /// Changes the registration, if no wipe has come since `life` was read.
    pub(crate) fn change_registration(
        &self,
        life: u64,
        change: impl FnOnce(&mut Registration),
    ) -> Result<(), NotKept> {
        let mut state = self.state_of(life)?;
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
        let mut state = self.state_of(life)?;
        let mut settings = state.settings;
        change(&mut settings);
        write(&*self.store, Slot::Settings, &settings)?;
        state.settings = settings;
        Ok(())
    }

    /// Takes new tokens in, if none came and nobody signed out since `generation` was read.
    pub(crate) fn commit_tokens(&self, generation: u64, tokens: Tokens) -> Result<(), NotKept> {
        let mut state = self.state_at(generation)?;
        write(&*self.store, Slot::Tokens, &tokens)?;
        self.put_in_force(&mut state, Some(tokens));
        Ok(())
    }

    /// Takes up what another process has put into the store since `generation`, when the tokens were `known`, if it has: other
    /// tokens, or none after a sign-out. Whether it was so.
    pub(crate) fn take_up_stored(
        &self,
        generation: u64,
        known: Option<&Tokens>,
    ) -> Result<bool, NotKept> {
        let mut state = self.state_at(generation)?;
        let stored = read::<Tokens>(&*self.store, Slot::Tokens)?;
        if stored.as_ref().map(Tokens::secrets) == known.map(Tokens::secrets) {
            return Ok(false);
        }
        self.put_in_force(&mut state, stored);
        Ok(true)
    }

    /// Whether the refresh token `sent` is still the one in force, here and in the store.
    pub(crate) fn still_holds(&self, generation: u64, sent: &str) -> bool {
        let state = self.state();
        let stored = read::<Tokens>(&*self.store, Slot::Tokens);
        state.generation == generation
            && matches!(stored, Ok(Some(stored)) if stored.refresh.expose_secret() == sent)
    }

    /// Takes in what a refresh with the token `sent` has brought, unless another process was quicker: then its tokens are taken up
    /// and these dropped, so that of two answers to one token only one is ever used.
    pub(crate) fn commit_refreshed(
        &self,
        generation: u64,
        sent: &str,
        tokens: Tokens,
    ) -> Result<(), NotKept> {
        let mut state = self.state_at(generation)?;
        let stored = read::<Tokens>(&*self.store, Slot::Tokens)?;
        let in_force = match stored {
            Some(stored) if stored.refresh.expose_secret() == sent => {
                write(&*self.store, Slot::Tokens, &tokens)?;
                Some(tokens)
            }
            others => others,
        };
        self.put_in_force(&mut state, in_force);
        Ok(())
    }

    /// The bank no longer accepts the refresh token `sent`. The session ends, unless another one is in force meanwhile, here or in
    /// the store (another process of the app may have refreshed): that one is taken up.
    pub(crate) fn end_session_of(&self, generation: u64, sent: &str) -> Result<(), NotKept> {
        let mut state = self.state_at(generation)?;
        let stored = read::<Tokens>(&*self.store, Slot::Tokens)?;
        let other = stored.filter(|stored| stored.refresh.expose_secret() != sent);
        if other.is_none() {
            self.store.remove(Slot::Tokens)?;
        }
        self.put_in_force(&mut state, other);
        Ok(())
    }

    /// Begins a wipe: from here on nothing of the old life is stored. Returns what was known, for a farewell to the bank.
    pub(crate) fn begin_new_life(&self, reason: WipeReason) -> Snapshot {
        let mut state = self.state();
        // A farewell that the store keeps from being said is not said.
        let tokens = self.tokens(&mut state).ok().flatten();
        let mut before = state.snapshot(tokens);
        before.management = self.management().ok().flatten();
        state.registration = Registration::new(&before.registration.issuer);
        state.signed_in = false;
        state.tokens = None;
        state.customer = None;
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
        if state.is_locked() {
            state.tokens = None;
            state.customer = None;
        }
        self.announce(&state);
    }

    /// These tokens are in force from here on, or none.
    fn put_in_force(&self, state: &mut State, tokens: Option<Tokens>) {
        state.signed_in = tokens.is_some();
        state.tokens = tokens.filter(|_| !state.is_locked()).map(Arc::new);
        state.generation += 1;
        self.announce(state);
    }

    fn announce(&self, state: &State) {
        replace_if_other(&self.standing, state.standing());
        replace_if_other(&self.approval_ended, state.has_approval_ended());
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The state, if its tokens are still those of `generation`.
    fn state_at(&self, generation: u64) -> Result<MutexGuard<'_, State>, NotKept> {
        let state = self.state();
        if state.generation == generation { Ok(state) } else { Err(NotKept::Superseded) }
    }

    /// The state, if no wipe has come since `life` was read.
    fn state_of(&self, life: u64) -> Result<MutexGuard<'_, State>, NotKept> {
        let state = self.state();
        if state.life == life { Ok(state) } else { Err(NotKept::Superseded) }
    }
}

impl State {
    const fn is_locked(&self) -> bool {
        self.has_pin && self.locked
    }

    fn snapshot(&self, tokens: Option<Arc<Tokens>>) -> Snapshot {
        Snapshot {
            generation: self.generation,
            life: self.life,
            registration: self.registration.clone(),
            tokens,
            management: None,
        }
    }

    fn has_approval_ended(&self) -> bool {
        self.registration.device.as_ref().is_some_and(|device| device.approval_ended)
    }

    fn standing(&self) -> Standing {
        let (signed_in, locked) = (self.signed_in, self.is_locked());
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
    let bytes = serde_json::to_vec(record).map(SecretBytes::new);
    store.put(slot, &bytes.map_err(|_| StoreFailure::Platform)?)
}
