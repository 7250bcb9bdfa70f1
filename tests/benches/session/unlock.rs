//! From the lock screen to the first view of the accounts, as the shells see it: through the facade, with the PIN's real cost.

use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use guichet_app::{App, AppConfig, HomeState, PinCost, Place, WelcomeState, WelcomeStep};
use guichet_foundation::locale::Locale;
use guichet_foundation::ports::fakes::{
    FakeClock, FakeConnectivity, FakeEntropy, FakeSigner, FakeStore,
};
use guichet_foundation::ports::{Phone, SecureStore};
use guichet_foundation::sensitivity::{C3, SecretBytes};
use guichet_foundation::time::Timestamp;
use guichet_session::Platform;
use guichet_vault::RootKey;
use guichet_vault::keys::by_pin;
use tokio::runtime::{Builder, Runtime};

use crate::bank::SandboxBank;
use crate::figures::{Figures, median, timed};
use crate::phone::{PIN, Straight};

const ROUNDS: usize = 15;
const PATIENCE: Duration = Duration::from_mins(2);
/// What a try at the PIN may cost on a middling phone.
const GOAL: &str = "goal: about 150 ms on a middling phone";

struct Running {
    app: Arc<App>,
    store: FakeStore,
    homes: Receiver<HomeState>,
    runtime: Runtime,
    bank: SandboxBank,
    _folder: tempfile::TempDir,
}

pub(crate) fn measure(figures: &mut Figures) {
    let cost = PinCost::SHIPPED;
    let derivation = median((0..ROUNDS).map(|_| derivation(cost)).collect());
    let remark = format!("{} MiB, {} passes; {GOAL}", cost.memory_kib() / 1024, cost.passes());
    figures.time("argon2_us", "Argon2id of a PIN", derivation, remark);

    let running = Running::start();
    let by_pin = |running: &Running| {
        running.app.lock_screen().unlock_with_pin(C3::new(PIN.to_owned())).unwrap();
    };
    let by_biometric = |running: &Running| {
        running.app.lock_screen().unlock_with_biometrics();
        let (request, answer) = until(|| running.store.take_release());
        running.app.answer_release(request.id, answer);
    };
    let (mut pins, mut biometrics) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        pins.push(running.unlocked(by_pin));
        biometrics.push(running.unlocked(by_biometric));
    }
    figures.time("unlock_pin_us", "unlock by PIN to first view", median(pins), "");
    let remark = "without the finger";
    figures.time(
        "unlock_biometric_us",
        "unlock by biometric to first view",
        median(biometrics),
        remark,
    );
}

/// One try at a PIN, with nothing around it.
fn derivation(cost: PinCost) -> Duration {
    let (store, entropy) = (FakeStore::default(), FakeEntropy::seeded(5));
    let pin = SecretBytes::new(PIN.as_bytes().to_vec());
    by_pin::wrap(&store, &entropy, &RootKey::make(&entropy), &pin, cost).unwrap();
    let runtime = Builder::new_current_thread().build().unwrap();
    let store: &dyn SecureStore = &store;
    runtime.block_on(timed(async { by_pin::unwrap(store, &pin).unwrap() })).0
}

impl Running {
    /// An app that is set up, has its two years of transactions, and is open.
    fn start() -> Self {
        let runtime = Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let bank = runtime.block_on(SandboxBank::start());
        let folder = tempfile::tempdir().unwrap();
        let (store, approval) = (FakeStore::default(), FakeSigner::seeded(901));
        let phone = Phone {
            secure_store: Arc::new(store.clone()),
            device_signer: Arc::new(FakeSigner::seeded(900)),
            approval_signer: Arc::new(approval.clone()),
            transport: Arc::new(Straight::to(&bank)),
            clock: Arc::new(FakeClock::at(
                Timestamp::from_unix_seconds(bank.now().as_second()).unwrap(),
            )),
            entropy: Arc::new(FakeEntropy::seeded(902)),
            connectivity: Arc::new(FakeConnectivity::new(true)),
        };
        let config = AppConfig {
            profile: bank.profile(),
            folder: folder.path().to_owned(),
            locale: Locale::En,
            device_name: "A phone".to_owned().into(),
            platform: Platform::Other,
            pin_cost: PinCost::SHIPPED,
        };
        let app = App::start_on(runtime.handle().clone(), config, phone).unwrap();
        set_up(&app, &runtime, &bank, &approval);
        let (told, homes) = channel();
        std::mem::forget(app.home().observe(Arc::new(move |state| drop(told.send(state)))));
        let running = Self { app, store, homes, runtime, bank, _folder: folder };
        running.wait_for_home(|home| {
            let content = home.content.as_ref();
            content.is_some_and(|content| content.accounts.len() > 1)
        });
        until(|| running.app.home().state().content?.progress.is_none().then_some(()));
        running
    }

    fn wait_for_home(&self, is_it: impl Fn(&HomeState) -> bool) {
        loop {
            let state = self.homes.recv_timeout(PATIENCE).expect("the home screen moves on");
            if is_it(&state) {
                return;
            }
        }
    }

    /// Locks, and takes the time of `unlock` until the accounts are there.
    fn unlocked(&self, unlock: impl Fn(&Self)) -> Duration {
        let synced = self.bank.count("GET /v1/sync");
        self.app.lock_screen().lock();
        self.wait_for_home(|home| home.content.is_none());
        until(|| (self.app.state().place == Place::Locked).then_some(()));
        until(|| (!self.app.lock_screen().state().busy).then_some(()));
        let shown = async {
            unlock(self);
            self.wait_for_home(|home| {
                home.content.as_ref().is_some_and(|content| !content.accounts.is_empty())
            });
        };
        let (time, ()) = self.runtime.block_on(timed(shown));
        // What opening begins with the bank does not run into the next round.
        until(|| {
            let is_over = self.app.home().state().content?.progress.is_none();
            (is_over && self.bank.count("GET /v1/sync") > synced).then_some(())
        });
        time
    }
}

fn set_up(app: &Arc<App>, runtime: &Runtime, bank: &SandboxBank, approval: &FakeSigner) {
    let welcome = app.welcome();
    let at = |step: WelcomeStep| {
        until(|| {
            Some(welcome.state()).filter(|state: &WelcomeState| state.step == step && !state.busy)
        })
    };
    at(WelcomeStep::SignIn);
    welcome.begin();
    let browser = at(WelcomeStep::Browser).browser.unwrap();
    let redirect = runtime.block_on(bank.redirect_for(&browser.url.expose().parse().unwrap()));
    welcome.browser_returned(browser.id, C3::new(redirect));
    at(WelcomeStep::Enrol);
    welcome.enrol();
    let (request, answer) = until(|| approval.take_approval());
    app.answer_approval(request.id, answer);
    at(WelcomeStep::ChoosePin);
    welcome.choose_pin(C3::new(PIN.to_owned())).unwrap();
    at(WelcomeStep::OfferBiometrics);
    welcome.use_biometrics();
    until(|| (app.state().place == Place::Open).then_some(()));
}

fn until<T>(mut there: impl FnMut() -> Option<T>) -> T {
    loop {
        if let Some(there) = there() {
            return there;
        }
        std::thread::yield_now();
    }
}
