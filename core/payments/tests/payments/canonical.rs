//! Canonical bytes and words, for whatever people type.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use guichet_foundation::account_number::AccountNumber;
use guichet_foundation::ids::IntentId;
use guichet_foundation::locale::Locale;
use guichet_foundation::money::{Currency, Money};
use guichet_foundation::text::{Note, PartyName};
use guichet_foundation::time::Timestamp;
use guichet_payments::{
    Arrival, Circumstances, Frozen, NotFrozen, Payee, Payer, Terms, TextDigest, Transfer, render,
};
use proptest::prelude::*;
use serde_json::{Map, Value};

fn account() -> impl Strategy<Value = AccountNumber> {
    "[0-9A-Z]{8,34}".prop_map(|text| text.parse().unwrap())
}

fn name() -> impl Strategy<Value = PartyName> {
    prop_oneof![
        "[\\PC\"\\\\/{}]{1,70}",
        "[李娜王芳a-z ]{1,20}",
        Just("\u{1F382}\"\\/\u{7F}é".replace('\u{7F}', "")),
    ]
    .prop_filter_map("not a name", |text| PartyName::from_entry(&text).ok())
}

fn note() -> impl Strategy<Value = Note> {
    "[\\PC{}\"\\\\]{0,140}".prop_filter_map("not a note", |text| Note::from_entry(&text).ok())
}

fn currency() -> impl Strategy<Value = Currency> {
    prop::sample::select(vec!["CNY", "JPY", "BHD", "USD"]).prop_map(|code| code.parse().unwrap())
}

prop_compose! {
    fn terms()(
        from in account(), to in account(), name in name(), note in note(),
        currency in currency(), minor in 1..=i64::MAX,
        arrives in prop::sample::select(vec![Arrival::Now, Arrival::In2Hours, Arrival::NextDay]),
    ) -> Terms {
        Terms::Transfer(Transfer {
            from: Payer { account: from },
            to: Payee { account: to, name },
            amount: Money::new(currency, minor),
            note,
            arrives,
        })
    }
}

prop_compose! {
    fn frozen()(
        terms in terms(), id in any::<[u8; 16]>(), challenge in any::<[u8; 32]>(),
        created in 0..4_000_000_000_i64, lifetime in 1..=300_i64, chinese in any::<bool>(),
    ) -> Frozen {
        let created = Timestamp::from_unix_seconds(created).unwrap();
        let around = Circumstances {
            id: IntentId::from_random(id),
            issuer: "https://localhost:8443".to_owned(),
            device: "dev-1".parse().unwrap(),
            challenge: Base64UrlUnpadded::encode_string(&challenge).try_into().unwrap(),
            created,
            expires: created.shifted(lifetime),
            locale: if chinese { Locale::ZhCn } else { Locale::En },
        };
        Frozen::freeze(terms, around).unwrap()
    }
}

/// The object in another spelling: members in reverse, every character of a text escaped.
fn respelled(value: &Value) -> String {
    match value {
        Value::Object(members) => {
            let members: Vec<String> = members
                .iter()
                .rev()
                .map(|(name, value)| format!("{} : {}", escaped(name), respelled(value)))
                .collect();
            format!("{{ {} }}", members.join(",\n"))
        }
        Value::String(text) => escaped(text),
        other => other.to_string(),
    }
}

