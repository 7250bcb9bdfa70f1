//! How SQLite goes about each question a screen asks: by look-ups, never by a scan or a sort.

use std::sync::Arc;

use guichet_foundation::ports::fakes::{FakeEntropy, FakeStore};
use guichet_vault::rusqlite::types::Value;
use guichet_vault::rusqlite::{Connection, params_from_iter};
use guichet_vault::{RootKey, Vault, VaultFailure};

use crate::ledger::{account_sql, accounts_sql, page_sql, recent_sql, search_sql, transaction_sql};
use crate::schema;

fn plan(connection: &Connection, sql: &str) -> Result<Vec<String>, VaultFailure> {
    let mut statement = connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}"))?;
    let parameters = vec![Value::from("a".to_owned()); statement.parameter_count()];
    let rows = statement.query_map(params_from_iter(parameters), |row| row.get("detail"))?;
    Ok(rows.collect::<Result<_, _>>()?)
}

fn plan_of(sql: &str) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let store = Arc::new(FakeStore::default());
    let vault = Vault::new(folder.path().to_owned(), store, vec![schema()]);
    vault.open(&RootKey::make(&FakeEntropy::seeded(1))).unwrap();
    vault.read(|connection| plan(connection, sql)).unwrap()
}

#[test]
fn a_page_of_an_account_is_one_descent_of_its_index() {
    assert_eq!(
        plan_of(&page_sql()),
        [
            "SEARCH a USING INDEX sqlite_autoindex_ledger_account_1 (account_id=?)",
            "SEARCH t USING INDEX ledger_transaction_account (account=? AND rowid<?)",
        ]
    );
}

#[test]
fn the_newest_transactions_are_the_end_of_the_table() {
    // A scan in name: it walks back from the last row and stops at the limit.
    assert_eq!(plan_of(&recent_sql()), ["SCAN t", "SEARCH a USING INTEGER PRIMARY KEY (rowid=?)"]);
}

#[test]
fn a_search_walks_the_hits_newest_first() {
    let plan = plan_of(&search_sql());
    assert!(plan[0].starts_with("SCAN s VIRTUAL TABLE INDEX"), "{plan:?}");
    assert_eq!(
        plan[1..],
        [
            "SEARCH t USING INTEGER PRIMARY KEY (rowid=?)",
            "SEARCH a USING INTEGER PRIMARY KEY (rowid=?)",
        ]
    );
}

#[test]
fn one_account_and_one_transaction_are_found_by_their_ids() {
    assert_eq!(
        plan_of(&account_sql()),
        ["SEARCH ledger_account USING INDEX sqlite_autoindex_ledger_account_1 (account_id=?)"]
    );
    assert_eq!(
        plan_of(&transaction_sql())[0],
        "SEARCH t USING INDEX sqlite_autoindex_ledger_transaction_1 (transaction_id=?)"
    );
}

#[test]
fn accounts_come_in_their_stored_order() {
    assert_eq!(plan_of(&accounts_sql()), ["SCAN ledger_account"]);
}

#[test]
fn a_sort_would_show() {
    let sorted = "SELECT minor FROM ledger_transaction ORDER BY minor";
    assert!(plan_of(sorted).iter().any(|step| step.contains("TEMP B-TREE")));
}
