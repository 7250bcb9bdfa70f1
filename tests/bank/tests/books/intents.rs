//! Intents that are carried out, and what the bank answers.

use guichet_bank::attestation::TrustLevel;
use guichet_bank::intents::{LimitTable, Locale, SubmitError, status};
use guichet_bank::money::{CNY, USD};
use serde_json::json;
use sha2::{Digest, Sha256};

use crate::harness::*;

fn sha256(bytes: &[u8]) -> String {
    use base64ct::Encoding;
    base64ct::Base64UrlUnpadded::encode_string(&Sha256::digest(bytes))
}

#[test]
fn an_approved_intent_moves_the_money_and_answers_a_receipt() {
    let books = Books::new();
    let intent = books.lunch();
    let submission = ann().approve(&intent);
    let answer = books.submit(&ann(), &submission).unwrap();
    assert!(answer.is_first);
    let receipt = books.verified(&answer.receipt);
    assert_eq!(receipt["iss"], ISSUER);
    assert_eq!(receipt["outcome"], "executed");
    assert_eq!(receipt["intent_id"], intent.id);
    assert_eq!(receipt["device_id"], "d-ann");
    assert_eq!(receipt["intent_sha256"], sha256(&submission.bytes));
    assert_eq!(receipt["approval_sha256"], sha256(&submission.approval));
    assert_eq!(receipt["iat"], json!(books.now().as_second()));
    assert!(receipt["entry_id"].is_string() && receipt.get("reason").is_none());
    assert_eq!(books.booked(ANN), ANN_FEN - 1_234);
    assert_eq!(books.booked(BO), 50_000 + 1_234);
    assert!(books.is_conserved());
}

#[test]
fn the_ledger_shows_one_debit_and_one_credit() {
    let books = Books::new();
    let intent = books.lunch();
    let receipt = books.receipt(&ann(), &ann().approve(&intent));
    let sql = "SELECT account_id, minor FROM posting JOIN entry USING (entry_id) WHERE intent_id = ?1 ORDER BY minor";
    let conn = books.connection();
    let postings: Vec<(String, i64)> = conn
        .prepare(sql)
        .unwrap()
        .query_map([&intent.id], |row| Ok((row.get(0)?, row.get(1)?)))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(postings, [(format!("a-{ANN}"), -1_234), (format!("a-{BO}"), 1_234)]);
    let entry: String = conn
        .query_row("SELECT entry_id FROM entry WHERE intent_id = ?1", [&intent.id], |row| {
            row.get(0)
        })
        .unwrap();
    assert_eq!(receipt["entry_id"], entry);
}

#[test]
fn both_sides_see_the_transfer_and_only_the_payer_sees_the_intent() {
    let books = Books::new();
    let intent = books.lunch();
    books.receipt(&ann(), &ann().approve(&intent));
    let seen = |customer: &str| -> (i64, String, Option<String>, Option<String>, String) {
        let sql = "SELECT minor, counterparty_en, note, intent_id, counterparty_account FROM movement WHERE customer_id = ?1";
        books.read(|conn| {
            conn.query_row(sql, [customer], |row| {
                Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?, row.get(4)?))
            })
            .unwrap()
        })
    };
    let lunch = Some("Lunch".to_owned());
    assert_eq!(
        seen("c-ann"),
        (-1_234, "Bo Bai".to_owned(), lunch.clone(), Some(intent.id), BO.to_owned())
    );
    assert_eq!(seen("c-bo"), (1_234, "Ann An".to_owned(), lunch, None, ANN.to_owned()));
}

#[test]
fn an_empty_note_is_no_note() {
    let books = Books::new();
    let intent = books.lunch_with(|terms| terms.note.clear());
    assert_eq!(books.receipt(&ann(), &ann().approve(&intent))["outcome"], "executed");
    let notes: i64 = books.read(|conn| {
        conn.query_row("SELECT count(note) FROM movement", [], |row| row.get(0)).unwrap()
    });
    assert_eq!(notes, 0);
}

