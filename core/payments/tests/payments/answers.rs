//! Every way in which the bank or the network may answer a submission.

use std::time::Duration;

use guichet_foundation::ids::IntentId;
use guichet_payments::{Outcome, RefusalReason, Setback, Stage};
use guichet_session::{CallFailure, NotSent};
use serde_json::{Value, json};

use crate::support::{Answer, Forger, Forgery, Script, World};

/// Scripts after which nothing is known, and whether the bank executed.
fn unbelievable() -> Vec<(&'static str, Script)> {
    let mut scripts = vec![
        ("lost before", Script::LOST_BEFORE),
        ("lost after", Script::LOST_AFTER),
        ("busy", Script::failure(false, CallFailure::Busy { retry_after: None })),
        ("busy, yet executed", Script::failure(true, CallFailure::Busy { retry_after: None })),
        ("unreadable", Script::failure(true, CallFailure::Unreadable)),
        ("conflict", Script::raw(false, 409, r#"{"error":"intent_conflict"}"#)),
        ("conflict, yet executed", Script::raw(true, 409, r#"{"error":"intent_conflict"}"#)),
        ("malformed", Script::raw(false, 400, r#"{"error":"intent_malformed"}"#)),
        ("not found", Script::raw(false, 404, r#"{"error":"not_found"}"#)),
        ("too large", Script::raw(false, 413, r#"{"error":"too_large"}"#)),
        ("teapot", Script::raw(true, 418, "")),
        ("server error", Script::raw(true, 500, "oops")),
        ("empty", Script::raw(true, 201, "")),
        ("garbage", Script::raw(true, 200, b"\xFF\xFE{".to_vec())),
        ("truncated", Script::raw(true, 201, r#"{"receipt":"eyJ"#)),
        ("wrong type", Script::raw(true, 201, r#"{"receipt":7}"#)),
        ("outcome outside a receipt", Script::raw(true, 200, r#"{"outcome":"executed"}"#)),
        ("huge", Script::raw(true, 201, vec![b'{'; 4 * 1024 * 1024])),
        (
            "huge receipt",
            Script::raw(true, 201, format!(r#"{{"receipt":"{}"}}"#, "a.".repeat(1_000_000))),
        ),
        ("no content", Script::raw(true, 204, "")),
    ];
    scripts.extend(
        forgeries().into_iter().map(|(what, forgery)| {
            (what, Script { arrives: true, answer: Answer::Forged(forgery) })
        }),
    );
    scripts
}

fn forgeries() -> Vec<(&'static str, Forgery)> {
    let bank = |change: fn(&mut Value, &mut Value)| Forgery { change, by: Forger::Bank };
    vec![
        ("signed by a stranger", Forgery { change: |_, _| {}, by: Forger::Stranger }),
        ("another type", bank(|header, _| header["typ"] = json!("guichet-revocation+jwt"))),
        (
            "no type",
            bank(|header, _| {
                header.as_object_mut().unwrap().remove("typ");
            }),
        ),
        ("another algorithm", bank(|header, _| header["alg"] = json!("none"))),
        ("an unknown key", bank(|header, _| header["kid"] = json!("receipts-2"))),
        ("another bank", bank(|_, payload| payload["iss"] = json!("https://bank.example.org"))),
        ("another device", bank(|_, payload| payload["device_id"] = json!("dev-2"))),
        (
            "another intent",
            bank(|_, payload| {
                payload["intent_id"] = json!("7d444840-9dc0-41d1-b245-5ffdce74fad2");
            }),
        ),
        (
            "other bytes",
            bank(|_, payload| {
                payload["intent_sha256"] = payload["approval_sha256"].clone();
            }),
        ),
        (
            "another approval",
            bank(|_, payload| {
                payload["approval_sha256"] = payload["intent_sha256"].clone();
            }),
        ),
        (
            "a digest in hexadecimal",
            bank(|_, payload| {
                payload["intent_sha256"] = json!("ab".repeat(32));
            }),
        ),
        ("an unknown outcome", bank(|_, payload| payload["outcome"] = json!("pending"))),
        (
            "no outcome",
            bank(|_, payload| {
                payload.as_object_mut().unwrap().remove("outcome");
            }),
        ),
        (
            "executed without an entry",
            bank(|_, payload| {
                payload.as_object_mut().unwrap().remove("entry_id");
            }),
        ),
        ("refused without a reason", bank(|_, payload| payload["outcome"] = json!("refused"))),
        (
            "no time",
            bank(|_, payload| {
                payload.as_object_mut().unwrap().remove("iat");
            }),
        ),
        ("before the key was in force", bank(|_, payload| payload["iat"] = json!(-1))),
        (
            "after the key was in force",
            bank(|_, payload| payload["iat"] = json!(4_000_000_001_i64)),
        ),
        ("a receipt id that is none", bank(|_, payload| payload["receipt_id"] = json!("a b"))),
    ]
}

/// Runs one payment whose first attempt ends as scripted. Returns what is shown right after it, and at last.
fn pay_through(script: Script) -> (World, IntentId, Stage, Stage) {
    let world = World::new();
    world.bank.script([script]);
    let (id, first, last) = world.run(async |phone| {
        let (id, first) = phone.pay().await;
        (id, first, phone.settled(id).await)
    });
    (world, id, first, last)
}

#[test]
fn invariant_04_truthful_anything_but_a_verified_receipt_leaves_a_payment_unknown() {
    for (what, script) in unbelievable() {
        let (_, _, first, _) = pay_through(script);
        assert!(matches!(first, Stage::Unknown { .. }), "{what}: {first:?}");
    }
}

#[test]
fn invariant_02_once_and_05_settles_the_same_bytes_are_sent_until_a_receipt_comes() {
    for (what, script) in unbelievable() {
        let (world, id, _, last) = pay_through(script);
        assert!(matches!(last, Stage::Confirmed { .. }), "{what}: {last:?}");
        assert_eq!(world.bank.executed(), [id.to_string()], "{what}");
        let sent = world.bank.submissions();
        assert_eq!(sent.len(), 2, "{what}");
        assert!(sent.windows(2).all(|pair| pair[0] == pair[1]), "{what}");
        assert_eq!(world.bank.signed().len(), 1, "{what}: the person was asked once");
    }
}

#[test]
fn invariant_10_whole_or_nothing_an_unbelievable_answer_stores_nothing() {
    for (what, script) in unbelievable() {
        let world = World::new();
        world.bank.script([script]);
        world.run(async |phone| {
            let (id, _) = phone.pay().await;
            assert_eq!(phone.payments.receipt(id), Ok(None), "{what}");
            let stored = phone.vault.read(|db| {
                let sql = "SELECT total(length(receipt)) + total(length(receipt_key)) FROM payments_outbox";
                db.query_row(sql, [], |row| row.get::<_, f64>(0)).map_err(guichet_vault::VaultFailure::from)
            });
            assert!(stored.is_ok_and(|bytes| bytes < 0.5), "{what}");
        });
    }
}

#[test]
fn what_certainly_did_not_leave_is_not_shown_as_unknown() {
    for failure in [
        CallFailure::NotSent(NotSent::Offline),
        CallFailure::NotSent(NotSent::NotTheBank),
        CallFailure::NotSent(NotSent::ClockWrong),
    ] {
        let (world, _, first, last) = pay_through(Script::failure(false, failure));
        assert!(matches!(first, Stage::Approved { .. }), "{failure}: {first:?}");
        assert!(matches!(last, Stage::Confirmed { .. }));
        assert_eq!(world.bank.executed().len(), 1);
    }
}

/// The bank wanted the customer to show to be there: what they did not show it for is not sent behind their back.
#[test]
fn a_customer_who_does_not_show_to_be_there_has_not_paid() {
    for failure in [NotSent::StepUpCancelled, NotSent::StepUpRefused] {
        let world = World::new();
        world.bank.script([Script::failure(false, CallFailure::NotSent(failure))]);
        world.run(async |phone| {
            let (id, stage) = phone.pay().await;
            assert_eq!(stage, Stage::Draft { setback: Some(Setback::NotSent) }, "{failure}");
            tokio::time::sleep(Duration::from_mins(10)).await;
            assert_eq!(phone.stage(id), stage);
        });
        assert!(world.bank.submissions().is_empty(), "{failure}");
    }
}

/// The twin: what may be at the bank already is still asked about, once the customer is back.
#[test]
fn an_unknown_payment_stays_unknown_when_the_customer_does_not_show_to_be_there() {
    let world = World::new();
    let cancelled = CallFailure::NotSent(NotSent::StepUpCancelled);
    world.bank.script([Script::LOST_AFTER, Script::failure(false, cancelled)]);
    world.run(async |phone| {
        let (id, stage) = phone.pay().await;
        assert!(matches!(stage, Stage::Unknown { .. }), "{stage:?}");
        tokio::time::sleep(Duration::from_mins(10)).await;
        assert!(matches!(phone.stage(id), Stage::Unknown { .. }));
        assert_eq!(world.bank.submissions().len(), 1, "not asked again by itself");
        phone.payments.resolve_all().await.unwrap().unwrap();
        assert!(matches!(phone.stage(id), Stage::Confirmed { .. }));
    });
}

#[test]
fn a_refusal_by_the_bank_is_rejected_with_its_reason() {
    let mut world = World::new();
    world.bank.limits.2 = 100;
    world.run(async |phone| {
        let (id, stage) = phone.pay().await;
        let reason = RefusalReason::InsufficientFunds;
        assert!(matches!(stage, Stage::Rejected { reason: r, .. } if r == reason), "{stage:?}");
        let receipt = phone.payments.receipt(id).unwrap().unwrap();
        assert_eq!(*receipt.outcome(), Outcome::Refused { reason });
    });
    assert!(world.bank.executed().is_empty());
}

#[test]
fn a_reason_of_a_newer_bank_is_other() {
    let forgery = Forgery {
        change: |_, payload| {
            payload["outcome"] = json!("refused");
            payload["reason"] = json!("moon_in_wrong_house");
        },
        by: Forger::Bank,
    };
    let (.., first, _) = pay_through(Script { arrives: false, answer: Answer::Honest });
    assert!(
        matches!(first, Stage::Unknown { .. }),
        "the script's own twin: no arrival, no receipt"
    );
    let (.., first, _) = pay_through(Script { arrives: true, answer: Answer::Forged(forgery) });
    assert!(matches!(first, Stage::Rejected { reason: RefusalReason::Other, .. }), "{first:?}");
}

#[test]
fn invariant_05_settles_a_payment_that_never_arrived_is_refused_after_its_expiry() {
    let world = World::new();
    world.bank.script(vec![Script::LOST_BEFORE; 9]);
    world.run(async |phone| {
        let (id, first) = phone.pay().await;
        assert!(matches!(first, Stage::Unknown { .. }));
        let last = phone.settled(id).await;
        assert!(matches!(last, Stage::Rejected { reason: RefusalReason::Expired, .. }), "{last:?}");
    });
    assert!(world.bank.executed().is_empty());
    assert!(world.bank.submissions().windows(2).all(|pair| pair[0] == pair[1]));
}

#[test]
fn a_receipt_by_a_new_key_is_believed_after_fetching_the_list_once() {
    let world = World::new();
    world.bank.forget_keys();
    let (_, stage) = world.run(async |phone| phone.pay().await);
    assert!(matches!(stage, Stage::Confirmed { .. }));
    assert_eq!(world.bank.key_refreshes(), 1);
}

#[test]
fn a_bank_that_asks_for_time_gets_it() {
    let world = World::new();
    let retry_after = Some(Duration::from_secs(100));
    world.bank.script([Script::failure(false, CallFailure::Busy { retry_after })]);
    world.run(async |phone| {
        let before = world.bank.clock.now();
        let (id, stage) = phone.pay().await;
        assert_eq!(stage, Stage::Unknown { retry_at: Some(before.shifted(100)) });
        phone.settled(id).await;
        assert!(world.bank.clock.now().seconds_since(before) >= 100);
    });
}

#[test]
fn a_keeper_does_not_call_a_bank_that_does_not_know_the_customer() {
    let world = World::new();
    world.bank.script([Script::LOST_AFTER]);
    world.run(async |phone| {
        let (id, _) = phone.pay().await;
        world.bank.sign_out(true);
        tokio::time::sleep(Duration::from_secs(100_000)).await;
        let calls = world.bank.calls().len();
        assert!(calls <= 4, "{calls} calls");
        assert!(matches!(phone.stage(id), Stage::Unknown { .. }));
        world.bank.sign_out(false);
        phone.payments.resolve_all().await.unwrap().unwrap();
        assert!(matches!(phone.stage(id), Stage::Confirmed { .. }));
    });
}

#[test]
fn a_vault_locked_while_the_bank_executes_settles_after_unlocking() {
    let world = World::new();
    world.bank.script([Script { arrives: true, answer: Answer::Hangs }]);
    world.run(async |phone| {
        let review = phone.review(phone.draft()).await;
        let approving = phone.payments.approve(review.id, review.digest, "Pay".to_owned()).unwrap();
        while world.bank.executed().is_empty() {
            tokio::task::yield_now().await;
        }
        assert_eq!(phone.stage(review.id), Stage::InFlight);
        phone.vault.lock();
        assert!(phone.payments.resolve_all().await.unwrap().is_err());
        world.reopen(&phone.vault);
        drop(approving);
        assert_eq!(phone.stage(review.id), Stage::InFlight, "somebody still waits for the answer");
        assert_eq!(phone.payments.resolve_all().await.unwrap().unwrap().left, 1);
    });
    let id = world.bank.executed()[0].parse().unwrap();
    world.run(async |phone| {
        assert!(matches!(phone.stage(id), Stage::Unknown { .. }), "nobody waits any more");
        assert_eq!(phone.payments.resolve_all().await.unwrap().unwrap().left, 0);
        assert!(matches!(phone.stage(id), Stage::Confirmed { .. }));
    });
    assert_eq!(world.bank.executed().len(), 1);
}

#[test]
fn many_payments_settle_each_by_its_own_receipt() {
    let world = World::new();
    let scripts: Vec<Script> = unbelievable().into_iter().map(|(_, script)| script).collect();
    world.run(async |phone| {
        let mut ids = Vec::new();
        for script in scripts {
            world.bank.script([script]);
            let (id, _) = phone.pay().await;
            ids.push(id);
        }
        for id in &ids {
            let stage = phone.settled(*id).await;
            assert!(matches!(stage, Stage::Confirmed { .. }), "{stage:?}");
            assert_eq!(phone.payments.receipt(*id).unwrap().unwrap().intent_id(), *id);
        }
        let mut executed = world.bank.executed();
        executed.sort();
        let mut expected: Vec<String> = ids.iter().map(ToString::to_string).collect();
        expected.sort();
        assert_eq!(executed, expected);
    });
}
