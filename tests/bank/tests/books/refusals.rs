//! Every reason for refusing, alone and in the protocol's order.

use guichet_bank::intents::{Intent, Reason};
use guichet_bank::moment::Moment;
use guichet_bank::money::{CNY, USD};
use serde_json::Value;

use crate::harness::*;

fn reason(books: &Books, intent: &Intent) -> Value {
    let before = (books.booked(ANN), books.booked(BO));
    let receipt = books.receipt(&ann(), &ann().approve(intent));
    assert_eq!((books.booked(ANN), books.booked(BO)), before, "a refusal moved money");
    assert_eq!(receipt["outcome"], "refused");
    assert!(receipt.get("entry_id").is_none());
    receipt["reason"].clone()
}

fn seconds(books: &Books, offset: i64) -> Moment {
    Moment::of(jiff::Timestamp::from_second(books.now().as_second() + offset).unwrap())
}

#[test]
fn approval_invalid_when_another_key_signed() {
    let books = Books::new();
    let submission = bo().approve(&books.lunch());
    assert_eq!(books.receipt(&ann(), &submission)["reason"], "approval_invalid");
}

#[test]
fn approval_invalid_when_the_bytes_were_changed_after_approval() {
    let books = Books::new();
    let intent = books.lunch();
    let approval = ann().approve(&intent).approval;
    let dearer = books.lunch_with(|terms| terms.amount = money(CNY, 123_400));
    let changed = Submission { bytes: dearer.canonical_bytes().unwrap(), approval };
    assert_eq!(books.receipt(&ann(), &changed)["reason"], "approval_invalid");
    assert_eq!(books.booked(ANN), ANN_FEN);
}

#[test]
fn approval_invalid_without_the_domain_prefix() {
    let books = Books::new();
    let bytes = books.lunch().canonical_bytes().unwrap();
    let approval = key(11).sign(&bytes).to_vec();
    assert_eq!(
        books.receipt(&ann(), &Submission { bytes, approval })["reason"],
        "approval_invalid"
    );
}

#[test]
fn approval_invalid_in_any_form_but_the_64_bytes() {
    let books = Books::new();
    let good = ann().approve(&books.lunch());
    let der =
        p256::ecdsa::Signature::from_slice(&good.approval).unwrap().to_der().as_bytes().to_vec();
    let zero_r = [&[0; 32], &good.approval[32..]].concat();
    let zero_s = [&good.approval[..32], &[0; 32]].concat();
    let huge = vec![0xFF; 64];
    let long = [&good.approval[..], &[0]].concat();
    for approval in [der, zero_r, zero_s, huge, long, vec![], vec![0; 64]] {
        let submission = Submission { bytes: good.bytes.clone(), approval };
        assert_eq!(books.receipt(&ann(), &submission)["reason"], "approval_invalid");
    }
    assert_eq!(books.receipt(&ann(), &good)["outcome"], "executed");
}

#[test]
fn wrong_device_when_made_for_another_device_or_bank() {
    let books = Books::new();
    let mut intent = books.lunch();
    intent.device = "d-bo".to_owned();
    assert_eq!(reason(&books, &intent), "wrong_device");
    let mut intent = books.lunch();
    intent.aud = format!("{ISSUER}/");
    assert_eq!(reason(&books, &intent), "wrong_device");
}

#[test]
fn invariant_06_nothing_executes_after_its_expiry() {
    let books = Books::new();
    let intent = books.lunch();
    books.pass(301);
    assert_eq!(reason(&books, &intent), "expired");
    assert_eq!(books.entries_of(&intent.id), 0);
}

#[test]
fn an_intent_executes_in_its_last_second() {
    let books = Books::new();
    let submission = ann().approve(&books.lunch());
    books.pass(300);
    assert_eq!(books.receipt(&ann(), &submission)["outcome"], "executed");
}

#[test]
fn expired_when_made_more_than_a_minute_ahead() {
    let books = Books::new();
    for (ahead, expected) in [(61, "refused"), (60, "executed")] {
        let mut intent = books.lunch();
        intent.created = seconds(&books, ahead);
        intent.expires = seconds(&books, ahead + 300);
        assert_eq!(books.receipt(&ann(), &ann().approve(&intent))["outcome"], expected);
    }
}

