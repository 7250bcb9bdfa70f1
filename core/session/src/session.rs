use std::future::Future;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use guichet_foundation::bank::BankProfile;
use guichet_foundation::key::{P256PublicKey, P256Signature};
use guichet_foundation::ports::{Phone, PromptFailure, SecureStore, Slot, StoreFailure};
use guichet_foundation::time::Timestamp;
use guichet_vault::Vault;
use guichet_vault::erase::EraseFailure;
use guichet_vault::keys::by_pin::PinCost;
use guichet_wire::client::{BankTime, Pins};
use guichet_wire::trust::{Document, PinSet, TrustRefusal};
use tokio::runtime::Handle;
use tokio::sync::watch;
use url::Url;

use crate::bank::{Contact, Flight};
use crate::calls::{BankCalls, Call, CallFailure, Identity, NotSent, Reply};
use crate::enrol::Customer;
use crate::keeper::Keeper;
use crate::lock::Lock;
use crate::oauth::Newer;
use crate::prompts::Prompts;
use crate::security::Told;
use crate::standing::Standing;
use crate::step_up::StepUps;
use crate::{ReceiptKeys, wipe};

/// One installation of the app and its customer. A clone is a handle to the same.
#[derive(Clone)]
pub struct Session(pub(crate) Arc<Inside>);

/// What a session is made of.
pub struct Setup {
    /// The bank.
    pub profile: BankProfile,
    /// The phone.
    pub phone: Phone,
    /// The vault, locked.
    pub vault: Vault,
    /// The vault's folder.
    pub folder: PathBuf,
    /// The pins the transport of `phone` goes by, from [`first_pins`]; the session keeps them up to date.
    pub pins: Pins,
    /// What the transport of `phone` knows of the bank's time; the session teaches it.
    pub time: BankTime,
    /// What a try at the PIN costs: [`PinCost::SHIPPED`], less in tests.
    pub pin_cost: PinCost,
}

