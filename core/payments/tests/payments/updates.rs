//! An app that comes with other words: what was approved stays, what was only reviewed is reviewed again.

use guichet_payments::{Setback, Stage, TextDigest};
use guichet_vault::VaultFailure;

use crate::support::{Phone, Script, World};

/// Rewrites what is stored as if an earlier version, with other templates, had frozen it.
fn as_if_frozen_with_other_words(phone: &Phone) {
    let words = "Transfer of CNY 123.45 to 李娜";
    let digest = String::from(TextDigest::of(words));
    phone
        .vault
        .write(|db| {
            let (id, intent): (String, Vec<u8>) = db
                .query_row("SELECT intent_id, intent FROM payments_outbox", [], |row| {
                    Ok((row.get(0)?, row.get(1)?))
                })
                .map_err(VaultFailure::from)?;
            let mut intent: serde_json::Value = serde_json::from_slice(&intent).unwrap();
            intent["display"]["sha256"] = digest.into();
            let intent = serde_jcs::to_vec(&intent).unwrap();
            db.execute_batch("DROP TRIGGER payments_approved_bytes_stay")
                .map_err(VaultFailure::from)?;
            db.execute(
                "UPDATE payments_outbox SET intent = ?2, words = ?3 WHERE intent_id = ?1",
                (id, intent, words),
            )
            .map_err(VaultFailure::from)
        })
        .unwrap();
}

#[test]
fn a_review_in_words_this_app_does_not_use_is_a_draft_again() {
    let world = World::new();
    world.run(async |phone| {
        let review = phone.review(phone.draft()).await;
        as_if_frozen_with_other_words(&phone);
        assert_eq!(phone.stage(review.id), Stage::Draft { setback: Some(Setback::ReviewExpired) });
        assert_eq!(phone.payments.reviewed(review.id), Ok(None));
        let again = phone.review(review.id).await;
        assert!(matches!(phone.approve(&again).await, Stage::Confirmed { .. }));
    });
}

#[test]
fn invariant_05_settles_an_unknown_payment_survives_an_app_with_other_words() {
    let world = World::new();
    let before = world.run(async |phone| {
        world.bank.script([Script::LOST_BEFORE]);
        let (id, _) = phone.pay().await;
        as_if_frozen_with_other_words(&phone);
        id
    });
    world.run(async |phone| {
        assert!(matches!(phone.stage(before), Stage::Unknown { .. }));
        phone.payments.resolve_all().await.unwrap().unwrap();
        // The signature was over the former bytes; that the bank was asked at all is the point.
        assert!(matches!(phone.stage(before), Stage::Rejected { .. }));
    });
    assert_eq!(world.bank.submissions().len(), 2);
}
