use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use guichet_foundation::bank::BankProfile;
use guichet_foundation::locale::Locale;
use guichet_foundation::ports::fakes::{FakeConnectivity, FakeEntropy, FakeSigner, FakeStore};
use guichet_foundation::ports::{Clock, DeviceSigner, Phone, SecureStore, Slot};
use guichet_foundation::time::Timestamp;
use guichet_session::{
    BankTime, OpenRefusal, PinnedTransport, Session, Setup, SignInRefusal, first_pins,
};
use guichet_vault::Vault;
use guichet_vault::keys::by_pin::PinCost;
use serde_json::Value;
use tempfile::TempDir;

use super::Server;
use super::wire::{Taps, Wire};

/// A phone with software keys and the real transport.
pub(crate) struct TestPhone {
    pub(crate) profile: BankProfile,
    pub(crate) store: FakeStore,
    pub(crate) device_signer: FakeSigner,
    pub(crate) clock: RealClock,
    /// What happens to its requests.
    pub(crate) taps: Taps,
    entropy: FakeEntropy,
    folder: TempDir,
    key_seed: u64,
}

/// No two phones of a run draw the same.
fn seed() -> u64 {
    static SEEDS: AtomicU64 = AtomicU64::new(1);
    SEEDS.fetch_add(1, Ordering::Relaxed) << 32
}

impl TestPhone {
    /// A new phone with an app for this server.
    pub(crate) fn for_bank(server: &Server) -> Self {
        Self::with(server.profile())
    }

    pub(crate) fn with(profile: BankProfile) -> Self {
        let key_seed = seed();
        Self {
            profile,
            store: FakeStore::default(),
            device_signer: FakeSigner::seeded(key_seed),
            clock: RealClock::right(),
            taps: Taps::default(),
            entropy: FakeEntropy::seeded(seed()),
            folder: tempfile::tempdir().unwrap(),
            key_seed,
        }
    }

    /// Everything that is on the phone at this moment, keys included, in other hands.
    pub(crate) fn stolen(&self) -> Self {
        let device_signer = FakeSigner::seeded(self.key_seed);
        let key = DeviceSigner::create(&device_signer).unwrap();
        assert_eq!(Some(key), DeviceSigner::public_key(&self.device_signer).unwrap());
        let copy = Self { device_signer, ..Self::with(self.profile.clone()) };
        for slot in Slot::ALL {
            if let Some(item) = self.store.get(slot).unwrap() {
                copy.store.put(slot, &item).unwrap();
            }
        }
        copy
    }

    /// Starts the app.
    pub(crate) fn open(&self) -> Session {
        self.try_open().unwrap()
    }

    pub(crate) fn try_open(&self) -> Result<Session, OpenRefusal> {
        let pins = first_pins(&self.profile, &self.store)?;
        let clock: Arc<dyn Clock> = Arc::new(self.clock.clone());
        let time = BankTime::new(Arc::clone(&clock));
        let real = PinnedTransport::new(&self.profile, pins.clone(), time.clone()).unwrap();
        let folder = self.folder.path().to_owned();
        Session::open(Setup {
            profile: self.profile.clone(),
            phone: Phone {
                secure_store: Arc::new(self.store.clone()),
                device_signer: Arc::new(self.device_signer.clone()),
                approval_signer: Arc::new(FakeSigner::seeded(seed())),
                transport: Arc::new(Wire { real, taps: self.taps.clone() }),
                clock,
                entropy: Arc::new(self.entropy.clone()),
                connectivity: Arc::new(FakeConnectivity::new(true)),
            },
            vault: Vault::new(folder.clone(), Arc::new(self.store.clone()), Vec::new()),
            folder,
            pins,
            time,
            pin_cost: PinCost::new(8, 1),
        })
    }

    /// Starts the app, whose customer signs in.
    pub(crate) async fn signed_in(&self, server: &Server) -> Session {
        let session = self.open();
        sign_in(&session, server).await.unwrap();
        session
    }

    /// A record that the session keeps.
    pub(crate) fn kept(&self, slot: Slot) -> Value {
        let item = self.store.get(slot).unwrap().expect("nothing is kept there");
        serde_json::from_slice(item.expose_secret()).unwrap()
    }

    pub(crate) fn client_id(&self) -> String {
        self.kept(Slot::Registration)["client_id"].as_str().unwrap().to_owned()
    }
}

/// A whole sign-in of a customer who allows.
pub(crate) async fn sign_in(session: &Session, server: &Server) -> Result<(), SignInRefusal> {
    let url = session.begin_sign_in(Locale::En).await?;
    session.finish_sign_in(&server.allowed(&url).await).await
}

/// This machine's clock, set wrong or moved on as a test likes.
#[derive(Clone)]
pub(crate) struct RealClock {
    started: Instant,
    wrong_by: Arc<AtomicI64>,
    passed: Arc<AtomicU64>,
}

#[expect(clippy::disallowed_methods, reason = "the adapter of this machine's clock")]
impl RealClock {
    fn right() -> Self {
        Self { started: Instant::now(), wrong_by: Arc::default(), passed: Arc::default() }
    }

    /// Somebody sets the phone's clock.
    pub(crate) fn set_wrong_by(&self, seconds: i64) {
        self.wrong_by.store(seconds, Ordering::Relaxed);
    }

    /// Time passes for the phone.
    pub(crate) fn advance(&self, seconds: u64) {
        self.passed.fetch_add(seconds, Ordering::Relaxed);
    }

    fn passed(&self) -> Duration {
        Duration::from_secs(self.passed.load(Ordering::Relaxed))
    }
}

#[expect(clippy::disallowed_methods, reason = "the adapter of this machine's clock")]
impl Clock for RealClock {
    fn now(&self) -> Timestamp {
        let since_epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap() + self.passed();
        let now = Timestamp::EPOCH.plus(since_epoch);
        now.shifted(self.wrong_by.load(Ordering::Relaxed))
    }

    fn uptime(&self) -> Duration {
        self.started.elapsed() + self.passed()
    }
}