/// Why a session does not open. Nothing has been changed, or a wipe is begun and is finished by the next try.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OpenRefusal {
    /// The secure store does not answer.
    #[error(transparent)]
    Store(#[from] StoreFailure),
    /// A wipe could not be finished.
    #[error(transparent)]
    Erase(#[from] EraseFailure),
    /// The app was built with a pin set that its trust anchor has not signed.
    #[error("the app's first pin set cannot be used: {0}")]
    FirstPinSet(#[from] TrustRefusal),
    /// The issuer of the profile is not an https origin without a trailing slash.
    #[error("the issuer in the bank profile is not an https origin; check issuer")]
    Issuer,
}

pub(crate) struct Inside {
    pub(crate) profile: BankProfile,
    pub(crate) phone: Phone,
    pub(crate) vault: Vault,
    pub(crate) folder: PathBuf,
    pub(crate) keeper: Keeper,
    pub(crate) contact: Contact,
    pub(crate) prompts: Prompts,
    pub(crate) step_ups: StepUps,
    pub(crate) told: Told,
    pub(crate) lock: Lock,
    /// The first exchange of this process, while it is under way.
    pub(crate) introduction: Flight<()>,
    /// The refresh that is under way, if one is.
    pub(crate) refresh: Flight<Newer>,
    pub(crate) pins: Pins,
    /// The uptime at which the pin set is to be asked for again.
    pins_due: Mutex<Duration>,
    receipt_keys: Mutex<Option<ReceiptKeys>>,
    /// Held while an approval key is made and proved.
    pub(crate) approval: tokio::sync::Mutex<()>,
    device_key: Mutex<Option<P256PublicKey>>,
    /// Held while a sign-in step runs.
    pub(crate) sign_in: tokio::sync::Mutex<()>,
    /// Held while keys of the vault are made, used or destroyed.
    pub(crate) keys: tokio::sync::Mutex<()>,
}

/// The pins to begin with: those of the newest pin set the phone has kept, or of the one the app was shipped with.
pub fn first_pins(profile: &BankProfile, store: &dyn SecureStore) -> Result<Pins, OpenRefusal> {
    Ok(Pins::of(&newest_pin_set(profile, store)?))
}

fn newest_pin_set(profile: &BankProfile, store: &dyn SecureStore) -> Result<PinSet, OpenRefusal> {
    let verified = |jws: &str| PinSet::verified(jws, &profile.issuer, &profile.trust_anchor);
    let shipped = verified(&profile.first_pin_set)?;
    let kept = kept_jws(store, Slot::PinSet)?.and_then(|jws| verified(&jws).ok());
    Ok(kept.filter(|kept| kept.version() > shipped.version()).unwrap_or(shipped))
}

fn kept_receipt_keys(
    profile: &BankProfile,
    store: &dyn SecureStore,
) -> Result<Option<ReceiptKeys>, OpenRefusal> {
    let kept = kept_jws(store, Slot::ReceiptKeys)?;
    Ok(kept
        .and_then(|jws| ReceiptKeys::verified(&jws, &profile.issuer, &profile.trust_anchor).ok()))
}

fn kept_jws(store: &dyn SecureStore, slot: Slot) -> Result<Option<String>, StoreFailure> {
    let item = store.get(slot)?;
    Ok(item.and_then(|item| String::from_utf8(item.expose_secret().clone()).ok()))
}

impl Session {
    /// Opens what the phone has kept. A wipe that was begun and cut short is finished first.
    pub fn open(setup: Setup) -> Result<Self, OpenRefusal> {
        let Setup { profile, phone, vault, folder, pins, time, pin_cost } = setup;
        if !crate::oauth::at_home(&profile.issuer, &profile.issuer) || profile.issuer.ends_with('/')
        {
            return Err(OpenRefusal::Issuer);
        }
        let wiped = wipe::finish_earlier(&phone, &vault, &folder)?;
        let store = Arc::clone(&phone.secure_store);
        let pin_set = newest_pin_set(&profile, &*store)?;
        pins.take(&pin_set)?;
        let inside = Inside {
            keeper: Keeper::load(Arc::clone(&store), &profile.issuer, wiped)?,
            contact: Contact::new(Arc::clone(&phone.transport), time),
            prompts: Prompts::new(Arc::clone(&phone.approval_signer), Arc::clone(&store)),
            step_ups: StepUps::new(),
            told: Told::new(),
            lock: Lock::new(pin_cost),
            introduction: Flight::default(),
            refresh: Flight::default(),
            pins,
            pins_due: Mutex::default(),
            receipt_keys: Mutex::new(kept_receipt_keys(&profile, &*store)?),
            approval: tokio::sync::Mutex::default(),
            device_key: Mutex::default(),
            sign_in: tokio::sync::Mutex::default(),
            keys: tokio::sync::Mutex::default(),
            profile,
            phone,
            vault,
            folder,
        };
        let inside = Arc::new(inside);
        follow_the_vault(&inside);
        Ok(Self(inside))
    }

    /// Where this installation stands.
    pub fn standing(&self) -> Standing {
        self.0.keeper.standing()
    }

    /// The standing, and every change of it.
    pub fn watch(&self) -> watch::Receiver<Standing> {
        self.0.keeper.watch()
    }

    /// The customer this device is enrolled for. `None` while locked.
    pub fn customer(&self) -> Option<Customer> {
        self.0.keeper.customer()
    }

    /// The prompts: where the shell's answers go.
    pub fn prompts(&self) -> &Prompts {
        &self.0.prompts
    }

    /// Asks the bank whether this device is still welcome, also while locked: a revocation wipes.
    pub async fn check_in(&self) -> Result<(), CallFailure> {
        let reply = self.authorised_without_customer(&Call::get(crate::devices::PATH)).await;
        self.hang_up_unless_open();
        let reply = reply?;
        if reply.status == 200 { Ok(()) } else { Err(CallFailure::Unreadable) }
    }

    /// While locked or signed out no connection is kept: its buffers hold what went through it.
    pub(crate) fn hang_up_unless_open(&self) {
        if self.0.keeper.is_locked() || !self.0.keeper.is_signed_in() {
            self.0.contact.hang_up();
        }
    }

    /// The address of `path` at the bank. A path that leads elsewhere is refused.
    pub(crate) fn url(&self, path: &str) -> Result<Url, NotSent> {
        let issuer = &self.0.profile.issuer;
        let text = format!("{issuer}{path}");
        if path.starts_with('/') && crate::oauth::at_home(&text, issuer) {
            Url::parse(&text).map_err(|_| NotSent::NotReady)
        } else {
            Err(NotSent::NotReady)
        }
    }

    /// The device key's public half. Asking the phone's hardware costs as much as a signature, so that it is asked once.
    pub(crate) fn device_key(&self) -> Result<P256PublicKey, NotSent> {
        let mut known = self.0.known_device_key();
        if known.is_none() {
            *known = self.0.phone.device_signer.public_key().ok().flatten();
        }
        known.ok_or(NotSent::Phone)
    }
}

impl Inside {
    /// The device key may be another from here on: it was made, replaced or destroyed, here or by another process of the app.
    pub(crate) fn forget_device_key(&self) {
        *self.known_device_key() = None;
    }

    fn known_device_key(&self) -> MutexGuard<'_, Option<P256PublicKey>> {
        self.device_key.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn pins_due(&self) -> MutexGuard<'_, Duration> {
        self.pins_due.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn receipt_keys(&self) -> MutexGuard<'_, Option<ReceiptKeys>> {
        self.receipt_keys.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl BankCalls for Session {
    async fn call(&self, call: Call) -> Result<Reply, CallFailure> {
        let closed = self.0.lock.closed();
        if self.lock_if_due() {
            return Err(NotSent::Locked.into());
        }
        // What the bank answers to a closed lock could not be kept, and would lie in memory. The call itself comes first: it knows
        // whether it had left the phone.
        let reply = tokio::select! {
            biased;
            reply = self.authorised(&call) => reply,
            () = self.until_locked_after(closed) => Err(CallFailure::Unanswered),
        };
        self.hang_up_unless_open();
        reply
    }

    fn now(&self) -> Timestamp {
        self.0.contact.time.now()
    }

    fn identity(&self) -> Option<Identity> {
        let registration = self.0.keeper.snapshot().registration;
        Some(Identity {
            issuer: registration.issuer,
            client_id: registration.client_id?,
            device_id: registration.device?.device_id,
        })
    }

    async fn receipt_keys(&self, refresh: bool) -> Result<ReceiptKeys, CallFailure> {
        let keys = self.current_receipt_keys(refresh).await;
        self.hang_up_unless_open();
        keys
    }

    async fn approve(
        &self,
        reason: String,
        message: Vec<u8>,
    ) -> Result<P256Signature, PromptFailure> {
        self.approval_signature(reason, &message).await
    }
}

/// A vault that closes itself is locked for the customer too. In a task: the thread that met the damage may hold the vault.
fn follow_the_vault(inside: &Arc<Inside>) {
    let Ok(runtime) = Handle::try_current() else { return };
    let inside_of_vault = Arc::downgrade(inside);
    inside.vault.when_it_closes_itself(move || {
        let inside = inside_of_vault.clone();
        runtime.spawn(async move {
            if let Some(inside) = inside.upgrade() {
                inside.close();
            }
        });
    });
}

/// Runs `work` in a task of its own and waits for it: whoever waits may go away.
pub(crate) async fn finished<T: Send + 'static>(
    work: impl Future<Output = T> + Send + 'static,
) -> Result<T, CallFailure> {
    tokio::spawn(work).await.map_err(|_| CallFailure::Unanswered)
}
