//! What is refused before anything is recorded, and what only warns.

use std::time::Duration;

use guichet_foundation::account_number::InvalidAccountNumber;
use guichet_foundation::locale::Locale;
use guichet_foundation::money::{Currency, InvalidMoney, Money};
use guichet_foundation::sensitivity::C2;
use guichet_foundation::text::InvalidText;
use guichet_payments::{
    AboveLimit, Disguise, DraftFailure, DraftWarning, Field, FormRefusal, OutboxFailure,
    ReviewFailure, Stage, TransferForm,
};
use guichet_vault::VaultFailure;
use proptest::prelude::*;

use crate::support::{World, form};

fn refusals(form: &TransferForm) -> Vec<FormRefusal> {
    World::new().run(async |phone| match phone.payments.draft(form) {
        Ok(_) => Vec::new(),
        Err(DraftFailure::Refused(refusals)) => {
            assert!(phone.payments.outbox().unwrap().is_empty(), "a refused form leaves nothing");
            refusals
        }
        Err(other) => panic!("{other}"),
    })
}

fn typed(text: &str) -> C2<String> {
    C2::new(text.to_owned())
}

#[test]
fn a_good_form_becomes_a_draft_without_a_call() {
    let world = World::new();
    world.run(async |phone| {
        let drafted = phone.payments.draft(&form()).unwrap();
        assert!(drafted.warnings.is_empty());
        assert_eq!(phone.stage(drafted.id), Stage::Draft { setback: None });
    });
    assert!(world.bank.calls().is_empty());
}

#[test]
fn each_field_is_refused_with_its_reason() {
    let base = form();
    let jpy: Currency = "JPY".parse().unwrap();
    let cases: Vec<(TransferForm, FormRefusal, Field)> = vec![
        (
            TransferForm { to_account: typed("1234"), ..base.clone() },
            FormRefusal::PayeeAccount(InvalidAccountNumber::Length),
            Field::PayeeAccount,
        ),
        (
            TransferForm { to_account: typed("6222-0210 ００１１ 2233445"), ..base.clone() },
            FormRefusal::SameAccount,
            Field::PayeeAccount,
        ),
        (
            TransferForm { to_name: typed("  "), ..base.clone() },
            FormRefusal::PayeeName(InvalidText::Empty),
            Field::PayeeName,
        ),
        (
            TransferForm { to_name: typed(&"李".repeat(71)), ..base.clone() },
            FormRefusal::PayeeName(InvalidText::TooLong { max: 70 }),
            Field::PayeeName,
        ),
        (
            TransferForm { to_name: typed("李\u{202E}娜"), ..base.clone() },
            FormRefusal::PayeeName(InvalidText::Deceptive),
            Field::PayeeName,
        ),
        (
            TransferForm { to_name: typed("Аlice"), ..base.clone() },
            FormRefusal::PayeeNameDisguised(Disguise::MixedAlphabets),
            Field::PayeeName,
        ),
        (
            TransferForm { amount: typed("12.345"), ..base.clone() },
            FormRefusal::Amount(InvalidMoney::TooPrecise { digits: 2 }),
            Field::Amount,
        ),
        (
            TransferForm { amount: typed("-5"), ..base.clone() },
            FormRefusal::Amount(InvalidMoney::Negative),
            Field::Amount,
        ),
        (
            TransferForm { amount: typed("0.00"), ..base.clone() },
            FormRefusal::Amount(InvalidMoney::Zero),
            Field::Amount,
        ),
        (TransferForm { currency: jpy, ..base.clone() }, FormRefusal::OtherCurrency, Field::Amount),
        (
            TransferForm { note: typed(&"x".repeat(141)), ..base.clone() },
            FormRefusal::Note(InvalidText::TooLong { max: 140 }),
            Field::Note,
        ),
        (
            TransferForm { note: typed("a\u{3164}b"), ..base.clone() },
            FormRefusal::NoteDisguised(Disguise::Blank),
            Field::Note,
        ),
    ];
    for (form, refusal, field) in cases {
        assert_eq!(refusals(&form), [refusal]);
        assert_eq!(refusal.field(), field);
    }
    let mut cannot_pay = base;
    cannot_pay.from.can_pay = false;
    assert_eq!(refusals(&cannot_pay), [FormRefusal::CannotPay]);
    assert_eq!(FormRefusal::CannotPay.field(), Field::From);
}

