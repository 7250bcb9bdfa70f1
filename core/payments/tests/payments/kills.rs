//! The phone's process is ended at every step there is, started again, and ended once more.

use std::io::Write as _;

use guichet_foundation::ids::IntentId;
use guichet_foundation::locale::Locale;
use guichet_payments::{Stage, TextDigest};
use guichet_session::CallFailure;

use crate::support::{Answer, Phone, REASON, Script, World, form};

/// What a customer does with the app, whatever state they find it in: drafts once, reviews and approves until it is out of their
/// hands. Stops at the first failure, as a process that ended does.
async fn customer(phone: Phone) -> Option<IntentId> {
    phone.payments.resolve_all().await.ok()?.ok()?;
    let id = match phone.payments.outbox().ok()?.first() {
        Some(item) => item.id,
        None => phone.payments.draft(&form()).ok()?.id,
    };
    while matches!(
        phone.payments.payment(id).ok()?.stage,
        Stage::Draft { .. } | Stage::Reviewed { .. }
    ) {
        let review = match phone.payments.reviewed(id).ok()? {
            Some(review) => review,
            None => phone.payments.review(id, Locale::ZhCn).await.ok()?,
        };
        let shown = TextDigest::of(review.text.expose());
        phone.payments.approve(id, shown, REASON.to_owned()).ok()?.await.ok()?.ok()?;
    }
    Some(id)
}

/// One process that ends at its step `fatal`; whether it got there.
fn process(world: &World, fatal: Option<usize>) -> bool {
    world.run_until(fatal, async |phone| {
        let bank = world.bank.clone();
        let watch = async {
            while !bank.killer.is_dead() {
                tokio::task::yield_now().await;
            }
        };
        tokio::select! {
            biased;
            () = watch => true,
            _ = customer(phone) => bank.killer.is_dead(),
        }
    })
}

fn truthful(world: &World, id: IntentId, stage: Stage, what: &str) {
    let executed = world.bank.executed().iter().filter(|name| **name == id.to_string()).count();
    assert!(executed <= 1, "{what}: executed {executed} times");
    let decision = world.bank.decision(&id.to_string());
    let outcome = decision.as_ref().map(|decision| decision.payload["outcome"].clone());
    match stage {
        Stage::Confirmed { .. } => assert_eq!(executed, 1, "{what}: confirmed, not executed"),
        Stage::Rejected { .. } => {
            assert_eq!(outcome, Some("refused".into()), "{what}: rejected, not refused");
        }
        Stage::Draft { .. } | Stage::Reviewed { .. } | Stage::Approved { .. } => {
            assert!(decision.is_none(), "{what}: {stage:?}, though the bank decided");
        }
        Stage::InFlight | Stage::Unknown { .. } => {}
    }
}

/// After a kill: what is shown is true as it stands, and settles.
fn aftermath(world: &World, what: &str) {
    world.run(async |phone| {
        for item in phone.payments.outbox().unwrap() {
            assert_ne!(item.stage, Stage::InFlight, "{what}: nobody is sending");
            truthful(world, item.id, item.stage, what);
        }
        let id = customer(phone.clone()).await.expect("a living customer gets through");
        let last = phone.settled(id).await;
        assert!(matches!(last, Stage::Confirmed { .. }), "{what}: {last:?}");
        truthful(world, id, last, what);
        assert_eq!(phone.payments.outbox().unwrap().len(), 1, "{what}");
    });
    assert_eq!(world.bank.executed().len(), 1, "{what}");
    signed_is_what_executed(world, what);
    let sent = world.bank.submissions();
    assert!(sent.windows(2).all(|pair| pair[0] == pair[1]), "{what}: one payment, one submission");
}

fn signed_is_what_executed(world: &World, what: &str) {
    let id = world.bank.executed().remove(0);
    let decision = world.bank.decision(&id).unwrap();
    let approved = [b"GUICHET-INTENT-V1\n", decision.bytes.as_slice()].concat();
    assert!(world.bank.signed().contains(&approved), "{what}: executed, not approved");
    let intent: serde_json::Value = serde_json::from_slice(&decision.bytes).unwrap();
    let expires = intent["expires"].as_str().unwrap().parse().unwrap();
    assert!(decision.at <= expires, "{what}: executed after its expiry");
}

fn ways_to_answer() -> Vec<(&'static str, Vec<Script>)> {
    vec![
        ("honest", vec![]),
        ("first answer lost", vec![Script::LOST_AFTER]),
        ("first request lost", vec![Script::LOST_BEFORE]),
        ("offline, then honest", vec![Script::OFFLINE]),
        ("busy", vec![Script::failure(false, CallFailure::Busy { retry_after: None })]),
        (
            "garbage twice",
            vec![
                Script::raw(true, 201, "garbage"),
                Script { arrives: true, answer: Answer::Raw(409, Vec::new()) },
            ],
        ),
    ]
}

/// How many steps a process has to go through that nobody ends, after one that ended at step `first`.
fn steps_after(scripts: &[Script], first: Option<usize>) -> usize {
    let world = world_of(scripts);
    if let Some(first) = first {
        process(&world, Some(first));
    }
    assert!(!process(&world, None));
    world.bank.killer.steps()
}

fn world_of(scripts: &[Script]) -> World {
    let world = World::new();
    world.bank.script(scripts.to_vec());
    world
}

/// Ends a process at each step, until one survives that was to end after more steps than were counted: tasks are not always woken
/// in the same order, so that a process may make a step more or less. At how many steps one ended.
fn end_at_each(counted: usize, mut ends: impl FnMut(usize) -> bool) -> usize {
    let mut ended = 0;
    for step in 1.. {
        let has_ended = ends(step);
        ended += usize::from(has_ended);
        if !has_ended && step > counted {
            break;
        }
    }
    ended
}

/// Into the log of the test run, also where the test holds.
fn tell(counted: usize, what: &str) {
    let line = format!("crash points in the phone's process: {counted} {what}\n");
    std::io::stderr().write_all(line.as_bytes()).unwrap();
}

#[test]
fn invariants_02_03_04_05_06_hold_with_a_kill_at_every_step() {
    let mut ended = 0;
    for (way, scripts) in ways_to_answer() {
        let steps = steps_after(&scripts, None);
        assert!(steps > 14, "{way}: only {steps} steps");
        ended += end_at_each(steps, |step| {
            let world = world_of(&scripts);
            let has_ended = process(&world, Some(step));
            aftermath(&world, &format!("{way}, killed at step {step}"));
            has_ended
        });
    }
    tell(ended, "steps, a kill at each");
}

#[test]
fn invariants_02_03_04_05_06_hold_with_two_kills_at_every_pair_of_steps() {
    let mut ended = 0;
    for (way, scripts) in ways_to_answer() {
        for first in 1..=steps_after(&scripts, None) {
            ended += end_at_each(steps_after(&scripts, Some(first)), |second| {
                let world = world_of(&scripts);
                process(&world, Some(first));
                let has_ended = process(&world, Some(second));
                aftermath(&world, &format!("{way}, killed at step {first}, then at step {second}"));
                has_ended
            });
        }
    }
    tell(ended, "pairs of steps, a kill at both");
}

/// The twin: a phone that forgets what it sent pays twice. The tests above can fail.
#[test]
fn without_its_outbox_a_phone_would_pay_twice() {
    let world = World::new();
    world.bank.script([Script::LOST_AFTER]);
    world.run(async |phone| phone.pay().await);
    let forgetful = World::with_bank(2, world.bank.clone());
    forgetful.run(async |phone| phone.pay().await);
    assert_eq!(world.bank.executed().len(), 2);
}
