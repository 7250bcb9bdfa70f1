//! Once: whatever is repeated, altered or sent at the same time, an intent moves money at most
//! once.

use std::sync::{Arc, Barrier};
use std::thread;

use guichet_bank::intents::{Intent, SubmitError};
use guichet_bank::money::CNY;
use proptest::prelude::*;

use crate::harness::*;

#[test]
fn invariant_02_once_the_same_bytes_get_the_same_receipt() {
    let books = Books::new();
    let submission = ann().approve(&books.lunch());
    let first = books.submit(&ann(), &submission).unwrap();
    for _ in 0..3 {
        books.pass(1_000);
        let again = books.submit(&ann(), &submission).unwrap();
        assert!(first.is_first && !again.is_first);
        assert_eq!(first.receipt, again.receipt);
    }
    assert_eq!(books.booked(ANN), ANN_FEN - 1_234);
}

#[test]
fn invariant_02_once_other_bytes_under_a_decided_id_conflict() {
    let books = Books::new();
    let intent = books.lunch();
    books.receipt(&ann(), &ann().approve(&intent));
    let mut other = books.lunch_with(|terms| terms.amount = money(CNY, 99));
    other.id = intent.id;
    let outcome = books.submit(&ann(), &ann().approve(&other));
    assert!(matches!(outcome, Err(SubmitError::Conflict)));
    assert_eq!(books.booked(ANN), ANN_FEN - 1_234);
}

#[test]
fn invariant_02_once_another_approval_of_decided_bytes_changes_nothing() {
    let books = Books::new();
    let submission = ann().approve(&books.lunch());
    let first = books.submit(&ann(), &submission).unwrap();
    let (r, s) = p256::ecdsa::Signature::from_slice(&submission.approval).unwrap().split_scalars();
    let mirrored = p256::ecdsa::Signature::from_scalars(r, -s).unwrap().to_bytes().to_vec();
    for approval in [mirrored, vec![1; 64]] {
        let again = books
            .submit(&ann(), &Submission { bytes: submission.bytes.clone(), approval })
            .unwrap();
        assert_eq!(again.receipt, first.receipt);
    }
    assert_eq!(books.booked(ANN), ANN_FEN - 1_234);
}

#[test]
fn an_invalid_approval_decides_its_pair_and_not_the_id() {
    let books = Books::new();
    let good = ann().approve(&books.lunch());
    let forged = Submission { bytes: good.bytes.clone(), approval: vec![1; 64] };
    let first = books.submit(&ann(), &forged).unwrap();
    assert_eq!(books.verified(&first.receipt)["reason"], "approval_invalid");
    assert!(first.is_first);
    let again = books.submit(&ann(), &forged).unwrap();
    assert_eq!((again.receipt.as_str(), again.is_first), (first.receipt.as_str(), false));
    assert_eq!(books.receipt(&ann(), &good)["outcome"], "executed");
    // What was said of the pair stays said.
    assert_eq!(books.submit(&ann(), &forged).unwrap().receipt, first.receipt);
    assert_eq!(books.booked(ANN), ANN_FEN - 1_234);
}

#[test]
fn a_refused_approval_is_forgotten_only_long_after_its_intent_could_execute() {
    let books = Books::new();
    let forged = |intent| Submission { approval: vec![1; 64], ..ann().approve(&intent) };
    let kept = || -> i64 {
        let sql = "SELECT count(*) FROM refused_approval";
        books.read(|conn| conn.query_row(sql, [], |row| row.get(0)).unwrap())
    };
    let old = books.lunch();
    books.submit(&ann(), &forged(old.clone())).unwrap();
    books.pass(29 * 24 * 3600);
    books.submit(&ann(), &forged(books.lunch())).unwrap();
    assert_eq!(kept(), 2);
    books.pass(2 * 24 * 3600);
    books.submit(&ann(), &forged(books.lunch())).unwrap();
    assert_eq!(kept(), 2, "the first is gone");
    // Forgotten or not, nothing comes of it: not even with an approval that holds.
    assert_eq!(books.receipt(&ann(), &ann().approve(&old))["reason"], "expired");
}

#[test]
fn nobody_else_can_use_up_a_customers_id() {
    let books = Books::new();
    let intent = books.lunch();
    let submission = ann().approve(&intent);
    assert_eq!(books.receipt(&bo(), &submission)["reason"], "approval_invalid");
    let mut squatting = intent.clone();
    squatting.device = "d-bo".to_owned();
    assert_eq!(books.receipt(&bo(), &bo().approve(&squatting))["outcome"], "refused");
    assert_eq!(books.receipt(&ann(), &submission)["outcome"], "executed");
    assert_eq!(books.entries_of(&intent.id), 1);
}

