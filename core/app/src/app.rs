//! The app: it opens the rooms, keeps the runtime, and says which screen the customer is at.

use std::sync::{Arc, Mutex};

use guichet_foundation::ports::{
    ApprovalSigner, Clock, Connectivity, DeviceSigner, Entropy, Phone, SecureStore,
};
use guichet_ledger::Ledger;
use guichet_payments::Payments;
use guichet_session::{OpenRefusal, PinnedTransport, Pins, Session, Setup, first_pins};
use guichet_vault::Vault;
use tokio::runtime::{Builder, Handle, Runtime};
use tokio::task::AbortHandle;

use crate::approval::Approval;
use crate::config::AppConfig;
use crate::history::History;
use crate::home::Home;
use crate::lock_screen::LockScreen;
use crate::lock_settings::LockSettings;
use crate::observe::{Observed, view_state};
use crate::pay::Pay;
use crate::rooms::Rooms;
use crate::security_centre::SecurityCentre;
use crate::step_up::StepUp;
use crate::welcome::Welcome;

/// Threads of the core. Two keep a slow disk from holding up an answer; more would only cost memory.
const WORKERS: usize = 2;

/// What a shell brings: every port but the transport, which is the core's own.
#[derive(Clone)]
pub struct ShellPorts {
    /// Keychain or Keystore-wrapped storage.
    pub secure_store: Arc<dyn SecureStore>,
    /// The device key.
    pub device_signer: Arc<dyn DeviceSigner>,
    /// The approval key.
    pub approval_signer: Arc<dyn ApprovalSigner>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// Whether there is a network.
    pub connectivity: Arc<dyn Connectivity>,
}

/// Why the app did not start.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum StartRefusal {
    /// The bank profile cannot be used: its pin set, trust anchor or certificate authority. The app has to be built again.
    #[error("the bank profile this app was built with cannot be used")]
    BadProfile,
    /// The phone's secure store or storage is not available now; try again.
    #[error("the phone's secure store or storage is not available")]
    PhoneNotReady,
}

impl From<OpenRefusal> for StartRefusal {
    fn from(refusal: OpenRefusal) -> Self {
        match refusal {
            OpenRefusal::FirstPinSet(_) | OpenRefusal::Issuer => Self::BadProfile,
            OpenRefusal::Store(_) | OpenRefusal::Erase(_) => Self::PhoneNotReady,
        }
    }
}

/// Where the customer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// On the way in: the welcome screen.
    #[default]
    Welcome,
    /// Locked: the lock screen and nothing else.
    Locked,
    /// Inside.
    Open,
}

/// Which screens the shell may show.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct AppState {
    /// Grows with every change.
    pub revision: u64,
    /// Where the customer is.
    pub place: Place,
}
view_state!(AppState);

/// The app. Dropping it stops the core; what must finish (a payment's commit, a wipe) is finished when it starts again.
pub struct App {
    pub(crate) rooms: Arc<Rooms>,
    pub(crate) state: Observed<AppState>,
    pub(crate) welcome: Arc<Welcome>,
    pub(crate) lock_screen: Arc<LockScreen>,
    pub(crate) home: Arc<Home>,
    pub(crate) history: Arc<History>,
    pub(crate) pay: Arc<Pay>,
    pub(crate) security_centre: Arc<SecurityCentre>,
    pub(crate) step_up: Arc<StepUp>,
    pub(crate) lock_settings: Arc<LockSettings>,
    pub(crate) approval: Arc<Approval>,
    pub(crate) transport: Option<PinnedTransport>,
    pub(crate) tasks: Mutex<Vec<AbortHandle>>,
    pub(crate) runtime: Option<Runtime>,
}

impl App {
    /// Starts the core on threads of its own, with its own transport. Finishes a wipe that was cut off before.
    pub fn start(config: AppConfig, ports: ShellPorts) -> Result<Arc<Self>, StartRefusal> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(WORKERS)
            .thread_name("guichet")
            .enable_all()
            .build()
            .map_err(|_| StartRefusal::PhoneNotReady)?;
        let pins = first_pins(&config.profile, &*ports.secure_store)?;
        let transport =
            PinnedTransport::new(&config.profile, pins.clone(), Arc::clone(&ports.clock))
                .map_err(|_| StartRefusal::BadProfile)?;
        let phone = Phone {
            secure_store: ports.secure_store,
            device_signer: ports.device_signer,
            approval_signer: ports.approval_signer,
            transport: Arc::new(transport.clone()),
            clock: ports.clock,
            entropy: ports.entropy,
            connectivity: ports.connectivity,
        };
        let handle = runtime.handle().clone();
        let mut app = Self::assemble(handle, config, phone, pins)?;
        app.transport = Some(transport);
        app.runtime = Some(runtime);
        Ok(app.begin())
    }

    /// Starts the core on a runtime and a transport of the caller's: for simulations.
    pub fn start_on(
        runtime: Handle,
        config: AppConfig,
        phone: Phone,
    ) -> Result<Arc<Self>, StartRefusal> {
        let pins = first_pins(&config.profile, &*phone.secure_store)?;
        Ok(Self::assemble(runtime, config, phone, pins)?.begin())
    }

    fn assemble(
        runtime: Handle,
        config: AppConfig,
        phone: Phone,
        pins: Pins,
    ) -> Result<Self, StartRefusal> {
        let vault = Vault::new(
            config.folder.clone(),
            Arc::clone(&phone.secure_store),
            vec![guichet_ledger::schema(), guichet_payments::schema()],
        );
        let _inside = runtime.enter();
        let session = Session::open(Setup {
            profile: config.profile.clone(),
            phone: phone.clone(),
            vault: vault.clone(),
            folder: config.folder.clone(),
            pins,
            pin_cost: config.pin_cost,
        })?;
        let ledger = Ledger::new(vault.clone());
        let bank = Arc::new(session.clone());
        let payments = Payments::new(vault, bank, Arc::clone(&phone.entropy), runtime.clone());
        let rooms = Arc::new(Rooms::new(config, runtime.clone(), phone, session, ledger, payments));
        Ok(Self {
            state: Observed::new(runtime.clone(), AppState::default()),
            welcome: Welcome::new(Arc::clone(&rooms)),
            lock_screen: LockScreen::new(Arc::clone(&rooms)),
            home: Home::new(Arc::clone(&rooms)),
            history: Arc::new(History::new(Arc::clone(&rooms))),
            pay: Pay::new(Arc::clone(&rooms)),
            security_centre: SecurityCentre::new(Arc::clone(&rooms)),
            step_up: StepUp::new(Arc::clone(&rooms)),
            lock_settings: LockSettings::new(Arc::clone(&rooms)),
            approval: Approval::new(Arc::clone(&rooms)),
            rooms,
            transport: None,
            tasks: Mutex::default(),
            runtime: None,
        })
    }

    fn begin(self) -> Arc<Self> {
        let app = Arc::new(self);
        app.follow();
        app.show_place();
        app.catch_up();
        app
    }
}