#[test]
fn the_payee_is_known_by_either_name() {
    let books = Books::new();
    let mut intent = books.lunch_with(|terms| terms.to.name = "白波".to_owned());
    intent.display.locale = Locale::ZhCn;
    assert_eq!(books.receipt(&ann(), &ann().approve(&shown(intent)))["outcome"], "executed");
}

#[test]
fn a_transfer_to_an_own_account_needs_the_own_name() {
    let books = Books::new();
    let to_savings = |name: &str| {
        let intent = books.lunch_with(|terms| {
            terms.to.account = ANN_SAVINGS.to_owned();
            terms.to.name = name.to_owned();
        });
        books.receipt(&ann(), &ann().approve(&intent))
    };
    assert_eq!(to_savings("Savings")["reason"], "payee_name_mismatch");
    assert_eq!(to_savings("Ann An")["outcome"], "executed");
    assert_eq!(books.booked(ANN_SAVINGS), 1_234);
    assert_eq!(books.read(|conn| rows(conn, "c-ann")).len(), 2);
}

#[test]
fn a_foreign_account_pays_in_its_own_currency() {
    let books = Books::new();
    let intent = books.lunch_with(|terms| {
        terms.from.account = ANN_DOLLARS.to_owned();
        terms.to.account = BO_DOLLARS.to_owned();
        terms.amount = money(USD, 2_500);
    });
    assert_eq!(books.receipt(&ann(), &ann().approve(&intent))["outcome"], "executed");
    assert_eq!(books.booked(BO_DOLLARS), 2_500);
    let left = books.limits_at(TrustLevel::Software).remaining_today;
    let per_day = LimitTable::default().software.per_day_fen;
    assert_eq!(left, money(CNY, per_day - 17_875));
    assert!(books.is_conserved());
}

#[test]
fn a_card_may_be_paid_into() {
    let books = Books::new();
    let intent = books.lunch_with(|terms| {
        terms.to.account = ANN_CARD.to_owned();
        terms.to.name = "安安".to_owned();
    });
    assert_eq!(books.receipt(&ann(), &ann().approve(&intent))["outcome"], "executed");
}

#[test]
fn the_status_is_the_receipt_and_nobody_elses() {
    let books = Books::new();
    let intent = books.lunch();
    let ask = |device: &str| books.read(|conn| status(conn, device, &intent.id).unwrap());
    assert_eq!(ask("d-ann"), None);
    let answer = books.submit(&ann(), &ann().approve(&intent)).unwrap();
    assert_eq!(ask("d-ann"), Some(answer.receipt));
    assert_eq!(ask("d-bo"), None);
}

#[test]
fn payments_of_a_bank_day_count_towards_its_limit() {
    for level in TrustLevel::ALL {
        let books = Books::new();
        let limits = books.trust(&ann(), level);
        let rich = money(CNY, 10 * limits.per_day_fen);
        books.write(|tx| move_money(tx, "rich", WORLD, ANN, rich));
        let pay = |minor: i64| {
            let intent = books.lunch_with(|terms| terms.amount = money(CNY, minor));
            books.receipt(&ann(), &ann().approve(&intent))
        };
        let left = || books.limits_at(level).remaining_today.minor();
        assert_eq!(pay(limits.per_payment_fen + 1)["reason"], "limit_exceeded", "{level:?}");
        assert_eq!(left(), limits.per_day_fen);
        while left() > limits.per_payment_fen {
            assert_eq!(pay(limits.per_payment_fen)["outcome"], "executed");
        }
        assert_eq!(pay(left() - 1)["outcome"], "executed");
        assert_eq!(left(), 1);
        assert_eq!(pay(2)["reason"], "limit_exceeded");
        assert_eq!(pay(1)["outcome"], "executed");
        assert_eq!(left(), 0);
        // Noon to just before, then just after, midnight in Shanghai.
        books.pass(12 * 3600 - 1);
        assert_eq!(pay(1)["reason"], "limit_exceeded");
        books.pass(1);
        assert_eq!(left(), limits.per_day_fen);
        assert_eq!(pay(limits.per_payment_fen)["outcome"], "executed");
    }
}

