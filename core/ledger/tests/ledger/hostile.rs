//! Pages that are not what they should be leave everything as it was.

use guichet_ledger::{IngestRefusal, SyncPage};
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::bank::{Phone, account, money, page, parse, transaction};

fn phone() -> Phone {
    let phone = Phone::new();
    phone.take(&page("1", &[account("a", 1)], &[transaction("t", "a", 0, 1)], &[]));
    phone
}

fn refusal(phone: &Phone, body: &[u8]) -> Option<IngestRefusal> {
    let asked = phone.ledger.cursor().unwrap();
    SyncPage::parse(body).and_then(|page| phone.ledger.ingest(asked.as_ref(), &page)).err()
}

fn assert_refused(what: &str, body: &[u8], why: IngestRefusal) {
    let phone = phone();
    let before = phone.content();
    assert_eq!(refusal(&phone, body), Some(why), "{what}");
    assert_eq!(phone.content(), before, "{what}");
}

fn good() -> Json {
    page(
        "2",
        &[account("a", 2)],
        &[transaction("t", "a", 5, 9), transaction("u", "a", 6, 9)],
        &["x"],
    )
}

#[test]
fn invariant_10_whole_or_nothing_each_wrong_member_refuses_the_page() {
    for (pointer, wrong) in [
        ("/cursor", json!("")),
        ("/cursor", json!("x".repeat(4097))),
        ("/cursor", json!(5)),
        ("/more", json!("yes")),
        ("/as_of", json!("yesterday")),
        ("/as_of", json!("2026-03-01T09:30:00+08:00")),
        ("/accounts", json!({})),
        ("/accounts/0/account_id", json!("../x")),
        ("/accounts/0/number", json!("12")),
        ("/accounts/0/name", json!({})),
        ("/accounts/0/currency", json!("XAU")),
        ("/accounts/0/booked/minor", json!(5)),
        ("/accounts/0/booked/minor", json!("-0")),
        ("/accounts/0/booked/minor", json!("05")),
        ("/accounts/0/booked/minor", json!("9223372036854775808")),
        ("/accounts/0/can_pay", json!(1)),
        ("/transactions/1/transaction_id", json!("")),
        ("/transactions/1/status", json!("maybe")),
        ("/transactions/1/at", json!(1_767_225_600)),
        ("/transactions/1/amount", json!("1.00")),
        ("/transactions/1/amount/minor", json!("1e3")),
        ("/transactions/1/kind", json!(7)),
        ("/transactions/1/counterparty", json!(null)),
        ("/removed/0", json!("a b")),
        ("/removed", json!(null)),
    ] {
        let mut bad = good();
        *bad.pointer_mut(pointer).unwrap() = wrong;
        assert_refused(pointer, bad.to_string().as_bytes(), IngestRefusal::Unreadable);
    }
    for (what, member, wrong) in [
        ("intent", "intent_id", json!("936DA01F-9ABD-4D9D-80C7-02AF85C822A8")),
        ("refunded", "refund_of", json!("")),
        ("note", "note", json!(["a"])),
    ] {
        let mut bad = good();
        bad["transactions"][0][member] = wrong;
        assert_refused(what, bad.to_string().as_bytes(), IngestRefusal::Unreadable);
    }
}

#[test]
fn invariant_10_whole_or_nothing_pages_that_contradict_themselves_are_refused() {
    let euros = json!({"currency": "EUR", "minor": "5"});
    let mut bad = good();
    bad["transactions"][1]["amount"] = euros.clone();
    assert_refused("amount", bad.to_string().as_bytes(), IngestRefusal::WrongCurrency);
    let mut bad = good();
    bad["accounts"][0]["available"] = euros.clone();
    assert_refused("balance", bad.to_string().as_bytes(), IngestRefusal::WrongCurrency);
    let mut bad = good();
    bad["accounts"][0]["currency"] = json!("EUR");
    bad["accounts"][0]["booked"] = euros.clone();
    bad["accounts"][0]["available"] = euros;
    assert_refused("account", bad.to_string().as_bytes(), IngestRefusal::WrongCurrency);
    let mut bad = good();
    bad["transactions"][1]["account_id"] = json!("nobody");
    assert_refused("owner", bad.to_string().as_bytes(), IngestRefusal::UnknownAccount);
}

