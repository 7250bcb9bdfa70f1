//! Search, as people look for things.

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::bank::{Phone, account, named, page, transaction};

fn phone_with(rows: &[Json]) -> Phone {
    let phone = Phone::new();
    phone.take(&page("1", &[account("a", 1)], rows, &[]));
    phone
}

fn street() -> Phone {
    let noted = |mut row: Json, note: &str| {
        row["note"] = json!(note);
        row
    };
    let paid_to = |mut row: Json, number: &str| {
        row["counterparty"]["account"] = json!(number);
        row
    };
    phone_with(&[
        named(transaction("coffee", "a", 1, -3850), Some("Blue Bottle Café"), Some("蓝瓶咖啡")),
        named(transaction("salary", "a", 2, 1_234_500), None, Some("上海星辰科技有限公司")),
        noted(
            named(transaction("rent", "a", 3, -420_000), Some("Mr Wang"), Some("王先生")),
            "三月房租",
        ),
        paid_to(
            named(transaction("mother", "a", 4, -50_000), None, Some("李秀英")),
            "6217000010001234567",
        ),
        named(transaction("cake", "a", 5, -8_500), Some("85°C Bakery"), Some("85度C")),
    ])
}

fn found(phone: &Phone, typed: &str) -> Vec<String> {
    let page = phone.ledger.search(typed, None, 100).unwrap();
    page.transactions.iter().map(|t| t.id.to_string()).collect()
}

#[test]
fn people_find_what_they_look_for() {
    let phone = street();
    for (typed, expected) in [
        ("咖", vec!["coffee"]),
        ("瓶咖", vec!["coffee"]),
        ("星辰科技", vec!["salary"]),
        ("科星", vec![]),
        ("房租", vec!["rent"]),
        ("blue", vec!["coffee"]),
        ("BOTT", vec!["coffee"]),
        ("cafe", vec!["coffee"]),
        ("ottle", vec![]),
        ("blue 咖啡", vec!["coffee"]),
        ("blue 房租", vec![]),
        ("38.50", vec!["coffee"]),
        ("38.5", vec!["coffee"]),
        ("38", vec!["coffee"]),
        ("-¥38.50", vec!["coffee"]),
        ("３８．５０", vec!["coffee"]),
        ("12,345.00", vec!["salary"]),
        ("12345", vec!["salary"]),
        ("4567", vec!["mother"]),
        ("6217 0000", vec!["mother"]),
        ("6217000010001234567", vec!["mother"]),
        ("85度", vec!["cake"]),
        ("85", vec!["cake"]),
        ("", vec![]),
        (" % ", vec![]),
    ] {
        assert_eq!(found(&phone, typed), expected, "{typed}");
    }
}

#[test]
fn hits_come_newest_first_in_pages() {
    let rows: Vec<Json> = (0..7).map(|n| transaction(&format!("t{n}"), "a", n, 1)).collect();
    let phone = phone_with(&rows);
    let first = phone.ledger.search("咖啡", None, 3).unwrap();
    let ids = |page: &guichet_ledger::Page| {
        page.transactions.iter().map(|t| t.id.to_string()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&first), ["t6", "t5", "t4"]);
    let second = phone.ledger.search("咖啡", first.next, 3).unwrap();
    assert_eq!(ids(&second), ["t3", "t2", "t1"]);
    let third = phone.ledger.search("咖啡", second.next, 3).unwrap();
    assert_eq!((ids(&third), third.next), (vec!["t0".to_owned()], None));
}

#[test]
fn a_changed_name_is_found_and_the_old_one_is_not() {
    let phone = phone_with(&[named(transaction("t", "a", 1, 1), Some("Before"), None)]);
    phone.take(&page("2", &[], &[named(transaction("t", "a", 1, 1), Some("After"), None)], &[]));
    assert_eq!(found(&phone, "after"), ["t"]);
    assert!(found(&phone, "before").is_empty());
}

/// What `typed` finds by the rule a person would give, written apart from the index: every term stands in a name, or begins a word
/// of it, or begins the amount.
fn matches(typed: &str, en: &str, zh: &str, minor: i64) -> bool {
    let amount = format!("{}.{:02}", minor.abs() / 100, minor.abs() % 100);
    typed.split_whitespace().all(|term| {
        let chinese = term.chars().any(|c| c > '\u{2E80}');
        if chinese {
            zh.split_whitespace().any(|part| part.contains(term))
        } else {
            let begins = |text: &str| {
                text.split_whitespace()
                    .any(|word| word.to_lowercase().starts_with(&term.to_lowercase()))
            };
            begins(en) || amount.starts_with(term)
        }
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn search_finds_what_reading_everything_finds(
        rows in prop::collection::vec(("[a-cA-C]{1,3}( [a-c]{1,3}){0,2}", "[上海王李]{1,6}", -2_000_i64..2_000), 1..25),
        queries in prop::collection::vec("([a-c]{1,3}|[上海王李]{1,3}|1[0-9]?(\\.[0-9]{1,2})?)( [a-c]{1,2}| [海李]{1,2})?", 8),
    ) {
        let stored: Vec<Json> = rows
            .iter()
            .zip(0..)
            .map(|((en, zh, minor), n)| {
                named(transaction(&format!("t{n:02}"), "a", n, *minor), Some(en), Some(zh))
            })
            .collect();
        let phone = phone_with(&stored);
        for typed in queries {
            let expected: Vec<String> = rows
                .iter()
                .enumerate()
                .rev()
                .filter(|(_, (en, zh, minor))| matches(&typed, en, zh, *minor))
                .map(|(n, _)| format!("t{n:02}"))
                .collect();
            prop_assert_eq!(found(&phone, &typed), expected, "{}", typed);
        }
    }

    #[test]
    fn nothing_typed_is_an_operator_or_an_error(typed in "\\PC{0,80}") {
        let phone = street();
        prop_assert!(phone.ledger.search(&typed, None, 10).is_ok());
    }
}
