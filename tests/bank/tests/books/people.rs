//! The invented past: believable, balanced, the same for the same seed.

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::LazyLock;

use guichet_bank::audit;
use guichet_bank::people::{self, is_luhn_valid, sign_ins};
use guichet_bank::store::Store;
use jiff::Timestamp;
use rusqlite::Connection;
use tempfile::TempDir;

use crate::harness::NOON;

fn fresh(seed: u64, now: &str) -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("bank.sqlite");
    let store = Store::open(&path).unwrap();
    let now: Timestamp = now.parse().unwrap();
    store.write(|tx| people::seed(tx, seed, now).map_err(|error| panic_sql(&error))).unwrap();
    (folder, path)
}

fn panic_sql(error: &people::SeedError) -> rusqlite::Error {
    panic!("{error}")
}

static SEEDED: LazyLock<(TempDir, PathBuf)> = LazyLock::new(|| fresh(7, NOON));

fn books() -> Connection {
    Connection::open(&SEEDED.1).unwrap()
}

fn one<T: rusqlite::types::FromSql>(sql: &str) -> T {
    books().query_row(sql, [], |row| row.get(0)).unwrap_or_else(|error| panic!("{sql}: {error}"))
}

/// Everything customers see, as one text.
fn told(path: &PathBuf) -> String {
    let conn = Connection::open(path).unwrap();
    let sql = "SELECT group_concat(movement_id || at || minor || kind || counterparty_zh || coalesce(note, ''), ';') \
               FROM (SELECT * FROM movement ORDER BY movement_id)";
    conn.query_row(sql, [], |row| row.get(0)).unwrap()
}

#[test]
fn invariant_01_the_invented_books_are_conserved() {
    let report = audit::report(&books()).unwrap();
    assert!(report.conserved, "{report:?}");
    assert_eq!(report.sums.keys().collect::<Vec<_>>(), ["CNY", "JPY", "USD"]);
}

#[test]
fn the_same_seed_tells_the_same_lives_and_another_others() {
    let (_again, again) = fresh(7, NOON);
    let (_other, other) = fresh(8, NOON);
    assert!(told(&SEEDED.1) == told(&again));
    assert!(told(&SEEDED.1) != told(&other));
}

#[test]
fn lives_are_as_long_as_they_should_be() {
    let count = |customer: &str| {
        one::<i64>(&format!("SELECT count(*) FROM movement WHERE customer_id = '{customer}'"))
    };
    assert!((2_000..=4_000).contains(&count("c-1001")), "{}", count("c-1001"));
    assert!((5_000..=8_000).contains(&count("c-1002")), "{}", count("c-1002"));
    assert!((800..=2_500).contains(&count("c-1003")), "{}", count("c-1003"));
    assert!((600..=1_800).contains(&count("c-1004")), "{}", count("c-1004"));
}

#[test]
fn the_past_reaches_from_two_years_ago_to_now_and_not_beyond() {
    let now = NOON.parse::<Timestamp>().unwrap().as_second();
    assert!(one::<i64>("SELECT max(at) FROM movement") <= now);
    assert!(one::<i64>("SELECT max(at) FROM movement") > now - 86_400);
    assert!(one::<i64>("SELECT min(at) FROM movement") < now - 729 * 86_400);
    assert!(one::<i64>("SELECT min(at) FROM movement") > now - 732 * 86_400);
}

#[test]
fn every_account_has_its_number_and_a_sensible_balance() {
    let conn = books();
    let mut accounts = conn
        .prepare("SELECT number, kind, currency, booked FROM account WHERE customer_id IS NOT NULL")
        .unwrap();
    let accounts = accounts.query_map([], |row| {
        Ok((
            row.get::<_, String>(0)?,
            row.get::<_, String>(1)?,
            row.get::<_, String>(2)?,
            row.get::<_, i64>(3)?,
        ))
    });
    let mut kinds = BTreeMap::new();
    for (number, kind, currency, booked) in accounts.unwrap().map(Result::unwrap) {
        assert!(
            (16..=19).contains(&number.len())
                && number.starts_with("9999")
                && is_luhn_valid(&number),
            "{number}"
        );
        let sensible = match kind.as_str() {
            "card" => -3_000_000..=1,
            "current" => 10_000..=6_000_000,
            "savings" => 1_000_000..=60_000_000,
            _ => 1..=5_000_000,
        };
        assert!(sensible.contains(&booked), "{kind} {number} {booked} {currency}");
        *kinds.entry(kind).or_insert(0) += 1;
    }
    assert!(kinds["current"] == 4 && kinds["card"] >= 1 && kinds["foreign"] >= 1, "{kinds:?}");
}

