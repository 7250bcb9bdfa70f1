//! Review and approval: what is shown is what is signed, once, in time.

use std::time::Duration;

use guichet_foundation::locale::Locale;
use guichet_foundation::money::{Currency, Money};
use guichet_foundation::ports::PromptFailure;
use guichet_foundation::sensitivity::C2;
use guichet_payments::{
    AboveLimit, ApprovalFailure, ApproveRefusal, OutboxFailure, PromptStage, ReviewFailure,
    Setback, Stage, TextDigest, TransferForm,
};
use guichet_session::{CallFailure, NotSent, Reply};
use guichet_vault::VaultFailure;

use crate::support::{REASON, World, form};

#[test]
fn a_payment_goes_from_draft_to_confirmed() {
    let world = World::new();
    let (id, stage) = world.run(async |phone| {
        let (id, stage) = phone.pay().await;
        let receipt = phone.payments.receipt(id).unwrap().unwrap();
        assert_eq!(receipt.intent_id(), id);
        assert_eq!(Stage::Confirmed { at: receipt.decided_at() }, stage);
        (id, stage)
    });
    assert!(matches!(stage, Stage::Confirmed { .. }));
    assert_eq!(world.bank.executed(), [id.to_string()]);
    world.run(async |phone| assert_eq!(phone.stage(id), stage));
}

#[test]
fn invariant_03_seen_is_signed_the_bytes_carry_the_digest_of_the_words_shown() {
    let world = World::new();
    world.run(async |phone| {
        for locale in Locale::ALL {
            let id = phone.draft();
            let review = phone.payments.review(id, locale).await.unwrap();
            assert_eq!(TextDigest::of(review.text.expose()), review.digest);
            phone.approve(&review).await;
            let signed = world.bank.signed().pop().unwrap();
            let intent: serde_json::Value =
                serde_json::from_slice(signed.strip_prefix(b"GUICHET-INTENT-V1\n").unwrap())
                    .unwrap();
            assert_eq!(intent["display"]["sha256"], String::from(review.digest));
            assert_eq!(intent["display"]["locale"], locale.tag());
            let decision = world.bank.decision(&id.to_string()).unwrap();
            assert_eq!([b"GUICHET-INTENT-V1\n", decision.bytes.as_slice()].concat(), signed);
        }
    });
}

#[test]
fn invariant_03_seen_is_signed_other_words_are_not_signed() {
    let world = World::new();
    world.run(async |phone| {
        let id = phone.draft();
        let review = phone.review(id).await;
        let other = TextDigest::of(review.text.expose().replace("123.45", "1.23"));
        let approve = |digest| phone.payments.approve(id, digest, REASON.to_owned());
        assert_eq!(approve(other).err(), Some(ApproveRefusal::OtherWords));
        let chinese = phone.payments.review(id, Locale::ZhCn).await.unwrap();
        assert_eq!(approve(review.digest).err(), Some(ApproveRefusal::OtherWords), "an old screen");
        assert!(approve(chinese.digest).is_ok());
    });
}

#[test]
fn an_approval_is_refused_while_something_covers_the_screen() {
    let world = World::new();
    world.run(async |phone| {
        let review = phone.review(phone.draft()).await;
        let approve = || phone.payments.approve(review.id, review.digest, REASON.to_owned());
        phone.payments.set_obscured(true);
        assert_eq!(approve().err(), Some(ApproveRefusal::Obscured));
        assert!(world.bank.signed().is_empty());
        phone.payments.set_obscured(false);
        assert!(approve().is_ok());
    });
}

#[test]
fn one_prompt_yields_one_signature() {
    let world = World::new();
    world.bank.hold_prompt();
    world.run(async |phone| {
        let review = phone.review(phone.draft()).await;
        let other = phone.review(phone.draft()).await;
        let approve = |r: &guichet_payments::Review| {
            phone.payments.approve(r.id, r.digest, REASON.to_owned())
        };
        let first = approve(&review).unwrap();
        assert_eq!(approve(&review).err(), Some(ApproveRefusal::Busy));
        assert_eq!(approve(&other).err(), Some(ApproveRefusal::Busy), "one finger, one prompt");
        let reviewing = phone.payments.review(review.id, Locale::En).await;
        assert_eq!(reviewing, Err(ReviewFailure::Busy), "nothing changes under an open prompt");
        let open = Stage::Reviewed { expires: review.expires, prompt: PromptStage::Open };
        assert_eq!(phone.stage(review.id), open);
        world.bank.release_prompt();
        assert!(matches!(first.await.unwrap(), Ok(Stage::Confirmed { .. })));
        assert_eq!(approve(&review).err(), Some(ApproveRefusal::NotReviewed));
    });
    assert_eq!((world.bank.signed().len(), world.bank.submissions().len()), (1, 1));
}

