//! The list, its changes, what may be thrown away, and the schema's own locks.

use std::time::Duration;

use guichet_foundation::ids::IntentId;
use guichet_payments::{ApproveRefusal, DiscardRefusal, OutboxFailure, Payments, Setback, Stage};
use guichet_vault::{VaultFailure, rusqlite};

use crate::support::{Phone, REASON, Script, World};

#[test]
fn the_list_is_newest_first_and_shows_every_unsettled_payment() {
    let world = World::new();
    let mut made = Vec::new();
    for _ in 0..60 {
        made.push(world.run(async |phone| phone.draft()));
        world.bank.clock.advance(Duration::from_secs(1));
    }
    let listed: Vec<IntentId> = world.run(async |phone| {
        phone.payments.outbox().unwrap().into_iter().map(|item| item.id).collect()
    });
    made.reverse();
    assert_eq!(listed, made);
}

#[test]
fn the_list_is_newest_first_although_the_learned_time_steps_back() {
    let world = World::new();
    let first = world.run(async |phone| phone.draft());
    world.bank.clock.step_back(1);
    let second = world.run(async |phone| phone.draft());
    let listed: Vec<IntentId> = world.run(async |phone| {
        phone.payments.outbox().unwrap().into_iter().map(|item| item.id).collect()
    });
    assert_eq!(listed, [second, first]);
}

#[test]
fn invariant_04_truthful_what_is_listed_is_read_after_the_time_it_is_judged_by() {
    let world = World::new();
    world.run(async |phone| {
        for listed in [
            |payments: &Payments, _| payments.outbox().unwrap().len(),
            |payments: &Payments, id| usize::from(payments.payment(id).is_ok()),
            |payments: &Payments, id| usize::from(payments.reviewed(id).is_ok()),
        ] {
            let id = phone.draft();
            let payments = phone.payments.clone();
            world.bank.clock.meanwhile(move || payments.discard(id).unwrap());
            assert_eq!(listed(&phone.payments, id), 0, "what is gone by then is not shown");
        }
    });
}

#[test]
fn changes_tell_of_every_change() {
    let world = World::new();
    world.run(async |phone| {
        let mut changes = phone.payments.changes();
        let mut revision = *changes.borrow_and_update();
        let mut grew = |what: &str| {
            assert!(changes.has_changed().unwrap(), "{what}");
            let now = *changes.borrow_and_update();
            assert!(now > revision, "{what}");
            revision = now;
        };
        let id = phone.draft();
        grew("draft");
        let review = phone.review(id).await;
        grew("review");
        let approving = phone.payments.approve(id, review.digest, REASON.to_owned()).unwrap();
        grew("prompt");
        approving.await.unwrap().unwrap();
        grew("sent");
        let other = phone.draft();
        grew("draft");
        phone.payments.discard(other).unwrap();
        grew("discard");
    });
}

#[test]
fn only_what_never_left_may_be_discarded() {
    let world = World::new();
    world.run(async |phone| {
        let draft = phone.draft();
        let reviewed = phone.review(phone.draft()).await.id;
        world.bank.script([Script::OFFLINE]);
        let (approved, stage) = phone.pay().await;
        assert!(matches!(stage, Stage::Approved { .. }));
        for id in [draft, reviewed, approved] {
            assert_eq!(phone.payments.discard(id), Ok(()));
            assert_eq!(phone.payments.payment(id).err(), Some(OutboxFailure::NoSuchPayment));
        }
        world.bank.script([Script::LOST_AFTER]);
        let (unknown, stage) = phone.pay().await;
        assert!(matches!(stage, Stage::Unknown { .. }));
        assert_eq!(phone.payments.discard(unknown), Err(DiscardRefusal::AlreadySent));
        assert_eq!(phone.payments.uncertain(), Ok(1));
        phone.settled(unknown).await;
        assert_eq!(phone.payments.discard(unknown), Err(DiscardRefusal::AlreadySent));
        assert_eq!(phone.payments.uncertain(), Ok(0));
        let gone = DiscardRefusal::Outbox(OutboxFailure::NoSuchPayment);
        assert_eq!(phone.payments.discard(draft), Err(gone));
    });
}

#[test]
fn an_approved_payment_that_could_not_leave_goes_when_the_network_returns() {
    let world = World::new();
    world.run(async |phone| {
        world.bank.script([Script::OFFLINE, Script::OFFLINE]);
        let (id, stage) = phone.pay().await;
        assert!(matches!(stage, Stage::Approved { .. }));
        assert!(matches!(phone.settled(id).await, Stage::Confirmed { .. }));
        assert_eq!(world.bank.submissions().len(), 1);
    });
}