#[test]
fn a_card_is_paid_off_every_month() {
    let payments = one::<i64>(
        "SELECT count(*) FROM movement JOIN account USING (account_id) \
         WHERE account.kind = 'card' AND movement.customer_id = 'c-1001' AND movement.kind = 'transfer' AND minor > 0",
    );
    assert!((22..=25).contains(&payments), "{payments}");
    let deepest = one::<i64>(
        "SELECT min(owed) FROM (SELECT sum(minor) OVER (PARTITION BY account_id ORDER BY at, movement.change) AS owed \
         FROM movement JOIN account USING (account_id) WHERE account.kind = 'card' AND status = 'booked')",
    );
    assert!((-3_000_000..-100_000).contains(&deepest), "{deepest}");
}

#[test]
fn every_kind_of_movement_happens() {
    let conn = books();
    let mut kinds = conn.prepare("SELECT DISTINCT kind FROM movement").unwrap();
    let kinds: Vec<String> =
        kinds.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect();
    for kind in [
        "salary",
        "pension",
        "transfer",
        "card",
        "qr",
        "subscription",
        "rent",
        "fee",
        "interest",
        "refund",
        "cash",
        "exchange",
        "bill",
    ] {
        assert!(kinds.iter().any(|known| known == kind), "{kind}");
    }
    assert!(one::<i64>("SELECT count(*) FROM movement WHERE status = 'pending'") >= 3);
}

#[test]
fn every_movement_is_named_in_both_languages() {
    assert_eq!(
        one::<i64>(
            "SELECT count(*) FROM movement WHERE counterparty_en IS NULL OR counterparty_zh IS NULL"
        ),
        0
    );
    assert_eq!(
        one::<i64>(
            "SELECT count(*) FROM movement WHERE counterparty_en = '' OR counterparty_zh = ''"
        ),
        0
    );
}

#[test]
fn refunds_give_back_what_was_paid_before() {
    assert!(one::<i64>("SELECT count(*) FROM movement WHERE refund_of IS NOT NULL") > 10);
    let odd = one::<i64>(
        "SELECT count(*) FROM movement AS back LEFT JOIN movement AS paid ON paid.movement_id = back.refund_of \
         WHERE back.refund_of IS NOT NULL \
         AND (paid.movement_id IS NULL OR paid.minor >= 0 OR back.minor > -paid.minor OR back.at < paid.at)",
    );
    assert_eq!(odd, 0);
}

#[test]
fn salaries_arrive_every_month_and_shops_sell_more_at_weekends() {
    let salaries = one::<i64>("SELECT count(*) FROM movement WHERE kind = 'salary'");
    assert!((24..=28).contains(&salaries), "{salaries}");
    let per_day = |weekend: &str| {
        one::<f64>(&format!(
            "SELECT avg(sales) FROM (SELECT count(*) AS sales, strftime('%w', at + 28800, 'unixepoch') AS day FROM movement \
             WHERE customer_id = 'c-1002' AND kind = 'qr' AND minor > 0 GROUP BY (at + 28800) / 86400) \
             WHERE (day IN ('0', '6')) = {weekend}"
        ))
    };
    assert!(per_day("TRUE") > per_day("FALSE") * 1.15);
}

#[test]
fn customers_can_be_paid_by_name_and_number() {
    let odd = one::<i64>(
        "SELECT count(*) FROM movement LEFT JOIN account ON number = counterparty_account \
         LEFT JOIN customer ON customer.customer_id = account.customer_id \
         WHERE counterparty_account IS NOT NULL AND (customer.name_zh IS NULL OR customer.name_zh <> counterparty_zh)",
    );
    assert_eq!(odd, 0);
    assert_eq!(sign_ins().len(), 4);
}

#[test]
fn the_bank_can_open_on_any_day_with_any_seed() {
    for (seed, now) in [
        (0, "2026-01-01T00:00:00Z"),
        (u64::MAX, "2027-02-28T15:59:59Z"),
        (3, "2031-10-07T23:00:00Z"),
    ] {
        let (_folder, path) = fresh(seed, now);
        assert!(audit::report(&Connection::open(path).unwrap()).unwrap().conserved);
    }
}
