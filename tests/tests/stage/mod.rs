//! One phone with the whole core behind its facade, the real sandbox bank, and a network between them that a test may spoil. All
//! in one process and one thread; no state is waited for by sleeping.

pub(crate) mod bank;
mod browser;
pub(crate) mod network;

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use guichet_app::observe::ViewState;
use guichet_app::{App, AppConfig, PinCost, Place, Platform, Subscription, WelcomeStep};
use guichet_foundation::locale::Locale;
use guichet_foundation::ports::Phone;
use guichet_foundation::ports::fakes::{
    FakeClock, FakeConnectivity, FakeEntropy, FakeSigner, FakeStore,
};
use guichet_foundation::sensitivity::C3;
use guichet_foundation::time::Timestamp;
use tempfile::TempDir;
use tokio::runtime::Handle;
use tokio::sync::Notify;

pub(crate) use bank::TestBank;
pub(crate) use network::{Network, Spoiling, spoilings};

/// How long a state may take. Far more than any does; reached only by a test that fails.
const PATIENCE: Duration = Duration::from_secs(20);
/// The PIN of every test.
pub(crate) const PIN: &str = "739184";

pub(crate) struct Stage {
    pub(crate) bank: TestBank,
    pub(crate) network: Network,
    pub(crate) app: Arc<App>,
    customer: usize,
    store: FakeStore,
    approval_key: FakeSigner,
    changed: Arc<Notify>,
    _subscriptions: [Subscription; 6],
    folder: TempDir,
}

impl Stage {
    /// A phone that nobody has used, and the bank it belongs to.
    pub(crate) async fn open(customer: usize) -> Self {
        let bank = TestBank::open().await;
        let network = Network::to(bank.router.clone());
        let folder = TempDir::new().unwrap();
        let (store, approval_key) = (FakeStore::default(), FakeSigner::seeded(2));
        let phone = Phone {
            secure_store: Arc::new(store.clone()),
            device_signer: Arc::new(FakeSigner::seeded(1)),
            approval_signer: Arc::new(approval_key.clone()),
            transport: Arc::new(network.clone()),
            clock: Arc::new(FakeClock::at(Timestamp::from_unix_seconds(bank::START).unwrap())),
            entropy: Arc::new(FakeEntropy::seeded(3)),
            connectivity: Arc::new(FakeConnectivity::new(true)),
        };
        let config = AppConfig {
            profile: bank.profile(),
            folder: folder.path().to_owned(),
            locale: Locale::En,
            device_name: "Test phone".to_owned().into(),
            platform: Platform::Other,
            pin_cost: PinCost::new(64, 1),
        };
        let app = App::start_on(Handle::current(), config, phone).unwrap();
        let changed = Arc::new(Notify::new());
        let subscriptions = follow(&app, &changed);
        Self {
            bank,
            network,
            app,
            customer,
            store,
            approval_key,
            changed,
            _subscriptions: subscriptions,
            folder,
        }
    }

    /// A phone that is set up and has fetched everything.
    pub(crate) async fn set_up(customer: usize) -> Self {
        let stage = Self::open(customer).await;
        while stage.app.state().place != Place::Open {
            stage.take_step().await;
            assert_eq!(stage.app.welcome().state().notice, None, "an honest step works");
        }
        stage.wait("the first sync", Self::is_synced).await;
        stage
    }

    /// Does what the welcome screen asks for next, once, and waits until it has come to something.
    pub(crate) async fn take_step(&self) {
        let welcome = self.app.welcome();
        match welcome.state().step {
            WelcomeStep::SignIn => welcome.begin(),
            WelcomeStep::Browser => {
                let page = welcome.state().browser.unwrap();
                let who = self.bank.customer(self.customer);
                match browser::sign_in(&self.bank.router, page.url.expose(), who).await {
                    Some(redirect) => welcome.browser_returned(page.id, C3::new(redirect)),
                    None => welcome.browser_closed(page.id),
                }
            }
            WelcomeStep::Enrol => {
                welcome.enrol();
                self.put_the_finger(|stage| !stage.app.welcome().state().busy).await;
            }
            WelcomeStep::ChoosePin => welcome.choose_pin(C3::new(PIN.to_owned())).unwrap(),
            WelcomeStep::OfferBiometrics => welcome.skip_biometrics(),
            WelcomeStep::Done => {
                self.wait("the way in", |stage| stage.app.state().place == Place::Open).await;
            }
        }
        self.wait("the welcome screen", |stage| !stage.app.welcome().state().busy).await;
    }

    /// Answers the biometric prompt that comes, if one comes before `done`.
    pub(crate) async fn put_the_finger(&self, done: impl Fn(&Self) -> bool) {
        let deadline = tokio::time::Instant::now() + PATIENCE;
        while !done(self) {
            if let Some((request, answer)) = self.approval_key.take_approval() {
                self.app.answer_approval(request.id, answer);
            }
            assert!(tokio::time::Instant::now() < deadline, "no prompt and no end");
            tokio::task::yield_now().await;
        }
    }

    /// Where the phone keeps its vault.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    pub(crate) fn is_synced(&self) -> bool {
        let home = self.app.home().state().content;
        home.is_some_and(|home| home.progress.is_none() && !home.accounts.is_empty())
    }

    /// Whether the secure store holds a PIN, so that the vault has been made.
    pub(crate) fn has_pin(&self) -> bool {
        self.store.holds(guichet_foundation::ports::Slot::VaultRootByPin)
    }

    /// Waits until a state says so.
    pub(crate) async fn wait(&self, what: &str, until: impl Fn(&Self) -> bool) {
        loop {
            let told = self.changed.notified();
            tokio::pin!(told);
            told.as_mut().enable();
            if until(self) {
                return;
            }
            let said = tokio::time::timeout(PATIENCE, told).await;
            assert!(said.is_ok(), "{what} did not come: {:?}", self.app.welcome().state());
        }
    }
}

fn follow(app: &App, changed: &Arc<Notify>) -> [Subscription; 6] {
    fn telling<S: ViewState>(changed: &Arc<Notify>) -> Arc<dyn Fn(S) + Send + Sync> {
        let changed = Arc::clone(changed);
        Arc::new(move |_| changed.notify_waiters())
    }
    [
        app.observe(telling(changed)),
        app.welcome().observe(telling(changed)),
        app.lock_screen().observe(telling(changed)),
        app.home().observe(telling(changed)),
        app.pay().observe(telling(changed)),
        app.security_centre().observe(telling(changed)),
    ]
}