#[test]
fn invariant_06_expires_an_approved_payment_that_never_left_is_a_draft_again() {
    let world = World::new();
    let id = world.run(async |phone| {
        world.bank.script(vec![Script::OFFLINE; 100]);
        phone.pay().await.0
    });
    world.bank.clock.advance(Duration::from_secs(301));
    world.run(async |phone| {
        let not_sent = Stage::Draft { setback: Some(Setback::NotSent) };
        assert_eq!(phone.stage(id), not_sent, "shown before anybody wrote it down");
        phone.payments.resolve_all().await.unwrap().unwrap();
        assert_eq!(phone.stage(id), not_sent);
    });
    assert!(world.bank.submissions().is_empty() && world.bank.executed().is_empty());
}

/// What the schema says to SQL that no code of the room would write.
#[test]
fn the_schema_refuses_what_the_machine_would_never_do() {
    let world = World::new();
    world.run(async |phone| {
        let sql = |sql: &str| -> Result<usize, VaultFailure> {
            phone.vault.write(|db| db.execute(sql, []).map_err(VaultFailure::from))
        };
        let refused = |statement: &str| {
            let constraint = |code: i32| code & 0xFF == rusqlite::ffi::SQLITE_CONSTRAINT;
            match sql(statement) {
                Err(VaultFailure::Refused { code }) if constraint(code) => {}
                other => panic!("{statement}: {other:?}"),
            }
        };
        world.bank.script([Script::LOST_BEFORE]);
        let (id, _) = phone.pay().await;
        refused("UPDATE payments_outbox SET stage = 'draft', intent = NULL, approval = NULL");
        refused("UPDATE payments_outbox SET stage = 'approved'");
        refused("UPDATE payments_outbox SET stage = 'confirmed'");
        refused("UPDATE payments_outbox SET approval = zeroblob(64)");
        refused("UPDATE payments_outbox SET intent = x'7b7d'");
        refused("UPDATE payments_outbox SET words = 'Pay nothing'");
        refused("UPDATE payments_outbox SET terms = '{}'");
        refused("DELETE FROM payments_outbox");
        refused("UPDATE payments_outbox SET stage = 'lost'");
        phone.settled(id).await;
        refused("UPDATE payments_outbox SET attempts = 9");
        refused("DELETE FROM payments_outbox");
        refused(
            "INSERT INTO payments_outbox (intent_id, terms, stage, intent, approval, made_at, changed_at) \
             SELECT 'x', terms, 'unknown', intent, approval, 0, 0 FROM payments_outbox",
        );
    });
}

/// As if somebody had swapped the bytes of a stored payment for others of the same shape.
fn swap_bytes(phone: &Phone, id: IntentId) {
    let swap = "UPDATE payments_outbox \
                SET intent = CAST(replace(CAST(intent AS TEXT), '12345', '99999') AS BLOB) \
                WHERE intent_id = ?1";
    let swapped = phone.vault.write(|db| {
        db.execute_batch("DROP TRIGGER payments_approved_bytes_stay")
            .map_err(VaultFailure::from)?;
        db.execute(swap, [id.to_string()]).map_err(VaultFailure::from)
    });
    assert_eq!(swapped, Ok(1));
}

#[test]
fn a_row_that_contradicts_itself_is_neither_shown_nor_sent() {
    let world = World::new();
    world.run(async |phone| {
        let review = phone.review(phone.draft()).await;
        swap_bytes(&phone, review.id);
        let damaged = Some(OutboxFailure::Damaged);
        assert_eq!(phone.payments.payment(review.id).err(), damaged);
        assert_eq!(phone.payments.outbox().err(), damaged);
        let approving = phone.payments.approve(review.id, review.digest, REASON.to_owned());
        assert_eq!(approving.err(), Some(ApproveRefusal::Outbox(OutboxFailure::Damaged)));
    });
}

#[test]
fn a_damaged_payment_does_not_hold_the_others_up() {
    let world = World::new();
    world.run(async |phone| {
        world.bank.script([Script::LOST_BEFORE, Script::LOST_BEFORE]);
        let (broken, _) = phone.pay().await;
        let (sound, _) = phone.pay().await;
        swap_bytes(&phone, broken);
        assert!(matches!(phone.settled(sound).await, Stage::Confirmed { .. }));
        tokio::time::sleep(Duration::from_hours(100)).await;
        assert_eq!(phone.payments.uncertain(), Ok(1));
    });
    assert_eq!(world.bank.executed().len(), 1);
}
