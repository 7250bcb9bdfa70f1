//! A phone of fakes, whose transport is the pinned one or leads straight into the bank.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use async_trait::async_trait;
use axum::Router;
use axum::body::Body;
use axum::http::Request as HttpRequest;
use guichet_bank::dpop::Dpop;
use guichet_bank::server::Bank;
use guichet_foundation::locale::Locale;
use guichet_foundation::ports::fakes::{
    FakeClock, FakeConnectivity, FakeEntropy, FakeSigner, FakeStore,
};
use guichet_foundation::ports::{
    DeviceSigner, Phone, Request, Response, Transport, TransportFailure,
};
use guichet_foundation::sensitivity::C3;
use guichet_foundation::time::Timestamp;
use guichet_session::{BankTime, PinnedTransport, Platform, Session, Setup, Traffic, first_pins};
use guichet_vault::Vault;
use guichet_vault::keys::by_pin::PinCost;
use tempfile::TempDir;

use super::bank::{SandboxBank, send};

pub(crate) const PIN: &str = "739184";

/// What survives the app: hardware, store, folder.
pub(crate) struct SandboxPhone {
    pub(crate) store: FakeStore,
    pub(crate) device_signer: FakeSigner,
    approval_signer: FakeSigner,
    pub(crate) clock: FakeClock,
    entropy: FakeEntropy,
    folder: TempDir,
}

/// No two phones draw the same keys and ids.
fn seed() -> u64 {
    static LAST: AtomicU64 = AtomicU64::new(0);
    LAST.fetch_add(1, Ordering::Relaxed)
}

/// The bank without a network: for what is about protocol and time.
pub(crate) struct Straight(Arc<Mutex<Router>>);

impl Straight {
    pub(crate) fn to(bank: &SandboxBank) -> Self {
        Self(Arc::new(Mutex::new(bank.router())))
    }

    /// From here on the bank's nonces are others, as after a start of its.
    pub(crate) fn change_nonces(&self, bank: &SandboxBank) {
        let restarted = Bank { dpop: Dpop::new().unwrap(), ..bank.running.bank.clone() };
        *self.0.lock().unwrap() = restarted.router();
    }
}

#[async_trait]
impl Transport for Straight {
    async fn send(&self, request: Request) -> Result<Response, TransportFailure> {
        let path = request.url.splitn(4, '/').nth(3).unwrap_or_default();
        let mut http =
            HttpRequest::builder().method(request.method.as_str()).uri(format!("/{path}"));
        for (name, value) in &request.headers {
            http = http.header(*name, value);
        }
        let http = http.body(Body::from(request.body)).unwrap();
        let router = self.0.lock().unwrap().clone();
        let (status, headers, body) = send(router, http).await;
        let headers = headers
            .iter()
            .map(|(name, value)| (name.to_string(), value.to_str().unwrap().to_owned()))
            .collect();
        Ok(Response { status, headers, body })
    }
}

impl SandboxPhone {
    /// A new phone whose clock is the bank's.
    pub(crate) fn new(bank: &SandboxBank) -> Self {
        Self {
            store: FakeStore::default(),
            device_signer: FakeSigner::seeded(seed()),
            approval_signer: FakeSigner::seeded(seed()),
            clock: FakeClock::at(Timestamp::from_unix_seconds(bank.now().as_second()).unwrap()),
            entropy: FakeEntropy::seeded(seed()),
            folder: tempfile::tempdir().unwrap(),
        }
    }

    /// Starts the app without a network between it and the bank.
    pub(crate) fn open(&self, bank: &SandboxBank) -> Session {
        self.open_over(bank, Arc::new(Straight::to(bank)))
    }

    /// Starts the app over a transport of the test's.
    pub(crate) fn open_over(&self, bank: &SandboxBank, transport: Arc<dyn Transport>) -> Session {
        self.open_with(bank, Arc::new(self.device_signer.clone()), transport)
    }

    /// And with a device key of the test's.
    pub(crate) fn open_with(
        &self,
        bank: &SandboxBank,
        device_signer: Arc<dyn DeviceSigner>,
        transport: Arc<dyn Transport>,
    ) -> Session {
        let time = BankTime::new(Arc::new(self.clock.clone()));
        let mut setup = self.setup(bank, transport, time);
        setup.phone.device_signer = device_signer;
        Session::open(setup).unwrap()
    }

    /// Starts the app with its real transport.
    pub(crate) fn open_over_tls(&self, bank: &SandboxBank) -> (Session, PinnedTransport) {
        let time = BankTime::new(Arc::new(self.clock.clone()));
        let pins = first_pins(&bank.profile(), &self.store).unwrap();
        let transport = PinnedTransport::new(&bank.profile(), pins.clone(), time.clone()).unwrap();
        let setup = self.setup(bank, Arc::new(transport.clone()), time);
        (Session::open(Setup { pins, ..setup }).unwrap(), transport)
    }

    fn setup(&self, bank: &SandboxBank, transport: Arc<dyn Transport>, time: BankTime) -> Setup {
        let folder = self.folder.path().to_owned();
        let store = Arc::new(self.store.clone());
        Setup {
            pins: first_pins(&bank.profile(), &self.store).unwrap(),
            profile: bank.profile(),
            phone: Phone {
                secure_store: store.clone(),
                device_signer: Arc::new(self.device_signer.clone()),
                approval_signer: Arc::new(self.approval_signer.clone()),
                transport,
                clock: Arc::new(self.clock.clone()),
                entropy: Arc::new(self.entropy.clone()),
                connectivity: Arc::new(FakeConnectivity::new(true)),
            },
            vault: Vault::new(folder.clone(), store, Vec::new()),
            folder,
            time,
            pin_cost: PinCost::new(8, 1),
        }
    }

    /// Time passes here and at the bank.
    pub(crate) fn wait(&self, bank: &SandboxBank, seconds: u32) {
        self.clock.advance(Duration::from_secs(seconds.into()));
        bank.wait(seconds.into());
    }

    pub(crate) async fn sign_in(&self, bank: &SandboxBank, session: &Session) {
        let url = session.begin_sign_in(Locale::En).await.unwrap();
        session.finish_sign_in(&bank.redirect_for(&url).await).await.unwrap();
    }

    /// Everything set up and unlocked.
    pub(crate) async fn set_up(&self, bank: &SandboxBank, session: &Session) {
        self.sign_in(bank, session).await;
        let reason = "Prove your new key".to_owned();
        let (enrolled, ()) =
            tokio::join!(session.enrol("A phone", Platform::Other, reason), self.approve(session));
        enrolled.unwrap();
        session.set_pin(C3::new(PIN.to_owned())).await.unwrap();
    }

    async fn approve(&self, session: &Session) {
        loop {
            if let Some((request, answer)) = self.approval_signer.take_approval() {
                session.prompts().answer_approval(request.id, answer);
                return;
            }
            tokio::task::yield_now().await;
        }
    }

    pub(crate) async fn unlock(&self, session: &Session) {
        session.lock();
        session.unlock_by_pin(C3::new(PIN.to_owned())).await.unwrap();
    }
}

/// Requests that left the phone during `work`.
pub(crate) async fn requests_of<T>(
    transport: &PinnedTransport,
    work: impl Future<Output = T>,
) -> (u64, T) {
    let Traffic { requests, .. } = transport.traffic();
    let outcome = work.await;
    (transport.traffic().requests - requests, outcome)
}