#[test]
fn a_dropped_caller_does_not_cut_an_approval() {
    let world = World::new();
    world.run(async |phone| {
        let review = phone.review(phone.draft()).await;
        drop(phone.payments.approve(review.id, review.digest, REASON.to_owned()).unwrap());
        assert!(matches!(phone.settled(review.id).await, Stage::Confirmed { .. }));
    });
}

#[test]
fn a_prompt_without_a_signature_leaves_the_review_to_be_approved_again() {
    let world = World::new();
    world.run(async |phone| {
        let review = phone.review(phone.draft()).await;
        for failure in
            [PromptFailure::Cancelled, PromptFailure::NotRecognised, PromptFailure::TimedOut]
        {
            world.bank.script_prompt(Err(failure));
            let approving =
                phone.payments.approve(review.id, review.digest, REASON.to_owned()).unwrap();
            assert_eq!(approving.await.unwrap(), Err(ApprovalFailure::Prompt(failure)));
            let prompt = PromptStage::Failed(failure);
            assert_eq!(phone.stage(review.id), Stage::Reviewed { expires: review.expires, prompt });
        }
        assert!(world.bank.submissions().is_empty());
        assert!(matches!(phone.approve(&review).await, Stage::Confirmed { .. }));
    });
}

#[test]
fn invariant_06_expires_a_review_that_ran_out_is_a_draft_again() {
    let world = World::new();
    let review = world.run(async |phone| phone.review(phone.draft()).await);
    world.bank.clock.advance(Duration::from_mins(5));
    world.run(async |phone| {
        let expired = Stage::Draft { setback: Some(Setback::ReviewExpired) };
        assert_eq!(phone.stage(review.id), expired);
        assert_eq!(phone.payments.reviewed(review.id), Ok(None));
        let approving = phone.payments.approve(review.id, review.digest, REASON.to_owned());
        assert_eq!(approving.err(), Some(ApproveRefusal::Expired));
        let again = phone.review(review.id).await;
        assert!(again.expires > review.expires && again.digest == review.digest);
        assert!(matches!(phone.approve(&again).await, Stage::Confirmed { .. }));
    });
}

#[test]
fn invariant_06_expires_a_signature_that_came_too_late_is_thrown_away() {
    let world = World::new();
    world.bank.hold_prompt();
    world.run(async |phone| {
        let review = phone.review(phone.draft()).await;
        let approving =
            phone.payments.approve(review.id, review.digest, REASON.to_owned()).unwrap();
        tokio::time::sleep(Duration::from_secs(301)).await;
        world.bank.release_prompt();
        assert_eq!(approving.await.unwrap(), Err(ApprovalFailure::TooLate));
        assert_eq!(phone.stage(review.id), Stage::Draft { setback: Some(Setback::ReviewExpired) });
    });
    assert!(world.bank.submissions().is_empty());
}

#[test]
fn a_payment_discarded_under_the_prompt_is_not_sent() {
    let world = World::new();
    world.bank.hold_prompt();
    world.run(async |phone| {
        let review = phone.review(phone.draft()).await;
        let approving =
            phone.payments.approve(review.id, review.digest, REASON.to_owned()).unwrap();
        tokio::task::yield_now().await;
        phone.payments.discard(review.id).unwrap();
        world.bank.release_prompt();
        assert_eq!(approving.await.unwrap(), Err(ApprovalFailure::TooLate));
    });
    assert!(world.bank.submissions().is_empty());
}

#[test]
fn a_vault_locked_under_the_prompt_keeps_the_signature_from_being_used() {
    let world = World::new();
    world.bank.hold_prompt();
    world.run(async |phone| {
        let review = phone.review(phone.draft()).await;
        let approving =
            phone.payments.approve(review.id, review.digest, REASON.to_owned()).unwrap();
        tokio::task::yield_now().await;
        phone.vault.lock();
        world.bank.release_prompt();
        let locked = OutboxFailure::Vault(VaultFailure::Locked);
        assert_eq!(approving.await.unwrap(), Err(ApprovalFailure::Outbox(locked)));
        world.reopen(&phone.vault);
        assert!(matches!(phone.stage(review.id), Stage::Reviewed { .. }));
    });
    assert!(world.bank.submissions().is_empty(), "nothing is sent that is not committed");
}

