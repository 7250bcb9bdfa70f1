use std::sync::Arc;
use std::time::Duration;

use guichet_foundation::key::P256Signature;
use guichet_foundation::locale::Locale;
use guichet_foundation::ports::fakes::{
    FakeClock, FakeConnectivity, FakeEntropy, FakeSigner, FakeStore,
};
use guichet_foundation::ports::{
    ApprovalRequest, Clock, Phone, PromptFailure, SecureStore as _, Slot,
};
use guichet_foundation::sensitivity::{C3, SecretBytes};
use guichet_foundation::time::Timestamp;
use guichet_session::{BankTime, EnrolRefusal, Platform, Session, Setup, first_pins};
use guichet_vault::Vault;
use guichet_vault::keys::by_pin::PinCost;
use serde_json::Value;
use tempfile::TempDir;

use super::Bank;

pub(crate) const PIN: &str = "739184";

/// A phone whose hardware survives the app: opening it again is starting the app again.
pub(crate) struct TestPhone {
    pub(crate) store: FakeStore,
    pub(crate) device_signer: FakeSigner,
    pub(crate) approval_signer: FakeSigner,
    pub(crate) clock: FakeClock,
    pub(crate) bank: Bank,
    pub(crate) folder: TempDir,
    entropy: FakeEntropy,
}

impl TestPhone {
    /// A new phone whose clock is right.
    pub(crate) fn new() -> Self {
        Self::with_clock_ahead_by(0)
    }

    pub(crate) fn with_clock_ahead_by(seconds: i64) -> Self {
        let now = "2026-03-01T09:30:00Z".parse().unwrap();
        let bank = Bank::at(FakeClock::at(now));
        Self {
            store: FakeStore::default(),
            device_signer: FakeSigner::seeded(1),
            approval_signer: FakeSigner::seeded(2),
            clock: FakeClock::at(now.shifted(seconds)),
            bank,
            folder: tempfile::tempdir().unwrap(),
            entropy: FakeEntropy::seeded(3),
        }
    }

    fn phone(&self) -> Phone {
        Phone {
            secure_store: Arc::new(self.store.clone()),
            device_signer: Arc::new(self.device_signer.clone()),
            approval_signer: Arc::new(self.approval_signer.clone()),
            transport: Arc::new(self.bank.clone()),
            clock: Arc::new(self.clock.clone()),
            entropy: Arc::new(self.entropy.clone()),
            connectivity: Arc::new(FakeConnectivity::new(true)),
        }
    }

    /// Starts the app.
    pub(crate) fn open(&self) -> Session {
        self.open_with_vault().0
    }

    /// Starts the app, and keeps a handle to the vault as other rooms do.
    pub(crate) fn open_with_vault(&self) -> (Session, Vault) {
        let folder = self.folder.path().to_owned();
        let vault = Vault::new(folder.clone(), Arc::new(self.store.clone()), Vec::new());
        let profile = self.bank.profile();
        let setup = Setup {
            pins: first_pins(&profile, &self.store).unwrap(),
            time: BankTime::new(Arc::new(self.clock.clone())),
            profile,
            phone: self.phone(),
            vault: vault.clone(),
            folder,
            pin_cost: PinCost::new(8, 1),
        };
        (Session::open(setup).unwrap(), vault)
    }

    /// Time passes for phone and bank.
    pub(crate) fn wait(&self, by: Duration) {
        self.clock.advance(by);
        self.bank.clock.advance(by);
    }

    /// What the clock will show.
    pub(crate) fn clock_in(&self, by: Duration) -> Timestamp {
        self.clock.now().plus(by)
    }

    pub(crate) fn uptime(&self) -> Duration {
        self.clock.uptime()
    }

    pub(crate) async fn sign_in(&self, session: &Session) {
        let url = session.begin_sign_in(Locale::En).await.unwrap();
        session.finish_sign_in(&self.bank.redirect_for(&url)).await.unwrap();
    }

    /// The next prompt for an approval, and what the right finger answers.
    pub(crate) async fn next_approval(
        &self,
    ) -> (ApprovalRequest, Result<P256Signature, PromptFailure>) {
        loop {
            match self.approval_signer.take_approval() {
                Some(asked) => return asked,
                None => tokio::task::yield_now().await,
            }
        }
    }

    /// Answers the next prompt for an approval with the right finger.
    pub(crate) async fn approve(&self, session: &Session) {
        let (request, answer) = self.next_approval().await;
        session.prompts().answer_approval(request.id, answer);
    }

    /// Answers the next prompt for the release of the root key.
    pub(crate) async fn release(&self, session: &Session, finger: Result<(), PromptFailure>) {
        let (request, answer) = loop {
            match self.store.take_release() {
                Some(asked) => break asked,
                None => tokio::task::yield_now().await,
            }
        };
        session.prompts().answer_release(request.id, finger.and(answer));
    }

    /// The record of the registration without the enrolment that is on its way.
    pub(crate) fn forget_enrolling(&self) {
        let kept = self.store.get(Slot::Registration).unwrap().unwrap();
        let mut record: Value = serde_json::from_slice(kept.expose_secret()).unwrap();
        assert!(!record["enrolling"].take().is_null());
        let bytes = SecretBytes::new(serde_json::to_vec(&record).unwrap());
        self.store.put(Slot::Registration, &bytes).unwrap();
    }

    pub(crate) async fn enrol(&self, session: &Session) {
        let reason = "Prove your new key".to_owned();
        let (enrolled, ()) = tokio::join!(
            session.enrol("Li Ming's phone", Platform::Other, reason),
            self.approve(session)
        );
        enrolled.unwrap();
    }

    /// The same with the right finger on every prompt there is, however it ends.
    pub(crate) async fn try_to_enrol(&self, session: &Session) -> Result<(), EnrolRefusal> {
        let enrolling = session.enrol("Phone", Platform::Android, "Prove the key".to_owned());
        let approving = async {
            loop {
                self.approve(session).await;
            }
        };
        tokio::select! {
            enrolled = enrolling => enrolled.map(drop),
            () = approving => unreachable!(),
        }
    }

    /// Everything set up and unlocked.
    pub(crate) async fn ready(&self) -> Session {
        self.ready_with_vault().await.0
    }

    pub(crate) async fn ready_with_vault(&self) -> (Session, Vault) {
        let (session, vault) = self.open_with_vault();
        self.sign_in(&session).await;
        self.enrol(&session).await;
        session.set_pin(pin(PIN)).await.unwrap();
        (session, vault)
    }
}

pub(crate) fn pin(digits: &str) -> C3<String> {
    C3::new(digits.to_owned())
}
