//! Bytes that are no intent, though nearly.

use guichet_bank::intents::{Intent, SubmitError};
use proptest::prelude::*;

use crate::harness::*;

fn text(intent: &Intent) -> String {
    String::from_utf8(intent.canonical_bytes().unwrap()).unwrap()
}

fn is_malformed(books: &Books, bytes: &[u8]) -> bool {
    let approval = key(11).sign(&guichet_bank::intents::signing_input(bytes)).to_vec();
    let outcome = books.submit(&ann(), &Submission { bytes: bytes.to_vec(), approval });
    matches!(outcome, Err(SubmitError::Malformed(_)))
}

#[test]
fn every_other_spelling_of_an_intent_is_malformed() {
    let books = Books::new();
    let good = text(&books.lunch());
    let replaced = |from: &str, to: &str| {
        assert!(good.contains(from), "{from}");
        good.replacen(from, to, 1)
    };
    let spellings = [
        format!(" {good}"),
        format!("{good}\n"),
        format!("\u{feff}{good}"),
        good.replace(':', ": "),
        replaced(r#""v":1}"#, r#""v":1.0}"#),
        replaced(r#""v":1}"#, r#""v":1e0}"#),
        replaced(r#""v":1}"#, r#""v":"1"}"#),
        replaced(r#""v":1}"#, r#""v":2}"#),
        replaced(r#""v":1}"#, r#""v":1,"v":1}"#),
        replaced(r#""v":1}"#, r#""v":1,"w":1}"#),
        replaced(r#","v":1}"#, "}"),
        replaced(r#"{"aud""#, r#"{"v":1,"aud""#),
        replaced("Lunch", r"\u004cunch"),
        replaced("Lunch", r"Lun\/ch"),
        replaced("Lunch", r"\ud800"),
        replaced(r#""suite":"ES256""#, r#""suite":"none""#),
        replaced(r#""kind":"transfer""#, r#""kind":"loan""#),
        replaced(r#""locale":"en""#, r#""locale":"fr""#),
        replaced(r#""minor":"1234""#, r#""minor":1234"#),
        replaced(r#""minor":"1234""#, r#""minor":"01234""#),
        replaced(r#""minor":"1234""#, r#""minor":"-0""#),
        replaced(r#""minor":"1234""#, r#""minor":"12.34""#),
        replaced(r#""currency":"CNY""#, r#""currency":"cny""#),
        replaced(r#""currency":"CNY""#, r#""currency":"XYZ""#),
        replaced(r#"{"currency":"CNY","minor":"1234"}"#, r#"["CNY","1234"]"#),
        replaced(r#""note":"Lunch","#, ""),
        replaced(r#""note":"Lunch""#, r#""note":null"#),
        replaced("04:00:00Z", "04:00:00.000Z"),
        replaced("04:00:00Z", "04:00:00+00:00"),
        replaced("04:05:00Z", "04:05:01Z"),
        replaced("04:05:00Z", "03:59:59Z"),
        replaced(BO, "9999-0001-1000"),
        replaced(BO, "1234567"),
        replaced(ANN, &"9".repeat(35)),
        String::new(),
        "null".to_owned(),
        "[]".to_owned(),
    ];
    for spelling in spellings {
        assert!(is_malformed(&books, spelling.as_bytes()), "{spelling}");
    }
    assert!(!is_malformed(&books, good.as_bytes()));
}

#[test]
fn ids_that_are_no_lower_case_random_uuids_are_malformed() {
    let books = Books::new();
    let intent = books.lunch();
    for id in [
        intent.id.to_uppercase(),
        intent.id.replace('-', ""),
        format!("{{{}}}", intent.id),
        "00000000-0000-0000-0000-000000000000".to_owned(),
        "c232ab00-9414-11ec-b3c8-9f6bdeced846".to_owned(),
        "00000000-0000-4000-c000-000000000000".to_owned(),
        String::new(),
    ] {
        let mut other = intent.clone();
        other.id = id;
        // All digits stay as they are in upper case.
        assert!(
            other.id == intent.id || is_malformed(&books, &other.canonical_bytes().unwrap()),
            "{}",
            other.id
        );
    }
}

#[test]
fn invalid_utf8_is_malformed() {
    let books = Books::new();
    let mut bytes = text(&books.lunch()).into_bytes();
    let place = bytes.windows(5).position(|window| window == b"Lunch").unwrap();
    bytes[place] = 0xFF;
    assert!(is_malformed(&books, &bytes));
}

#[test]
fn malformed_bytes_decide_nothing() {
    let books = Books::new();
    let intent = books.lunch();
    assert!(is_malformed(&books, format!("{} ", text(&intent)).as_bytes()));
    assert_eq!(books.receipt(&ann(), &ann().approve(&intent))["outcome"], "executed");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn an_intent_and_its_bytes_are_one(
        name in "\\PC{1,70}",
        note in any::<String>(),
        minor in -i64::MAX..=i64::MAX,
        challenge in any::<String>(),
    ) {
        let mut intent = sample();
        transfer(&mut intent).to.name = name;
        transfer(&mut intent).note = note;
        transfer(&mut intent).amount = money(guichet_bank::money::CNY, minor);
        intent.challenge = challenge;
        let bytes = intent.canonical_bytes().unwrap();
        prop_assert_eq!(Intent::parse(&bytes).unwrap(), intent);
    }

    #[test]
    fn a_changed_byte_is_another_intent_or_none(place in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let intent = sample();
        let mut bytes = intent.canonical_bytes().unwrap();
        let place = place.index(bytes.len());
        prop_assume!(bytes[place] != byte);
        bytes[place] = byte;
        if let Ok(other) = Intent::parse(&bytes) {
            prop_assert_ne!(&other, &intent);
            prop_assert_eq!(other.canonical_bytes().unwrap(), bytes);
        }
    }

    #[test]
    fn bytes_from_anywhere_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Intent::parse(&bytes).is_err());
    }
}

fn sample() -> Intent {
    let json = r#"{"aud":"https://bank.test","challenge":"AA","created":"2026-03-02T04:00:00Z","device":"d-ann",
        "display":{"locale":"en","sha256":"AA"},"expires":"2026-03-02T04:05:00Z","id":"00000000-0000-4000-8000-000000000001",
        "suite":"ES256","terms":{"amount":{"currency":"CNY","minor":"1"},"arrives":"now","from":{"account":"12345678"},"kind":"transfer",
        "note":"","to":{"account":"87654321","name":"x"}},"v":1}"#;
    serde_json::from_str(json).unwrap()
}
