//! A bank that writes sync pages, and a phone with a ledger to put them in.

use std::sync::Arc;

use guichet_foundation::ports::fakes::{FakeEntropy, FakeStore};
use guichet_ledger::{Ledger, SyncPage, Transaction};
use guichet_vault::rusqlite::types::Value;
use guichet_vault::{RootKey, Schema, Vault, VaultFailure};
use serde_json::{Value as Json, json};
use tempfile::TempDir;

/// Another room's table, which the ledger must leave alone.
const OUTBOX: Schema =
    Schema { room: "outbox", steps: &["CREATE TABLE outbox_intent (id TEXT NOT NULL) STRICT;"] };

pub(crate) struct Phone {
    pub(crate) ledger: Ledger,
    pub(crate) vault: Vault,
    _folder: TempDir,
}

impl Phone {
    pub(crate) fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let store = Arc::new(FakeStore::default());
        let schemas = vec![guichet_ledger::schema(), OUTBOX];
        let vault = Vault::new(folder.path().to_owned(), store, schemas);
        vault.open(&RootKey::make(&FakeEntropy::seeded(1))).unwrap();
        vault
            .write(|tx| {
                Ok::<_, VaultFailure>(tx.execute("INSERT INTO outbox_intent VALUES ('kept')", [])?)
            })
            .unwrap();
        Self { ledger: Ledger::new(vault.clone()), vault, _folder: folder }
    }

    /// Takes a page as the answer to whatever is asked now.
    pub(crate) fn take(&self, page: &Json) {
        let cursor = self.ledger.cursor().unwrap();
        self.ledger.ingest(cursor.as_ref(), &parse(page)).unwrap();
    }

    /// Every row of every table, the search index among them.
    pub(crate) fn content(&self) -> Vec<(String, Vec<Vec<Value>>)> {
        self.vault
            .read(|connection| {
                let mut names = connection.prepare(
                    "SELECT name FROM sqlite_schema WHERE type = 'table' AND sql NOT LIKE '%VIRTUAL%'
                     ORDER BY name",
                )?;
                let names: Vec<String> =
                    names.query_map([], |row| row.get(0))?.collect::<Result<_, _>>()?;
                let mut all = Vec::new();
                for name in names {
                    let mut statement = connection.prepare(&format!("SELECT * FROM {name}"))?;
                    let width = statement.column_count();
                    let rows = statement
                        .query_map([], |row| (0..width).map(|column| row.get(column)).collect())?
                        .collect::<Result<_, _>>()?;
                    all.push((name, rows));
                }
                Ok::<_, VaultFailure>(all)
            })
            .unwrap()
    }

    /// What a customer could see of it, all of it.
    pub(crate) fn visible(&self) -> (Vec<guichet_ledger::Account>, Vec<Vec<Transaction>>) {
        let accounts = self.ledger.accounts().unwrap();
        let lists = accounts.iter().map(|account| self.all_of(account.id.as_str())).collect();
        (accounts, lists)
    }

    pub(crate) fn all_of(&self, account: &str) -> Vec<Transaction> {
        let (mut all, mut before) = (Vec::new(), None);
        loop {
            let page = self.ledger.page(&account.parse().unwrap(), before, 3).unwrap();
            all.extend(page.transactions);
            before = page.next;
            if before.is_none() {
                return all;
            }
        }
    }
}

pub(crate) fn parse(page: &Json) -> SyncPage {
    SyncPage::parse(page.to_string().as_bytes()).unwrap()
}

pub(crate) fn money(minor: i64) -> Json {
    json!({"currency": "CNY", "minor": minor.to_string()})
}

pub(crate) fn account(id: &str, booked: i64) -> Json {
    json!({
        "account_id": id, "kind": "current", "number": "6222021000112233445",
        "name": {"en": "Everyday account", "zh-CN": "活期账户"}, "currency": "CNY",
        "booked": money(booked), "available": money(booked), "can_pay": true,
    })
}

pub(crate) fn transaction(id: &str, account: &str, seconds: i64, minor: i64) -> Json {
    let at =
        guichet_foundation::time::Timestamp::from_unix_seconds(1_767_225_600 + seconds).unwrap();
    json!({
        "transaction_id": id, "account_id": account, "status": "booked", "at": at.to_string(),
        "amount": money(minor), "kind": "card", "category": "food",
        "counterparty": {"name": {"en": "Blue Bottle Coffee", "zh-CN": "蓝瓶咖啡"}},
    })
}

pub(crate) fn named(mut transaction: Json, en: Option<&str>, zh: Option<&str>) -> Json {
    let mut name = json!({});
    if let Some(en) = en {
        name["en"] = json!(en);
    }
    if let Some(zh) = zh {
        name["zh-CN"] = json!(zh);
    }
    transaction["counterparty"]["name"] = name;
    transaction
}

pub(crate) fn page(
    cursor: &str,
    accounts: &[Json],
    transactions: &[Json],
    removed: &[&str],
) -> Json {
    json!({
        "cursor": cursor, "more": false, "as_of": "2026-03-01T09:30:00Z",
        "accounts": accounts, "transactions": transactions, "removed": removed,
    })
}
