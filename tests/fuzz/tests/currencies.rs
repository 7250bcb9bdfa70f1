//! Core and bank take their currencies from different tables: both must know the same ones, to the last digit.

#![allow(clippy::unwrap_used, reason = "what a test does not expect is its failure")]

use guichet_bank::{intents, money as bank};
use guichet_foundation::locale::Locale;
use guichet_foundation::money::{Currency, Money};
use guichet_payments::{Terms, render};
use serde_json::{Value, json};

fn codes() -> impl Iterator<Item = String> {
    let letters = || 'A'..='Z';
    letters().flat_map(move |a| {
        letters().flat_map(move |b| letters().map(move |c| [a, b, c].iter().collect()))
    })
}

#[test]
fn core_and_bank_know_the_same_currencies_with_the_same_minor_digits() {
    let mut known = 0;
    let mut differing = Vec::new();
    for code in codes() {
        let ours = code.parse::<Currency>().ok().map(Currency::minor_digits);
        let theirs = bank::Currency::from_code(&code).map(|it| it.digits() as usize);
        known += usize::from(ours.is_some());
        if ours != theirs {
            differing.push((code, ours, theirs));
        }
    }
    assert_eq!(differing, []);
    assert!(known > 150, "{known}");
}

#[test]
fn core_and_bank_know_them_by_the_same_numbers() {
    for number in 0..=999_u16 {
        let ours = Currency::from_numeric(number).ok();
        let theirs = guichet_bank::qr::currencies::by_number(&format!("{number:03}"));
        assert_eq!(ours.map(Currency::code), theirs.map(bank::Currency::code), "{number:03}");
        assert!(ours.is_none_or(|currency| currency.numeric() == number));
    }
}

#[test]
fn every_currency_is_typed_and_shown_with_its_minor_digits_and_no_more() {
    for currency in codes().filter_map(|code| code.parse::<Currency>().ok()) {
        let digits = currency.minor_digits();
        let one = Money::new(currency, 10_i64.pow(u32::try_from(digits).unwrap()));
        let exact = format!("1.{}", "0".repeat(digits));
        assert_eq!(one.digits(), exact.trim_end_matches('.'), "{currency}");
        assert_eq!(Money::from_entry(currency, "1"), Ok(one), "{currency}");
        let finer = format!("1.{}1", "0".repeat(digits));
        assert!(Money::from_entry(currency, &finer).is_err(), "{currency}");
        let largest = Money::new(currency, i64::MAX);
        assert_eq!(Money::from_entry(currency, &largest.digits()), Ok(largest), "{currency}");
        let beyond = format!("{}9", largest.digits().replace(',', ""));
        assert!(Money::from_entry(currency, &beyond).is_err(), "{currency}");
    }
}

fn transfer_of(money: Money) -> Value {
    json!({
        "kind": "transfer", "from": {"account": "6222021000112233445"},
        "to": {"account": "6222021000998877665", "name": "Li Na"},
        "amount": money, "note": "", "arrives": "now",
    })
}

#[test]
fn core_and_bank_render_every_currency_s_sums_to_the_same_words() {
    for currency in codes().filter_map(|code| code.parse::<Currency>().ok()) {
        for minor in [1, 9, 99, 100, 999, 1_000, 123_456_789, i64::MAX] {
            let terms = transfer_of(Money::new(currency, minor));
            let ours: Terms = serde_json::from_value(terms.clone()).unwrap();
            let theirs: intents::Terms = serde_json::from_value(terms).unwrap();
            let words = render(&ours, Locale::En).unwrap();
            assert_eq!(words.expose(), &intents::display_text(&theirs, intents::Locale::En));
            let digits = words.expose().lines().next().unwrap().rsplit_once('.');
            assert_eq!(digits.map_or(0, |(_, fraction)| fraction.len()), currency.minor_digits());
        }
    }
}