#[test]
fn challenge_invalid_when_unknown_used_old_or_of_another_client() {
    let books = Books::new();
    let mut unknown = books.lunch();
    unknown.challenge = "AAAA".to_owned();
    assert_eq!(reason(&books, &unknown), "challenge_invalid");

    let first = books.lunch();
    books.receipt(&ann(), &ann().approve(&first));
    let mut used = books.lunch();
    used.challenge = first.challenge;
    assert_eq!(reason(&books, &used), "challenge_invalid");

    let mut foreign = books.lunch();
    foreign.challenge = books.challenge(&bo());
    assert_eq!(reason(&books, &foreign), "challenge_invalid");

    let old = books.challenge(&ann());
    books.pass(301);
    let mut late = books.lunch();
    late.challenge = old;
    assert_eq!(reason(&books, &late), "challenge_invalid");
}

#[test]
fn challenge_invalid_when_it_was_for_enrolment() {
    use guichet_bank::challenges::{Purpose, issue};
    let books = Books::new();
    let mut intent = books.lunch();
    intent.challenge = books.write(|tx| issue(tx, "k-ann", Purpose::Enrol, books.now()).unwrap());
    assert_eq!(reason(&books, &intent), "challenge_invalid");
}

#[test]
fn invariant_03_other_words_than_shown_are_refused() {
    let books = Books::new();
    let mut intent = books.lunch();
    transfer(&mut intent).amount = money(CNY, 1_235);
    assert_eq!(reason(&books, &intent), "display_mismatch");
    let mut other_language = books.lunch();
    other_language.display.locale = guichet_bank::intents::Locale::ZhCn;
    assert_eq!(reason(&books, &other_language), "display_mismatch");
}

#[test]
fn terms_invalid_for_amounts_that_are_no_payment() {
    let books = Books::new();
    for minor in [0, -1, -i64::MAX] {
        let intent = books.lunch_with(|terms| terms.amount = money(CNY, minor));
        assert_eq!(reason(&books, &intent), "terms_invalid", "{minor}");
    }
}

#[test]
fn terms_invalid_for_deceptive_or_unruly_text() {
    let books = Books::new();
    let long_name = "王".repeat(71);
    let long_note = "n".repeat(141);
    for name in [
        "",
        " Bo Bai",
        "Bo Bai\u{3000}",
        "Bo\u{202E}iaB",
        "Bo\u{200B} Bai",
        "Bo\nBai",
        "Cafe\u{301}",
        "Bo\u{2028}",
        &long_name,
    ] {
        let intent = books.lunch_with(|terms| name.clone_into(&mut terms.to.name));
        assert_eq!(reason(&books, &intent), "terms_invalid", "{name:?}");
    }
    for note in [
        " x",
        "x\u{a0}",
        "\u{feff}x",
        "\u{2066}x\u{2069}",
        "a\tb",
        "\u{e000}",
        "\u{378}",
        "👩\u{200D}💻",
        &long_note,
    ] {
        let intent = books.lunch_with(|terms| note.clone_into(&mut terms.note));
        assert_eq!(reason(&books, &intent), "terms_invalid", "{note:?}");
    }
}

#[test]
fn unusual_but_honest_notes_are_accepted() {
    let books = Books::new();
    let full = "注".repeat(140);
    for note in ["谢谢🙏", "\"quotes\" & \\back/slash", "{note}", "مرحبا", "é", &full] {
        let intent = books.lunch_with(|terms| note.clone_into(&mut terms.note));
        assert_eq!(books.receipt(&ann(), &ann().approve(&intent))["outcome"], "executed", "{note}");
    }
}

#[test]
fn account_not_payable_when_not_the_customers_or_a_card_or_unknown() {
    let books = Books::new();
    for from in [BO, ANN_CARD, WORLD, "9999000110000000099"] {
        let intent = books.lunch_with(|terms| from.clone_into(&mut terms.from.account));
        assert_eq!(reason(&books, &intent), "account_not_payable", "{from}");
    }
}

#[test]
fn currency_mismatch_on_either_side() {
    let books = Books::new();
    let from_dollars = books.lunch_with(|terms| ANN_DOLLARS.clone_into(&mut terms.from.account));
    assert_eq!(reason(&books, &from_dollars), "currency_mismatch");
    let in_dollars = books.lunch_with(|terms| terms.amount = money(USD, 5));
    assert_eq!(reason(&books, &in_dollars), "currency_mismatch");
    let to_dollars = books.lunch_with(|terms| BO_DOLLARS.clone_into(&mut terms.to.account));
    assert_eq!(reason(&books, &to_dollars), "currency_mismatch");
}

