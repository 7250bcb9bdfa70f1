//! From the customer's finger to the moment the first byte may leave: the words and the canonical bytes, the signature, the commit.

use std::sync::Arc;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use async_trait::async_trait;
use guichet_foundation::ids::IntentId;
use guichet_foundation::key::P256Signature;
use guichet_foundation::locale::Locale;
use guichet_foundation::money::{Currency, Money};
use guichet_foundation::ports::PromptFailure;
use guichet_foundation::ports::fakes::{FakeEntropy, FakeStore};
use guichet_foundation::sensitivity::C2;
use guichet_foundation::time::Timestamp;
use guichet_payments::{
    Circumstances, Frozen, PayingAccount, Payments, TextDigest, TransferForm, schema,
};
use guichet_session::{BankCalls, Call, CallFailure, Identity, NotSent, ReceiptKeys, Reply};
use guichet_vault::{RootKey, Vault};
use serde_json::json;
use tokio::runtime::Handle;

use crate::bare_key::BareKey;
use crate::figures::{Figures, median, timed};
use crate::peer::BareFile;

const ROUNDS: usize = 400;
const NOW: i64 = 1_772_424_000;
const ISSUER: &str = "https://bank.example";
const CHALLENGE: &str = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";

pub(crate) async fn measure(figures: &mut Figures) {
    let folder = tempfile::tempdir().unwrap();
    let entropy = FakeEntropy::seeded(11);
    let vault =
        Vault::new(folder.path().join("vault"), Arc::new(FakeStore::default()), vec![schema()]);
    vault.open(&RootKey::make(&entropy)).unwrap();
    let bank = Arc::new(NearBank { key: BareKey::new(), left: Mutex::default() });
    let payments = Payments::new(vault, bank.clone(), Arc::new(entropy), Handle::current());
    let file = BareFile::new();
    let (mut ours, mut bare) = (Vec::new(), Vec::new());
    for round in 0..ROUNDS {
        let (bytes, approving) = approve(&payments, &bank, round).await;
        ours.push(approving);
        bare.push(timed(async { file.commit(&bytes, bank.key.sign(&bytes).as_ref()) }).await.0);
    }
    let (ours, bare) = (median(ours), median(bare));
    figures.time("bare_us", "ring's signature and one SQLite commit", bare, "in the clear");
    figures.time("approve_us", "an approval until its first byte may leave", ours, "encrypted");
    let ratio = ours.as_secs_f64() / bare.as_secs_f64();
    figures.ratio(
        "approve_ratio",
        "  approval over signature and commit",
        ratio,
        "goal: 1.25 at most",
    );
}

/// The bytes that were signed, and how long it took to make, sign and commit them.
async fn approve(payments: &Payments, bank: &NearBank, round: usize) -> (Vec<u8>, Duration) {
    let id = payments.draft(&form(round)).unwrap().id;
    let review = payments.review(id, Locale::ZhCn).await.unwrap();
    let (freezing, frozen) = timed(async { frozen(id, &review.terms) }).await;
    let shown: TextDigest = review.digest;
    let begun = now();
    drop(payments.approve(id, shown, "Approve".to_owned()).unwrap().await.unwrap());
    let left = bank.left.lock().unwrap().take().expect("the payment was sent");
    payments.discard(id).unwrap();
    (frozen.bytes().to_vec(), freezing + left.duration_since(begun))
}

fn frozen(id: IntentId, terms: &guichet_payments::Terms) -> Frozen {
    let around = Circumstances {
        id,
        issuer: ISSUER.to_owned(),
        device: "dev-1".parse().unwrap(),
        challenge: CHALLENGE.to_owned().try_into().unwrap(),
        created: time(),
        expires: time().shifted(300),
        locale: Locale::ZhCn,
    };
    Frozen::freeze(terms.clone(), around).unwrap()
}

fn form(round: usize) -> TransferForm {
    TransferForm {
        from: PayingAccount {
            number: "6222021000112233445".parse().unwrap(),
            currency: Currency::CNY,
            can_pay: true,
            available: Some(Money::new(Currency::CNY, 100_000_000)),
        },
        to_account: C2::new("6222 0210 0099 8877 665".to_owned()),
        to_name: C2::new("李娜".to_owned()),
        amount: C2::new(format!("{}.05", round + 1)),
        currency: Currency::CNY,
        note: C2::new("房租".to_owned()),
    }
}

/// A bank that challenges, and notes when a payment reaches the network; it does not take it, so that the outbox stays small.
struct NearBank {
    key: BareKey,
    left: Mutex<Option<Instant>>,
}

#[async_trait]
impl BankCalls for NearBank {
    async fn call(&self, call: Call) -> Result<Reply, CallFailure> {
        if call.path == "/v1/intents" {
            *self.left.lock().unwrap() = Some(now());
            return Err(CallFailure::NotSent(NotSent::StepUpCancelled));
        }
        let limit = json!({"currency": "CNY", "minor": "100000000"});
        let body = json!({
            "challenge": CHALLENGE,
            "expires_at": time().shifted(300).to_string(),
            "limits": {"per_payment": limit, "remaining_today": limit},
        });
        Ok(Reply { status: 201, body: body.to_string().into_bytes() })
    }

    fn now(&self) -> Timestamp {
        time()
    }

    fn identity(&self) -> Option<Identity> {
        Some(Identity {
            issuer: ISSUER.to_owned(),
            client_id: "client-1".parse().unwrap(),
            device_id: "dev-1".parse().unwrap(),
        })
    }

    async fn receipt_keys(&self, _: bool) -> Result<ReceiptKeys, CallFailure> {
        Err(CallFailure::Unreadable)
    }

    async fn approve(&self, _: String, message: Vec<u8>) -> Result<P256Signature, PromptFailure> {
        let signature = self.key.sign(&message);
        P256Signature::from_raw(signature.as_ref()).map_err(|_| PromptFailure::NotRecognised)
    }
}

fn time() -> Timestamp {
    Timestamp::from_unix_seconds(NOW).unwrap()
}

#[expect(clippy::disallowed_methods, reason = "a benchmark measures with the machine's clock")]
fn now() -> Instant {
    Instant::now()
}