#[test]
fn invariant_02_once_when_submitted_by_many_threads() {
    let books = Books::new();
    let intent = books.lunch();
    let submission = ann().approve(&intent);
    let barrier = Arc::new(Barrier::new(8));
    let receipts: Vec<String> = thread::scope(|scope| {
        let threads: Vec<_> = (0..8)
            .map(|_| {
                let (barrier, submission, store, key, now) = (
                    Arc::clone(&barrier),
                    submission.clone(),
                    books.store.clone(),
                    books.receipt_key(),
                    books.now(),
                );
                scope.spawn(move || {
                    barrier.wait();
                    submit_at(&store, &key, now, &ann(), &submission).unwrap().receipt
                })
            })
            .collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).collect()
    });
    assert!(receipts.iter().all(|receipt| *receipt == receipts[0]));
    assert_eq!(books.entries_of(&intent.id), 1);
    assert_eq!(books.booked(ANN), ANN_FEN - 1_234);
    assert!(books.is_conserved());
}

#[test]
fn invariant_02_once_after_the_bank_was_reopened() {
    let books = Books::new();
    let submission = ann().approve(&books.lunch());
    let first = books.submit(&ann(), &submission).unwrap();
    let reopened = guichet_bank::store::Store::open(&books.path).unwrap();
    let again =
        submit_at(&reopened, &books.receipt_key(), books.now(), &ann(), &submission).unwrap();
    assert_eq!(again.receipt, first.receipt);
    assert_eq!(books.booked(ANN), ANN_FEN - 1_234);
}

#[test]
fn a_decision_that_cannot_be_finished_leaves_nothing() {
    let books = Books::new();
    let intent = books.lunch();
    let submission = ann().approve(&intent);
    let fail = |_: &guichet_bank::intents::Receipt<'_>| {
        Err(<serde_json::Error as serde::ser::Error>::custom("the key cannot be read"))
    };
    let limits = &guichet_bank::intents::LimitTable::default();
    let desk =
        guichet_bank::intents::Desk { issuer: ISSUER, now: books.now(), limits, sign: &fail };
    let outcome = books.store.write(|tx| {
        guichet_bank::intents::submit(
            tx,
            &desk,
            &ann().submitter(),
            &submission.bytes,
            &submission.approval,
        )
    });
    assert!(matches!(outcome, Err(SubmitError::Receipt(_))));
    assert_eq!((books.booked(ANN), books.entries_of(&intent.id)), (ANN_FEN, 0));
    assert_eq!(books.receipt(&ann(), &submission)["outcome"], "executed");
}

#[derive(Clone, Debug)]
enum Step {
    Pay { minor: i64, to_savings: bool },
    Repeat(prop::sample::Index),
    Alter(prop::sample::Index),
    Forge(prop::sample::Index),
    Wait(i64),
}

fn step() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (-10..2_000_000_i64, any::<bool>()).prop_map(|(minor, to_savings)| Step::Pay { minor, to_savings }),
        3 => any::<prop::sample::Index>().prop_map(Step::Repeat),
        2 => any::<prop::sample::Index>().prop_map(Step::Alter),
        2 => any::<prop::sample::Index>().prop_map(Step::Forge),
        1 => (0..400_i64).prop_map(Step::Wait),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// Whatever is sent in whatever order, the money that left is the sum of the executed receipts,
    /// each counted once.
    #[test]
    fn invariant_02_once_under_random_submissions(steps in prop::collection::vec(step(), 1..25)) {
        let books = Books::new();
        let mut sent: Vec<(Intent, Submission)> = Vec::new();
        let mut executed = std::collections::BTreeMap::new();
        for step in steps {
            let (intent, submission) = match step {
                Step::Wait(seconds) => {
                    books.pass(seconds);
                    continue;
                }
                Step::Pay { minor, to_savings } => {
                    let intent = books.lunch_with(|terms| {
                        terms.amount = money(CNY, minor);
                        if to_savings {
                            ANN_SAVINGS.clone_into(&mut terms.to.account);
                            "Ann An".clone_into(&mut terms.to.name);
                        }
                    });
                    let submission = ann().approve(&intent);
                    sent.push((intent.clone(), submission.clone()));
                    (intent, submission)
                }
                Step::Repeat(_) | Step::Alter(_) | Step::Forge(_) if sent.is_empty() => continue,
                Step::Repeat(index) => index.get(&sent).clone(),
                Step::Forge(index) => {
                    let (intent, mut submission) = index.get(&sent).clone();
                    submission.approval.reverse();
                    (intent, submission)
                }
                Step::Alter(index) => {
                    let mut intent = index.get(&sent).0.clone();
                    transfer(&mut intent).amount = money(CNY, 777_777);
                    let intent = shown(intent);
                    let submission = ann().approve(&intent);
                    (intent, submission)
                }
            };
            match books.submit(&ann(), &submission) {
                Ok(answer) => {
                    let receipt = books.verified(&answer.receipt);
                    if receipt["outcome"] == "executed" && receipt["intent_id"] == intent.id.as_str() {
                        let entry = receipt["entry_id"].as_str().unwrap().to_owned();
                        let first = executed.entry(entry).or_insert_with(|| intent.clone());
                        prop_assert_eq!(&*first, &intent);
                    }
                }
                Err(error) => prop_assert!(matches!(error, SubmitError::Conflict), "{error:?}"),
            }
            prop_assert!(books.is_conserved());
        }
        let paid = executed.values_mut().map(|intent| transfer(intent).amount.minor()).sum::<i64>();
        prop_assert_eq!(books.booked(ANN), ANN_FEN - paid);
    }
}
