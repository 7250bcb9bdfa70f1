//! A phone with a real vault file, and a bank that does as it is told.

pub(crate) mod bank;
mod clock;
mod killer;

use std::path::Path;
use std::sync::Arc;

use guichet_foundation::ids::IntentId;
use guichet_foundation::locale::Locale;
use guichet_foundation::money::{Currency, Money};
use guichet_foundation::ports::fakes::{FakeEntropy, FakeStore};
use guichet_foundation::sensitivity::C2;
use guichet_payments::{PayingAccount, Payments, Review, Stage, TransferForm, schema};
use guichet_vault::{RootKey, Vault};
use tokio::runtime::{Builder, Handle};

pub(crate) use bank::{Answer, Forger, Forgery, Script, ScriptedBank};

pub(crate) const REASON: &str = "Approve the payment";

/// What survives a process: the folder, the secure store, and the bank.
pub(crate) struct World {
    folder: tempfile::TempDir,
    store: FakeStore,
    root: RootKey,
    entropy: FakeEntropy,
    pub bank: ScriptedBank,
}

/// The phone's process.
#[derive(Clone)]
pub(crate) struct Phone {
    pub payments: Payments,
    pub vault: Vault,
}

impl World {
    pub(crate) fn new() -> Self {
        Self::with_bank(1, ScriptedBank::new())
    }

    /// A phone whose randomness follows from `seed`, and a bank that may have other customers' phones.
    pub(crate) fn with_bank(seed: u64, bank: ScriptedBank) -> Self {
        let entropy = FakeEntropy::seeded(seed);
        Self {
            folder: folder(),
            store: FakeStore::default(),
            root: RootKey::make(&entropy),
            entropy,
            bank,
        }
    }

    /// Runs one process of the phone from start to end; time is paused and passes only where everybody waits.
    pub(crate) fn run<T, F: Future<Output = T>>(&self, work: impl FnOnce(Phone) -> F) -> T {
        self.run_until(None, work)
    }

    /// As [`Self::run`], for a process that ends at its step `fatal`.
    pub(crate) fn run_until<T, F: Future<Output = T>>(
        &self,
        fatal: Option<usize>,
        work: impl FnOnce(Phone) -> F,
    ) -> T {
        let runtime =
            Builder::new_current_thread().enable_time().start_paused(true).build().unwrap();
        let vault = self.open_vault();
        self.bank.killer.arm(vault.clone(), fatal);
        let result = runtime.block_on(async {
            self.bank.clock.start();
            let bank = Arc::new(self.bank.clone());
            let entropy = Arc::new(self.entropy.clone());
            let payments = Payments::new(vault.clone(), bank, entropy, Handle::current());
            let result = work(Phone { payments, vault: vault.clone() }).await;
            self.bank.clock.stop();
            result
        });
        drop(runtime);
        vault.lock();
        result
    }

    fn open_vault(&self) -> Vault {
        let vault = Vault::new(
            self.folder.path().join("vault"),
            Arc::new(self.store.clone()),
            vec![schema()],
        );
        vault.open(&self.root).unwrap();
        vault
    }

    pub(crate) fn reopen(&self, vault: &Vault) {
        vault.open(&self.root).unwrap();
    }
}

/// In memory where there is such a place: the tests end thousands of processes, and none of them loses power.
fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap()
}

/// A form that nothing is wrong with: 123.45 yuan to Li Na.
pub(crate) fn form() -> TransferForm {
    TransferForm {
        from: PayingAccount {
            number: "6222021000112233445".parse().unwrap(),
            currency: Currency::CNY,
            can_pay: true,
            available: Some(Money::new(Currency::CNY, 1_000_000)),
        },
        to_account: C2::new("6222 0210 0099 8877 665".to_owned()),
        to_name: C2::new("李娜".to_owned()),
        amount: C2::new("123.45".to_owned()),
        currency: Currency::CNY,
        note: C2::new("房租".to_owned()),
    }
}

impl Phone {
    pub(crate) fn draft(&self) -> IntentId {
        self.payments.draft(&form()).unwrap().id
    }

    pub(crate) async fn review(&self, id: IntentId) -> Review {
        self.payments.review(id, Locale::En).await.unwrap()
    }

    /// Approves what was reviewed and waits for the first attempt to end.
    pub(crate) async fn approve(&self, review: &Review) -> Stage {
        let approving = self.payments.approve(review.id, review.digest, REASON.to_owned()).unwrap();
        approving.await.unwrap().unwrap()
    }

    /// Draft, review, approve.
    pub(crate) async fn pay(&self) -> (IntentId, Stage) {
        let id = self.draft();
        let review = self.review(id).await;
        (id, self.approve(&review).await)
    }

    pub(crate) fn stage(&self, id: IntentId) -> Stage {
        self.payments.payment(id).unwrap().stage
    }

    /// Waits until the payment is settled, however long the keeper takes.
    pub(crate) async fn settled(&self, id: IntentId) -> Stage {
        let mut changes = self.payments.changes();
        loop {
            let stage = self.stage(id);
            if stage.is_settled() {
                return stage;
            }
            let wait = std::time::Duration::from_secs(10_000);
            tokio::time::timeout(wait, changes.changed()).await.expect("it settles").unwrap();
        }
    }
}