#[test]
fn every_field_that_is_wrong_is_named_at_once() {
    let wrong = TransferForm {
        to_account: typed(""),
        to_name: typed(""),
        amount: typed("x"),
        note: typed("\u{7}"),
        ..form()
    };
    let fields: Vec<Field> = refusals(&wrong).iter().map(FormRefusal::field).collect();
    assert_eq!(fields, [Field::PayeeAccount, Field::PayeeName, Field::Amount, Field::Note]);
}

#[test]
fn more_than_the_balance_on_screen_only_warns() {
    World::new().run(async |phone| {
        let rich = TransferForm { amount: typed("10,000.01"), ..form() };
        let available = Money::new(Currency::CNY, 1_000_000);
        let drafted = phone.payments.draft(&rich).unwrap();
        assert_eq!(drafted.warnings, [DraftWarning::AboveBalance { available }]);
        let mut unknown = rich;
        unknown.from.available = None;
        assert!(phone.payments.draft(&unknown).unwrap().warnings.is_empty());
    });
}

#[test]
fn a_limit_told_a_moment_ago_refuses_and_an_old_one_warns() {
    let world = World::new();
    let limit = Money::new(Currency::CNY, 5_000_000);
    let mut above = TransferForm { amount: typed("50,000.01"), ..form() };
    above.from.available = None;
    world.run(async |phone| {
        assert!(phone.payments.draft(&above).is_ok(), "no limit is known yet");
        let id = phone.draft();
        phone.review(id).await;
        let refused = DraftFailure::Refused(vec![FormRefusal::AboveLimit { limit }]);
        assert_eq!(phone.payments.draft(&above), Err(refused));
    });
    world.bank.clock.advance(Duration::from_secs(901));
    world.run(async |phone| {
        let drafted = phone.payments.draft(&above).unwrap();
        let warning = DraftWarning::AboveLimit(AboveLimit::PerPayment { limit });
        assert_eq!(drafted.warnings, [warning]);
    });
}

#[test]
fn a_locked_vault_takes_no_draft() {
    World::new().run(async |phone| {
        phone.vault.lock();
        let locked = DraftFailure::Outbox(OutboxFailure::Vault(VaultFailure::Locked));
        assert_eq!(phone.payments.draft(&form()), Err(locked));
    });
}

#[test]
fn invariant_07_silent_forms_and_refusals_print_no_customer_data() {
    let shown = format!("{:?}", form());
    for secret in ["6222", "3445", "李娜", "123.45", "房租"] {
        assert!(!shown.contains(secret), "{shown}");
    }
    let limit = Money::new(Currency::CNY, 5_000_000);
    let failure = DraftFailure::Refused(vec![FormRefusal::AboveLimit { limit }]);
    let shown = format!("{failure:?} {failure}");
    assert!(!shown.contains("5000000") && !shown.contains("50,000"), "{shown}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_typed_ends_in_a_draft_or_a_refusal(
        account in ".{0,40}", name in ".{0,80}", amount in ".{0,20}|[0-9.,]{0,25}", note in ".{0,150}"
    ) {
        let form = TransferForm {
            to_account: C2::new(account), to_name: C2::new(name), amount: C2::new(amount),
            note: C2::new(note), ..form()
        };
        World::new().run(async |phone| match phone.payments.draft(&form) {
            Ok(drafted) => match phone.payments.review(drafted.id, Locale::En).await {
                Ok(review) => assert!(review.text.expose().lines().count() >= 4),
                Err(failure) => assert!(matches!(failure, ReviewFailure::AboveLimit(_))),
            },
            Err(DraftFailure::Refused(refusals)) => assert!(!refusals.is_empty()),
            Err(DraftFailure::Outbox(failure)) => panic!("{failure}"),
        });
    }
}