#[test]
fn a_review_survives_a_restart_and_can_be_shown_again() {
    let world = World::new();
    let review = world.run(async |phone| phone.review(phone.draft()).await);
    world.run(async |phone| {
        assert_eq!(phone.payments.reviewed(review.id), Ok(Some(review.clone())));
        assert!(matches!(phone.approve(&review).await, Stage::Confirmed { .. }));
    });
}

#[test]
fn limits_told_with_the_challenge_are_obeyed() {
    let mut world = World::new();
    world.bank.limits = (10_000, 5_000, 1_000_000);
    world.run(async |phone| {
        let review = async |amount: &str| {
            let typed = TransferForm { amount: C2::new(amount.to_owned()), ..form() };
            let id = phone.payments.draft(&typed).unwrap().id;
            (id, phone.payments.review(id, Locale::En).await)
        };
        let cny = |minor| Money::new(Currency::CNY, minor);
        let (first, refused) = review("100.01").await;
        let above = AboveLimit::PerPayment { limit: cny(10_000) };
        assert_eq!(refused, Err(ReviewFailure::AboveLimit(above)));
        assert_eq!(phone.stage(first), Stage::Draft { setback: None });
        let today = AboveLimit::Today { remaining: cny(5_000) };
        assert_eq!(review("50.01").await.1, Err(ReviewFailure::AboveLimit(today)));
        assert!(review("50").await.1.is_ok());
    });
}

#[test]
fn a_review_without_a_usable_answer_leaves_the_draft() {
    let world = World::new();
    let body = |text: &str| text.as_bytes().to_vec();
    let now = world.bank.clock.now();
    let challenge = "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
    let limits = r#"{"per_payment":{"currency":"CNY","minor":"9999999"},"remaining_today":{"currency":"CNY","minor":"9999999"}}"#;
    let told = |challenge: &str, expires: &str, limits: &str| {
        body(&format!(
            r#"{{"challenge":"{challenge}","expires_at":"{expires}","limits":{limits}}}"#
        ))
    };
    let later = now.shifted(300).to_string();
    world.run(async |phone| {
        let id = phone.draft();
        for (status, body) in [
            (201, body("garbage")),
            (201, body("{}")),
            (201, vec![b'['; 4 * 1024 * 1024]),
            (201, told("short", &later, limits)),
            (201, told(challenge, "tomorrow", limits)),
            (201, told(challenge, &later, "null")),
            (201, told(challenge, &later, &limits.replace("CNY", "XXX"))),
            (200, told(challenge, &later, limits)),
            (400, body(r#"{"error":"invalid_request"}"#)),
        ] {
            world.bank.script_challenge(Ok(Reply { status, body }));
            let reviewing = phone.payments.review(id, Locale::En).await;
            assert_eq!(reviewing, Err(ReviewFailure::Unreadable), "{status}");
        }
        let over = now.to_string();
        world
            .bank
            .script_challenge(Ok(Reply { status: 201, body: told(challenge, &over, limits) }));
        let reviewing = phone.payments.review(id, Locale::En).await;
        assert!(matches!(reviewing, Err(ReviewFailure::NotFrozen(_))), "a challenge that is over");
        let offline = CallFailure::NotSent(NotSent::Offline);
        world.bank.script_challenge(Err(offline));
        let reviewing = phone.payments.review(id, Locale::En).await;
        assert_eq!(reviewing, Err(ReviewFailure::Bank(offline)));
        assert_eq!(phone.stage(id), Stage::Draft { setback: None });
        assert!(phone.payments.review(id, Locale::En).await.is_ok());
    });
}

#[test]
fn an_intent_lives_as_long_as_its_challenge_and_300_seconds_at_most() {
    let world = World::new();
    world.run(async |phone| {
        let now = world.bank.clock.now();
        let id = phone.draft();
        assert_eq!(phone.review(id).await.expires, now.shifted(300));
        let limits = r#"{"per_payment":{"currency":"CNY","minor":"99999"},"remaining_today":{"currency":"CNY","minor":"99999"}}"#;
        for (lives, expected) in [(3_000, 300), (60, 60)] {
            let body = format!(
                r#"{{"challenge":"{}","expires_at":"{}","limits":{limits}}}"#,
                "A".repeat(43),
                now.shifted(lives)
            );
            world.bank.script_challenge(Ok(Reply { status: 201, body: body.into_bytes() }));
            assert_eq!(phone.review(id).await.expires, now.shifted(expected));
        }
    });
}