/// A thief who enrols a phone of their own gets the limits of a phone nobody vouches for, and what the
/// customer's own phone has paid today comes off them.
#[test]
fn what_one_device_pays_comes_off_every_devices_limit() {
    let books = Books::new();
    let limits = books.trust(&ann(), TrustLevel::Strongbox);
    let rich = money(CNY, 10 * limits.per_day_fen);
    books.write(|tx| move_money(tx, "rich", WORLD, ANN, rich));
    let intent = books.lunch_with(|terms| terms.amount = money(CNY, limits.per_payment_fen));
    assert_eq!(books.receipt(&ann(), &ann().approve(&intent))["outcome"], "executed");
    let left = |level| books.limits_at(level).remaining_today.minor();
    assert_eq!(left(TrustLevel::Strongbox), limits.per_day_fen - limits.per_payment_fen);
    assert_eq!(left(TrustLevel::Software), 0);

    // The level counts when the intent is judged, not when its challenge was given out.
    let intent = books.lunch_with(|terms| terms.amount = money(CNY, limits.per_payment_fen));
    books.trust(&ann(), TrustLevel::Software);
    assert_eq!(books.receipt(&ann(), &ann().approve(&intent))["reason"], "limit_exceeded");
}

#[test]
fn a_better_kept_key_may_approve_more() {
    let table = LimitTable::default();
    let [software, tee, strongbox, secure_enclave] = TrustLevel::ALL.map(|level| table.of(level));
    assert_eq!((software.per_payment_fen, software.per_day_fen), (2_000_000, 5_000_000));
    assert_eq!((tee.per_payment_fen, tee.per_day_fen), (5_000_000, 20_000_000));
    assert_eq!((strongbox.per_payment_fen, strongbox.per_day_fen), (10_000_000, 50_000_000));
    assert_eq!(secure_enclave, strongbox);
}

#[test]
fn a_pending_payment_cannot_be_spent_again() {
    let books = Books::new();
    let most = ANN_FEN - 500;
    books.write(|tx| guichet_bank::ledger::hold(tx, &movement("t-1", ANN, -501, 0)).unwrap());
    let pay = |minor: i64| {
        let intent = books.lunch_with(|terms| terms.amount = money(CNY, minor));
        books.receipt(&ann(), &ann().approve(&intent))
    };
    assert_eq!(pay(most)["reason"], "insufficient_funds");
    assert_eq!(pay(most - 1)["outcome"], "executed");
}

#[test]
fn a_refused_intent_keeps_its_id_and_its_challenge_is_used() {
    let books = Books::new();
    let refused = books.lunch_with(|terms| terms.to.name = "Somebody".to_owned());
    let submission = ann().approve(&refused);
    assert_eq!(books.receipt(&ann(), &submission)["reason"], "payee_name_mismatch");
    let mut corrected = refused;
    transfer(&mut corrected).to.name = "Bo Bai".to_owned();
    let outcome = books.submit(&ann(), &ann().approve(&shown(corrected.clone())));
    assert!(matches!(outcome, Err(SubmitError::Conflict)));
    corrected.id = books.lunch().id;
    assert_eq!(
        books.receipt(&ann(), &ann().approve(&shown(corrected)))["reason"],
        "challenge_invalid"
    );
}

#[test]
fn an_intent_refused_before_its_challenge_leaves_the_challenge() {
    let books = Books::new();
    let mut elsewhere = books.lunch();
    elsewhere.aud = "https://other.test".to_owned();
    assert_eq!(books.receipt(&ann(), &ann().approve(&elsewhere))["reason"], "wrong_device");
    let mut here = books.lunch();
    here.challenge = elsewhere.challenge;
    assert_eq!(books.receipt(&ann(), &ann().approve(&here))["outcome"], "executed");
}

#[test]
fn a_revoked_device_approves_nothing_more() {
    let books = Books::new();
    let submission = ann().approve(&books.lunch());
    books.write(|tx| {
        tx.execute("UPDATE device SET revoked_at = 1 WHERE device_id = 'd-ann'", []).unwrap()
    });
    assert_eq!(books.receipt(&ann(), &submission)["reason"], "approval_invalid");
    assert_eq!(books.booked(ANN), ANN_FEN);
}