#[test]
fn invariant_10_whole_or_nothing_too_many_rows_are_refused() {
    let rows: Vec<Json> = (0..1001).map(|n| transaction(&format!("n{n}"), "a", n, 1)).collect();
    let many = page("2", &[], &rows, &[]).to_string();
    assert_refused("transactions", many.as_bytes(), IngestRefusal::TooMany);
    let mut many = page("2", &[], &[], &[]);
    many["removed"] = (0..1001).map(|n| format!("n{n}")).collect();
    assert_refused("removed", many.to_string().as_bytes(), IngestRefusal::TooMany);
    let enough = page("2", &[], &rows[..1000], &[]);
    phone().take(&enough);
}

#[test]
fn a_good_page_is_taken() {
    let phone = phone();
    let before = phone.content();
    assert_eq!(refusal(&phone, good().to_string().as_bytes()), None);
    assert_ne!(phone.content(), before);
}

#[test]
fn invariant_07_silent_refusals_and_pages_print_no_content() {
    let mut bad = good();
    bad["accounts"][0]["number"] = json!("李明 6222");
    let why = SyncPage::parse(bad.to_string().as_bytes()).unwrap_err();
    let mut noted = good();
    noted["transactions"][0]["note"] = json!("for 李明");
    let shown = format!("{why} {why:?} {:?}", parse(&noted));
    for secret in ["李明", "6222", "活期", "Everyday", "Blue", "蓝瓶"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
    assert_eq!(money(1)["currency"], "CNY");
}

/// Any JSON, with the protocol's own member names among its keys.
fn any_json() -> impl Strategy<Value = Json> {
    let leaf = prop_oneof![
        Just(Json::Null),
        any::<bool>().prop_map(Json::from),
        any::<i64>().prop_map(Json::from),
        "\\PC{0,12}".prop_map(Json::from),
        Just(json!({"currency": "CNY", "minor": "1"})),
        Just(json!("2026-03-01T09:30:00Z")),
    ];
    let key = prop::sample::select(vec![
        "cursor",
        "more",
        "as_of",
        "accounts",
        "transactions",
        "removed",
        "account_id",
        "amount",
        "name",
    ]);
    leaf.prop_recursive(3, 24, 4, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Json::from),
            prop::collection::btree_map(key.clone().prop_map(str::to_owned), inner, 0..4)
                .prop_map(|map| Json::Object(map.into_iter().collect())),
        ]
    })
}

/// Every place of a value, as JSON pointers.
fn places(value: &Json, here: &str, all: &mut Vec<String>) {
    all.push(here.to_owned());
    match value {
        Json::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                places(item, &format!("{here}/{index}"), all);
            }
        }
        Json::Object(members) => {
            for (name, item) in members {
                places(item, &format!("{here}/{name}"), all);
            }
        }
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn invariant_10_whole_or_nothing_whatever_stands_in_a_page(
        place in any::<prop::sample::Index>(),
        put in any_json(),
    ) {
        let mut altered = good();
        let mut all = Vec::new();
        places(&altered, "", &mut all);
        *altered.pointer_mut(place.get::<String>(&all)).unwrap() = put;
        let phone = phone();
        let before = phone.content();
        if refusal(&phone, altered.to_string().as_bytes()).is_some() {
            prop_assert_eq!(phone.content(), before);
        }
    }

    #[test]
    fn invariant_10_whole_or_nothing_whatever_bytes_come(
        cut in any::<prop::sample::Index>(),
        flipped in any::<prop::sample::Index>(),
        noise in any::<u8>(),
    ) {
        let mut body = good().to_string().into_bytes();
        let place = flipped.index(body.len());
        body[place] ^= noise;
        body.truncate(cut.index(body.len()) + 1);
        let phone = phone();
        let before = phone.content();
        if refusal(&phone, &body).is_some() {
            prop_assert_eq!(phone.content(), before);
        }
    }
}
