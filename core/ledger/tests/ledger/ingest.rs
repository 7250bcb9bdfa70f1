//! Pages in.

use std::collections::BTreeMap;

use guichet_foundation::locale::Locale;
use guichet_ledger::{
    AccountKind, Category, Cursor, IngestRefusal, Ingested, Status, SyncPage, TransactionKind,
};
use guichet_vault::VaultFailure;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::bank::{Phone, account, money, page, parse, transaction};

fn cursor(text: &str) -> Cursor {
    Cursor::try_from(text.to_owned()).unwrap()
}

#[test]
fn everything_the_bank_says_is_stored() {
    let phone = Phone::new();
    let mut rich = transaction("t-1", "a-1", 0, -3850);
    rich["status"] = json!("pending");
    rich["note"] = json!("for coffee");
    rich["counterparty"]["account"] = json!("6217000010001234567");
    rich["intent_id"] = json!("936da01f-9abd-4d9d-80c7-02af85c822a8");
    rich["refund_of"] = json!("t-0");
    phone.take(&page("c-1", &[account("a-1", 100_000)], &[rich], &[]));

    let stored = &phone.ledger.accounts().unwrap()[0];
    assert_eq!(stored.kind, AccountKind::Current);
    assert_eq!(stored.number.expose(), "6222021000112233445");
    assert_eq!(stored.name.in_language(Locale::ZhCn), "活期账户");
    assert_eq!((stored.booked.minor(), stored.can_pay), (100_000, true));
    assert_eq!(phone.ledger.account(&"a-1".parse().unwrap()).unwrap().as_ref(), Some(stored));

    let found = phone.ledger.transaction(&"t-1".parse().unwrap()).unwrap().unwrap();
    assert_eq!(found.status, Status::Pending);
    assert_eq!(found.at.to_string(), "2026-01-01T00:00:00Z");
    assert_eq!(found.amount.with_code(), "CNY -38.50");
    assert_eq!((found.kind, found.category), (TransactionKind::Card, Category::Food));
    assert_eq!(found.counterparty.name.in_language(Locale::En), "Blue Bottle Coffee");
    assert_eq!(found.counterparty.account.unwrap().masked(), "••4567");
    assert_eq!(found.note.unwrap().expose(), "for coffee");
    assert!(found.intent_id.is_some() && found.refund_of.is_some());

    assert_eq!(phone.ledger.cursor().unwrap(), Some(cursor("c-1")));
    assert_eq!(phone.ledger.as_of().unwrap().unwrap().to_string(), "2026-03-01T09:30:00Z");
    assert!(phone.ledger.is_complete().unwrap());
}

#[test]
fn an_empty_ledger_says_so() {
    let phone = Phone::new();
    assert_eq!(phone.ledger.cursor(), Ok(None));
    assert_eq!(phone.ledger.as_of(), Ok(None));
    assert_eq!(phone.ledger.is_complete(), Ok(false));
    assert_eq!(phone.ledger.accounts(), Ok(vec![]));
    assert_eq!(phone.ledger.account(&"a".parse().unwrap()), Ok(None));
}

#[test]
fn invariant_11_locked_a_locked_ledger_says_nothing() {
    let phone = Phone::new();
    phone.take(&page("c", &[account("a", 1)], &[], &[]));
    phone.vault.lock();
    assert_eq!(phone.ledger.accounts(), Err(VaultFailure::Locked));
    assert_eq!(phone.ledger.search("a", None, 1).unwrap_err(), VaultFailure::Locked);
    let late = parse(&page("d", &[], &[], &[]));
    let refused = phone.ledger.ingest(None, &late);
    assert_eq!(refused, Err(IngestRefusal::Vault(VaultFailure::Locked)));
}

#[test]
fn rows_replace_rows_and_removed_ones_go() {
    let phone = Phone::new();
    let pending = |id| {
        let mut row = transaction(id, "a", 0, -1);
        row["status"] = json!("pending");
        row
    };
    phone.take(&page("1", &[account("a", 5)], &[pending("t-1"), pending("t-2")], &[]));
    // Booked under the same id, a day later; the other one is gone.
    phone.take(&page(
        "2",
        &[account("a", 4)],
        &[transaction("t-1", "a", 86_400, -2)],
        &["t-2", "t-9"],
    ));
    let left = phone.all_of("a");
    assert_eq!(left.len(), 1);
    assert_eq!((left[0].status, left[0].amount.minor()), (Status::Booked, -2));
    assert_eq!(phone.ledger.accounts().unwrap()[0].booked.minor(), 4);
    assert_eq!(phone.ledger.search("blue", None, 10).unwrap().transactions, left);
}

#[test]
fn a_late_answer_of_an_older_request_is_refused() {
    let phone = Phone::new();
    let first = parse(&page("1", &[account("a", 5)], &[], &[]));
    let second = parse(&page("2", &[account("a", 4)], &[], &[]));
    phone.ledger.ingest(None, &first).unwrap();
    phone.ledger.ingest(Some(&cursor("1")), &second).unwrap();
    let before = phone.content();
    assert_eq!(phone.ledger.ingest(None, &first), Err(IngestRefusal::Stale));
    assert_eq!(phone.ledger.ingest(Some(&cursor("9")), &first), Err(IngestRefusal::Stale));
    let repeated = phone.ledger.ingest(Some(&cursor("1")), &second);
    assert_eq!(repeated, Ok(Ingested::default()));
    assert_eq!(phone.content(), before);
}

