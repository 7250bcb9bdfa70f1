//! A freeze against payments on their way: whatever comes first is decided once, and stays.

use guichet_bank::intents::{Intent, Reason};
use guichet_bank::security::{freeze, unfreeze};

use crate::harness::*;

fn set(books: &Books, frozen: bool) {
    let now = books.now().as_second();
    books.write(|tx| {
        let change = if frozen { freeze } else { unfreeze };
        change(tx, "c-ann", None, now).unwrap();
    });
}

#[test]
fn payments_frozen_between_challenge_and_submission() {
    let books = Books::new();
    let submission = ann().approve(&books.lunch());
    set(&books, true);
    let receipt = books.receipt(&ann(), &submission);
    assert_eq!(
        (&receipt["outcome"], &receipt["reason"]),
        (&"refused".into(), &"payments_frozen".into())
    );
    assert_eq!(books.booked(ANN), ANN_FEN);
}

#[test]
fn invariant_02_once_a_payment_refused_while_frozen_stays_refused() {
    let books = Books::new();
    let submission = ann().approve(&books.lunch());
    set(&books, true);
    let refused = books.submit(&ann(), &submission).unwrap();
    set(&books, false);
    let again = books.submit(&ann(), &submission).unwrap();
    assert_eq!(refused.receipt, again.receipt);
    assert_eq!(books.booked(ANN), ANN_FEN);
    // The twin: another payment goes now.
    let next = books.receipt(&ann(), &ann().approve(&books.lunch()));
    assert_eq!(next["outcome"], "executed");
}

#[test]
fn invariant_02_once_a_payment_executed_before_a_freeze_keeps_its_receipt() {
    let books = Books::new();
    let submission = ann().approve(&books.lunch());
    // Its answer is lost: to the phone it is unknown.
    let executed = books.submit(&ann(), &submission).unwrap();
    set(&books, true);
    let again = books.submit(&ann(), &submission).unwrap();
    assert!(executed.is_first && !again.is_first);
    assert_eq!(executed.receipt, again.receipt);
    assert_eq!(books.booked(ANN), ANN_FEN - 1_234);
}

#[test]
fn a_frozen_customer_learns_nothing_of_payees_and_spends_the_challenge() {
    let books = Books::new();
    set(&books, true);
    for name in ["Bo Bai", "Somebody else"] {
        let intent = books.lunch_with(|terms| name.clone_into(&mut terms.to.name));
        assert_eq!(books.receipt(&ann(), &ann().approve(&intent))["reason"], "payments_frozen");
        set(&books, false);
        let reused = Intent { id: books.lunch().id, ..intent };
        let receipt = books.receipt(&ann(), &ann().approve(&reused));
        assert_eq!(receipt["reason"], "challenge_invalid");
        set(&books, true);
    }
}

#[test]
fn whoever_is_not_frozen_pays_and_is_paid() {
    let books = Books::new();
    set(&books, true);
    let now = books.now();
    let theirs = books.lunch_with(|terms| {
        BO.clone_into(&mut terms.from.account);
        ANN.clone_into(&mut terms.to.account);
        "Ann An".clone_into(&mut terms.to.name);
    });
    let challenge = books.challenge(&bo());
    let theirs = Intent { challenge, device: bo().device_id.to_owned(), ..theirs };
    let receipt = books.receipt(&bo(), &bo().approve(&theirs));
    assert_eq!(receipt["outcome"], "executed", "{receipt} at {now}");
    assert_eq!(books.booked(ANN), ANN_FEN + 1_234);
}

#[test]
fn a_forged_approval_is_refused_as_such_also_while_frozen() {
    let books = Books::new();
    set(&books, true);
    let receipt = books.receipt(&ann(), &bo().approve(&books.lunch()));
    assert_eq!(receipt["reason"], Reason::ApprovalInvalid.as_str());
}

#[test]
fn what_makes_an_intent_old_is_told_before_a_freeze_and_what_is_wrong_with_it_is_not() {
    let books = Books::new();
    set(&books, true);
    let mut other_words = books.lunch();
    other_words.display.sha256 = "A".repeat(43);
    let receipt = books.receipt(&ann(), &ann().approve(&other_words));
    assert_eq!(receipt["reason"], "payments_frozen");
    let late = books.lunch();
    books.pass(301);
    assert_eq!(books.receipt(&ann(), &ann().approve(&late))["reason"], "expired");
}