#[test]
fn payee_unknown_for_numbers_no_customer_has() {
    let books = Books::new();
    for to in ["9999000110000000099", WORLD] {
        let intent = books.lunch_with(|terms| to.clone_into(&mut terms.to.account));
        assert_eq!(reason(&books, &intent), "payee_unknown", "{to}");
    }
}

#[test]
fn payee_name_mismatch_for_every_other_name() {
    let books = Books::new();
    for name in ["bo bai", "Bo  Bai", "Bo", "Ann An", "Во Bai", "Bo Bai."] {
        let intent = books.lunch_with(|terms| name.clone_into(&mut terms.to.name));
        assert_eq!(reason(&books, &intent), "payee_name_mismatch", "{name}");
    }
}

#[test]
fn same_account_when_paying_oneself() {
    let books = Books::new();
    let intent = books.lunch_with(|terms| {
        ANN.clone_into(&mut terms.to.account);
        "Ann An".clone_into(&mut terms.to.name);
    });
    assert_eq!(reason(&books, &intent), "same_account");
}

#[test]
fn insufficient_funds_above_what_is_available() {
    let books = Books::new();
    let intent = books.lunch_with(|terms| terms.amount = money(CNY, ANN_FEN + 1));
    assert_eq!(reason(&books, &intent), "insufficient_funds");
}

type Break = fn(&mut Intent);

/// Breaks one rule after the other, from the last to the first: each time the earliest broken one
/// is named.
#[test]
fn the_checks_run_in_the_protocols_order() {
    let books = Books::new();
    let mut broken = books.lunch();
    let breaks: [(Reason, Break); 12] = [
        (Reason::InsufficientFunds, |it| transfer(it).amount = money(CNY, ANN_FEN + 1)),
        (Reason::LimitExceeded, |it| transfer(it).amount = money(CNY, 5_000_001)),
        (Reason::SameAccount, |it| {
            ANN.clone_into(&mut transfer(it).to.account);
            "安安".clone_into(&mut transfer(it).to.name);
        }),
        (Reason::PayeeNameMismatch, |it| "Bo Bai".clone_into(&mut transfer(it).to.name)),
        (Reason::PayeeUnknown, |it| "9999000110000000099".clone_into(&mut transfer(it).to.account)),
        (Reason::CurrencyMismatch, |it| transfer(it).amount = money(USD, 5_000_001)),
        (Reason::AccountNotPayable, |it| ANN_CARD.clone_into(&mut transfer(it).from.account)),
        (Reason::TermsInvalid, |it| transfer(it).note.push('\u{202E}')),
        (Reason::DisplayMismatch, |it| it.display.sha256 = "A".repeat(43)),
        (Reason::ChallengeInvalid, |it| it.challenge = "none".to_owned()),
        (Reason::Expired, |it| {
            it.created = Moment::parse("2026-03-02T03:00:00Z").unwrap();
            it.expires = Moment::parse("2026-03-02T03:05:00Z").unwrap();
        }),
        (Reason::WrongDevice, |it| it.device = "d-other".to_owned()),
    ];
    for (expected, break_rule) in breaks {
        break_rule(&mut broken);
        let fresh = books.lunch();
        broken.id = fresh.id;
        if expected > Reason::ChallengeInvalid {
            broken.challenge = fresh.challenge;
        }
        let intent =
            if expected > Reason::DisplayMismatch { shown(broken.clone()) } else { broken.clone() };
        assert_eq!(reason(&books, &intent), expected.as_str());
    }
    broken.id = books.lunch().id;
    let forged = bo().approve(&broken);
    assert_eq!(books.receipt(&ann(), &forged)["reason"], "approval_invalid");
}

#[test]
fn the_order_of_the_reasons_is_that_of_the_protocol_page() {
    let page = include_str!("../../../../docs/protocol.md");
    let (_, step) = page.split_once("3. checks, in this order").unwrap();
    let (step, _) = step.split_once("4. executes").unwrap();
    let place = |reason: &Reason| step.find(&format!("`{}`", reason.as_str())).unwrap();
    let places: Vec<usize> = Reason::ALL.iter().map(place).collect();
    assert!(places.is_sorted(), "{places:?}");
}