#[test]
fn open_words_are_kept_and_closed_ones_refused() {
    let phone = Phone::new();
    let mut new = transaction("t", "a", 0, 1);
    new["kind"] = json!("teleport");
    new["category"] = json!("other");
    phone.take(&page("1", &[account("a", 1)], &[new.clone()], &[]));
    let found = phone.ledger.transaction(&"t".parse().unwrap()).unwrap().unwrap();
    assert_eq!(found.kind, TransactionKind::Other("teleport".to_owned()));
    assert_eq!(found.category, Category::Unsorted);
    new["status"] = json!("imagined");
    let body = page("2", &[], &[new], &[]).to_string();
    assert_eq!(SyncPage::parse(body.as_bytes()), Err(IngestRefusal::Unreadable));
}

#[test]
fn members_nobody_knows_are_ignored() {
    let mut extra = page("1", &[account("a", 1)], &[transaction("t", "a", 0, 1)], &[]);
    extra["weather"] = json!({"sun": [1, 2, 3]});
    extra["accounts"][0]["colour"] = json!("red");
    extra["transactions"][0]["counterparty"]["mood"] = json!(null);
    Phone::new().take(&extra);
}

#[test]
fn clearing_for_a_resync_leaves_other_rooms_alone() {
    let phone = Phone::new();
    phone.take(&page("1", &[account("a", 1)], &[transaction("t", "a", 0, 1)], &[]));
    phone.ledger.clear_for_resync().unwrap();
    assert_eq!(phone.ledger.cursor(), Ok(None));
    assert_eq!(phone.ledger.accounts(), Ok(vec![]));
    assert!(phone.ledger.search("blue", None, 10).unwrap().transactions.is_empty());
    let outbox = phone.content().into_iter().find(|(name, _)| name == "outbox_intent").unwrap();
    assert_eq!(outbox.1.len(), 1);
    phone.take(&page("1", &[account("a", 1)], &[transaction("t", "a", 0, 1)], &[]));
    assert_eq!(phone.ledger.search("blue", None, 10).unwrap().transactions.len(), 1);
}

/// A change the bank makes: transaction `id` is now like this, or gone.
type Change = (u8, Option<(i64, i64)>);

fn changes() -> impl Strategy<Value = Vec<Change>> {
    let row = (0_i64..50, -9_i64..9);
    prop::collection::vec((0_u8..12, prop::option::weighted(0.8, row)), 0..40)
}

fn page_of(cursor: usize, changes: &[Change], with_account: bool) -> Json {
    let accounts: &[Json] = if with_account { &[account("a", 7)] } else { &[] };
    // Within a page the protocol applies rows first and removals after: only the last change of an id may stand in it.
    let last: BTreeMap<u8, Option<(i64, i64)>> = changes.iter().copied().collect();
    let name = |id: &u8| format!("t-{id}");
    let rows: Vec<Json> = last
        .iter()
        .filter_map(|(id, row)| row.map(|(at, minor)| transaction(&name(id), "a", at, minor)))
        .collect();
    let gone: Vec<String> =
        last.iter().filter(|(_, row)| row.is_none()).map(|(id, _)| name(id)).collect();
    let gone: Vec<&str> = gone.iter().map(String::as_str).collect();
    page(&cursor.to_string(), accounts, &rows, &gone)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]

    #[test]
    fn any_split_into_pages_with_any_repeats_gives_the_same_rows(
        all in changes(),
        cuts in prop::collection::vec(0_usize..40, 0..6),
        repeats in prop::collection::vec(any::<bool>(), 8),
    ) {
        let whole = Phone::new();
        whole.take(&page_of(1, &all, true));

        let split = Phone::new();
        let mut cuts: Vec<usize> = cuts.into_iter().map(|cut| cut.min(all.len())).collect();
        cuts.extend([0, all.len()]);
        cuts.sort_unstable();
        let mut asked: Option<Cursor> = None;
        for (number, ends) in cuts.windows(2).enumerate() {
            let next = parse(&page_of(number, &all[ends[0]..ends[1]], number == 0));
            split.ledger.ingest(asked.as_ref(), &next).unwrap();
            if repeats[number] {
                split.ledger.ingest(asked.as_ref(), &next).unwrap();
            }
            asked = Some(next.cursor);
        }
        prop_assert_eq!(split.visible(), whole.visible());
        prop_assert_eq!(
            split.ledger.search("blue", None, 500).unwrap(),
            whole.ledger.search("blue", None, 500).unwrap()
        );
    }
}

#[test]
fn the_same_page_twice_as_the_current_answer_changes_nothing() {
    // The bank has nothing new: the cursor stays, and each answer to it is applied.
    let phone = Phone::new();
    let same = page("1", &[account("a", 1)], &[transaction("t", "a", 0, 1)], &[]);
    phone.take(&same);
    let before = phone.visible();
    phone.take(&same);
    phone.take(&same);
    assert_eq!(phone.visible(), before);
}

#[test]
fn the_highest_and_lowest_amounts_survive() {
    let phone = Phone::new();
    let rows = [("t-1", i64::MAX), ("t-2", -i64::MAX), ("t-3", 0)];
    let rows = rows.map(|(id, minor)| transaction(id, "a", 0, minor));
    phone.take(&page("1", &[account("a", i64::MAX)], &rows, &[]));
    let mut found: Vec<i64> = phone.all_of("a").iter().map(|t| t.amount.minor()).collect();
    found.sort_unstable();
    assert_eq!(found, [-i64::MAX, 0, i64::MAX]);
    assert_eq!(money(-5)["minor"], "-5");
}
