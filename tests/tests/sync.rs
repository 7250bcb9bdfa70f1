//! Syncing against a bank that is scripted: what it may send, and what becomes of the ledger.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use guichet_accounts::{AccountSync, SyncFailure, SyncProgress};
use guichet_foundation::key::P256Signature;
use guichet_foundation::ports::PromptFailure;
use guichet_foundation::ports::fakes::{FakeEntropy, FakeStore};
use guichet_foundation::time::Timestamp;
use guichet_ledger::Ledger;
use guichet_session::{BankCalls, Call, CallFailure, Identity, NotSent, ReceiptKeys, Reply};
use guichet_vault::{RootKey, Vault};
use proptest::prelude::*;
use serde_json::{Value, json};
use tempfile::TempDir;

/// Answers each call with the next answer of its script, and remembers what was asked.
#[derive(Default)]
struct ScriptedBank {
    answers: Mutex<VecDeque<Result<Reply, CallFailure>>>,
    asked: Mutex<Vec<String>>,
}

impl ScriptedBank {
    fn answers(&self, status: u16, body: impl Into<Vec<u8>>) {
        self.answers.lock().unwrap().push_back(Ok(Reply { status, body: body.into() }));
    }

    fn asked(&self) -> Vec<String> {
        self.asked.lock().unwrap().clone()
    }
}

#[async_trait]
impl BankCalls for ScriptedBank {
    async fn call(&self, call: Call) -> Result<Reply, CallFailure> {
        self.asked.lock().unwrap().push(call.path);
        let next = self.answers.lock().unwrap().pop_front();
        next.unwrap_or(Err(NotSent::Offline.into()))
    }

    fn now(&self) -> Timestamp {
        Timestamp::EPOCH
    }

    fn identity(&self) -> Option<Identity> {
        None
    }

    async fn receipt_keys(&self, _refresh: bool) -> Result<ReceiptKeys, CallFailure> {
        Err(CallFailure::SignedOut)
    }

    async fn approve(
        &self,
        _reason: String,
        _message: Vec<u8>,
    ) -> Result<P256Signature, PromptFailure> {
        Err(PromptFailure::Cancelled)
    }
}

struct Phone {
    bank: Arc<ScriptedBank>,
    ledger: Ledger,
    sync: AccountSync,
    _folder: TempDir,
}

fn phone() -> Phone {
    let folder = TempDir::new().unwrap();
    let store = Arc::new(FakeStore::default());
    let vault = Vault::new(folder.path().to_owned(), store, vec![guichet_ledger::schema()]);
    vault.open(&RootKey::make(&FakeEntropy::seeded(7))).unwrap();
    let ledger = Ledger::new(vault);
    let bank = Arc::new(ScriptedBank::default());
    let sync = AccountSync::new(Arc::clone(&bank) as Arc<dyn BankCalls>, ledger.clone());
    Phone { bank, ledger, sync, _folder: folder }
}

impl Phone {
    fn run(&self) -> Result<usize, SyncFailure> {
        let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
        runtime.block_on(self.sync.run(&|_| {})).map(SyncProgress::transactions)
    }

    /// Everything a screen could show.
    fn contents(&self) -> String {
        let accounts = self.ledger.accounts().unwrap();
        let recent = self.ledger.recent(500).unwrap();
        let amounts: Vec<i64> = recent.iter().map(|row| row.amount.minor()).collect();
        let ids: Vec<&str> = recent.iter().map(|row| row.id.as_str()).collect();
        let balances: Vec<i64> = accounts.iter().map(|row| row.booked.minor()).collect();
        format!("{balances:?} {ids:?} {amounts:?} {:?}", self.ledger.cursor().unwrap())
    }
}

fn money(minor: i64) -> Value {
    json!({"currency": "CNY", "minor": minor.to_string()})
}

fn account() -> Value {
    json!({"account_id": "a1", "kind": "current", "number": "6222021000112233445",
        "name": {"en": "Everyday account"}, "currency": "CNY", "booked": money(500),
        "available": money(500), "can_pay": true})
}

fn transaction(id: &str, minor: i64) -> Value {
    json!({"transaction_id": id, "account_id": "a1", "status": "booked",
        "at": "2026-02-28T18:21:07Z", "amount": money(minor), "kind": "card", "category": "food",
        "counterparty": {"name": {"en": "Tea house"}}})
}

fn page(cursor: &str, more: bool, transactions: &[Value]) -> Value {
    json!({"cursor": cursor, "more": more, "as_of": "2026-03-01T09:30:00Z",
        "accounts": [account()], "transactions": transactions, "removed": []})
}

#[test]
fn pages_are_asked_for_until_there_are_no_more() {
    let phone = phone();
    phone.bank.answers(200, page("c/1", true, &[transaction("t1", -100)]).to_string());
    phone.bank.answers(200, page("c2", false, &[transaction("t2", -200)]).to_string());
    assert_eq!(phone.run(), Ok(2));
    assert_eq!(phone.bank.asked(), ["/v1/sync?limit=500", "/v1/sync?limit=500&cursor=c%2F1"]);
    assert_eq!(phone.ledger.recent(10).unwrap().len(), 2);
}