fn escaped(text: &str) -> String {
    let units: Vec<String> = text.encode_utf16().map(|unit| format!("\\u{unit:04X}")).collect();
    format!("\"{}\"", units.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn another_implementation_of_rfc_8785_writes_the_same_bytes(frozen in frozen()) {
        let value: Value = serde_json::from_slice(frozen.bytes()).unwrap();
        prop_assert_eq!(serde_jcs::to_vec(&value).unwrap(), frozen.bytes());
        let respelled: Value = serde_json::from_str(&respelled(&value)).unwrap();
        prop_assert_eq!(serde_jcs::to_vec(&respelled).unwrap(), frozen.bytes());
    }

    #[test]
    fn only_the_canonical_spelling_thaws(frozen in frozen(), at in any::<prop::sample::Index>()) {
        let thawed = Frozen::thaw(frozen.bytes().to_vec()).unwrap();
        prop_assert_eq!(&thawed, &frozen);
        prop_assert_eq!(thawed.text().expose(), frozen.text().expose());
        prop_assert_eq!(thawed.text_digest(), TextDigest::of(frozen.text().expose()));

        let value: Value = serde_json::from_slice(frozen.bytes()).unwrap();
        let other = respelled(&value).into_bytes();
        prop_assert_eq!(Frozen::thaw(other), Err(NotFrozen::NotCanonical));
        let pretty = serde_json::to_vec_pretty(&value).unwrap();
        prop_assert_eq!(Frozen::thaw(pretty), Err(NotFrozen::NotCanonical));
        let cut = at.index(frozen.bytes().len());
        prop_assert!(Frozen::thaw(frozen.bytes()[..cut].to_vec()).is_err());
    }

    #[test]
    fn invariant_03_seen_is_signed_other_terms_under_the_same_words_never_thaw(
        frozen in frozen(), other in terms()
    ) {
        prop_assume!(amount_of(&frozen.intent().terms).digits() != amount_of(&other).digits());
        let mut value: Value = serde_json::from_slice(frozen.bytes()).unwrap();
        value["terms"] = serde_json::to_value(&other).unwrap();
        let altered = serde_jcs::to_vec(&value).unwrap();
        prop_assert_eq!(Frozen::thaw(altered), Err(NotFrozen::OtherWords));
    }

    #[test]
    fn what_is_signed_begins_with_its_domain_and_ends_with_the_bytes(frozen in frozen()) {
        let input = frozen.signing_input();
        let (domain, bytes) = input.split_at(18);
        prop_assert_eq!(domain, b"GUICHET-INTENT-V1\n");
        prop_assert_eq!(bytes, frozen.bytes());
    }

    #[test]
    fn words_show_every_part_of_the_terms(terms in terms()) {
        let Terms::Transfer(transfer) = &terms else { unreachable!() };
        for locale in Locale::ALL {
            let text = render(&terms, locale).unwrap().into_exposed();
            let lines: Vec<&str> = text.lines().collect();
            prop_assert_eq!(lines.len(), 4
                + usize::from(!transfer.note.expose().is_empty())
                + usize::from(transfer.arrives != Arrival::Now));
            prop_assert!(lines[0].ends_with(&amount(transfer.amount)), "{}", text);
            prop_assert!(lines[1].ends_with(transfer.to.name.expose()));
            let account = lines[2].replace(' ', "");
            prop_assert!(account.ends_with(transfer.to.account.expose()));
            let from = transfer.from.account.expose();
            let last_four = format!("••{}", &from[from.len() - 4..]);
            prop_assert!(lines[3].ends_with(&last_four));
        }
    }

    #[test]
    fn different_terms_have_different_words(a in terms(), b in terms()) {
        prop_assume!(a != b);
        let (Terms::Transfer(x), Terms::Transfer(y)) = (&a, &b) else { unreachable!() };
        prop_assume!(x.from.account.masked() != y.from.account.masked()
            || (&x.amount, &x.to, &x.note, x.arrives) != (&y.amount, &y.to, &y.note, y.arrives));
        prop_assert_ne!(
            render(&a, Locale::En).unwrap().into_exposed(),
            render(&b, Locale::En).unwrap().into_exposed()
        );
    }

    #[test]
    fn anything_else_never_thaws(bytes in prop::collection::vec(any::<u8>(), 0..300)) {
        prop_assert!(Frozen::thaw(bytes).is_err());
    }
}

fn amount_of(terms: &Terms) -> Money {
    terms.amount().unwrap()
}

/// The amount in words, computed digit by digit from the right.
fn amount(money: Money) -> String {
    let places = money.currency().minor_digits();
    let mut rest = money.minor();
    let mut reversed = String::new();
    for _ in 0..places {
        reversed.push(char::from(b'0' + u8::try_from(rest % 10).unwrap()));
        rest /= 10;
    }
    if places > 0 {
        reversed.push('.');
    }
    let mut digits = 0;
    loop {
        reversed.push(char::from(b'0' + u8::try_from(rest % 10).unwrap()));
        (rest, digits) = (rest / 10, digits + 1);
        if rest == 0 {
            break;
        }
        if digits % 3 == 0 {
            reversed.push(',');
        }
    }
    format!("{} {}", money.currency().code(), reversed.chars().rev().collect::<String>())
}

fn sample() -> Map<String, Value> {
    let created = Timestamp::from_unix_seconds(1_772_357_400).unwrap();
    let transfer = serde_json::json!({
        "kind": "transfer", "from": {"account": "6222021000112233445"},
        "to": {"account": "6222021000998877665", "name": "李娜"},
        "amount": {"currency": "CNY", "minor": "123450"}, "note": "", "arrives": "now",
    });
    let around = Circumstances {
        id: IntentId::from_random([9; 16]),
        issuer: "https://bank.example".to_owned(),
        device: "dev-1".parse().unwrap(),
        challenge: Base64UrlUnpadded::encode_string(&[1; 32]).try_into().unwrap(),
        created,
        expires: created.shifted(300),
        locale: Locale::En,
    };
    let frozen = Frozen::freeze(serde_json::from_value(transfer).unwrap(), around).unwrap();
    serde_json::from_slice(frozen.bytes()).unwrap()
}

fn thaw(members: &Map<String, Value>) -> Result<Frozen, NotFrozen> {
    Frozen::thaw(serde_jcs::to_vec(members).unwrap())
}

#[test]
fn an_intent_has_exactly_its_members() {
    let good = sample();
    assert!(thaw(&good).is_ok());
    for name in good.keys() {
        let mut less = good.clone();
        less.remove(name);
        assert_eq!(thaw(&less), Err(NotFrozen::NotAnIntent), "without {name}");
    }
    let mut more = good;
    more.insert("memo".to_owned(), Value::Null);
    assert_eq!(thaw(&more), Err(NotFrozen::NotAnIntent));
}

#[test]
fn closed_members_take_no_other_value() {
    for (name, value, refusal) in [
        ("v", serde_json::json!(2), NotFrozen::NotAnIntent),
        ("v", serde_json::json!("1"), NotFrozen::NotAnIntent),
        ("suite", serde_json::json!("none"), NotFrozen::NotAnIntent),
        ("id", serde_json::json!("09090909-0909-1909-8909-090909090909"), NotFrozen::NotAnIntent),
        ("challenge", serde_json::json!("AAAA"), NotFrozen::NotAnIntent),
        ("device", serde_json::json!("a/b"), NotFrozen::NotAnIntent),
        ("expires", serde_json::json!("2026-03-01T09:35:01Z"), NotFrozen::Lifetime),
        ("expires", serde_json::json!("2026-03-01T09:30:00Z"), NotFrozen::Lifetime),
        ("expires", serde_json::json!("2026-03-01T09:34:00.5Z"), NotFrozen::NotAnIntent),
    ] {
        let mut changed = sample();
        changed.insert(name.to_owned(), value.clone());
        assert_eq!(thaw(&changed), Err(refusal), "{name} = {value}");
    }
}

#[test]
fn an_amount_of_nothing_or_less_is_no_intent() {
    for minor in ["0", "-100"] {
        let mut changed = sample();
        changed["terms"]["amount"]["minor"] = Value::String(minor.to_owned());
        let terms: Terms = serde_json::from_value(changed["terms"].clone()).unwrap();
        let words = render(&terms, Locale::En).unwrap().into_exposed();
        changed["display"]["sha256"] = serde_json::to_value(TextDigest::of(&words)).unwrap();
        assert_eq!(thaw(&changed), Err(NotFrozen::Amount), "{minor}");
    }
}