#[test]
fn what_was_taken_in_before_the_network_went_is_kept_and_gone_on_from() {
    let phone = phone();
    phone.bank.answers(200, page("c1", true, &[transaction("t1", -100)]).to_string());
    assert_eq!(phone.run(), Err(SyncFailure::Call(NotSent::Offline.into())));
    assert_eq!(phone.ledger.recent(10).unwrap().len(), 1);
    phone.bank.answers(200, page("c2", false, &[]).to_string());
    assert_eq!(phone.run(), Ok(0));
    assert_eq!(phone.bank.asked().last().unwrap(), "/v1/sync?limit=500&cursor=c1");
}

#[test]
fn an_expired_cursor_begins_again_once() {
    let phone = phone();
    phone.bank.answers(200, page("c1", false, &[transaction("old", -100)]).to_string());
    assert_eq!(phone.run(), Ok(1));
    phone.bank.answers(410, r#"{"error":"cursor_expired"}"#);
    phone.bank.answers(200, page("c2", false, &[transaction("new", -100)]).to_string());
    assert_eq!(phone.run(), Ok(1));
    let ids: Vec<String> =
        phone.ledger.recent(10).unwrap().into_iter().map(|row| row.id.into()).collect();
    assert_eq!(ids, ["new"], "what the bank no longer names is gone");

    phone.bank.answers(410, "{}");
    phone.bank.answers(410, "{}");
    assert_eq!(phone.run(), Err(SyncFailure::Refused { status: 410 }));
}

#[test]
fn a_bank_that_goes_nowhere_is_left() {
    let phone = phone();
    phone.bank.answers(200, page("c1", true, &[]).to_string());
    phone.bank.answers(200, page("c1", true, &[]).to_string());
    assert_eq!(phone.run(), Err(SyncFailure::Unreadable));
    assert_eq!(phone.bank.asked().len(), 2);
}

#[test]
fn a_locked_vault_takes_nothing() {
    let folder = TempDir::new().unwrap();
    let store = Arc::new(FakeStore::default());
    let vault = Vault::new(folder.path().to_owned(), store, vec![guichet_ledger::schema()]);
    let bank = Arc::new(ScriptedBank::default());
    let sync = AccountSync::new(Arc::clone(&bank) as Arc<dyn BankCalls>, Ledger::new(vault));
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    assert_eq!(runtime.block_on(sync.run(&|_| {})), Err(SyncFailure::NotStored));
    assert!(bank.asked().is_empty(), "nothing is asked for that could not be kept");
}

/// Ways in which an answer is not a page: none of them may change a row.
fn spoilt() -> impl Strategy<Value = (u16, Vec<u8>)> {
    let good = page("c9", false, &[transaction("t9", -900)]);
    let text = good.to_string();
    let length = text.len();
    let replaced = |pointer: &'static str, value: Value| {
        let mut page = good.clone();
        *page.pointer_mut(pointer).unwrap() = value;
        Just((200, page.to_string().into_bytes()))
    };
    prop_oneof![
        (0..length).prop_map({
            let text = text.clone();
            move |cut| (200, text.as_bytes()[..cut].to_vec())
        }),
        proptest::collection::vec(any::<u8>(), 0..200).prop_map(|bytes| (200, bytes)),
        (400..600_u16)
            .prop_filter("an expired cursor has its own way", |status| *status != 410)
            .prop_map(move |status| (status, text.clone().into_bytes())),
        replaced("/transactions/0/status", json!("imaginary")),
        replaced("/transactions/0/amount/minor", json!(-900)),
        replaced("/transactions/0/amount/minor", json!("-9e2")),
        replaced("/transactions/0/amount/minor", json!("99999999999999999999")),
        replaced("/transactions/0/amount/currency", json!("JPY")),
        replaced("/transactions/0/account_id", json!("nobody's")),
        replaced("/transactions/0/transaction_id", json!("../../x")),
        replaced("/transactions/0/at", json!("yesterday")),
        replaced("/accounts/0/number", json!("12")),
        replaced("/accounts/0/currency", json!("XYZ")),
        replaced("/accounts/0/name", json!({})),
        replaced("/as_of", json!(5)),
        replaced("/cursor", Value::Null),
        replaced("/removed", json!([7])),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn invariant_10_whole_or_nothing_a_spoilt_answer_changes_no_row((status, body) in spoilt()) {
        let phone = phone();
        phone.bank.answers(200, page("c1", false, &[transaction("t1", -100)]).to_string());
        phone.run().unwrap();
        let before = phone.contents();
        phone.bank.answers(status, body);
        prop_assert!(phone.run().is_err());
        prop_assert_eq!(phone.contents(), before);
    }
}
