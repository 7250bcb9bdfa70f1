//! Double entry: what the books refuse, whoever asks.

use guichet_bank::audit;
use guichet_bank::ledger::{
    LedgerError, MovementId, NewEntry, PENDING_S, drop_hold, hold, post, settle, settle_due,
};
use guichet_bank::money::{CNY, USD};
use proptest::prelude::*;
use rusqlite::OpenFlags;

use crate::harness::*;

fn refusal(books: &Books, sql: &str) -> String {
    let outcome = books.store.write(|tx| tx.execute_batch(sql));
    outcome.map_or_else(|error| error.to_string(), |()| "accepted".to_owned())
}

#[test]
fn an_entry_that_does_not_balance_is_refused() {
    let books = Books::new();
    let (ann, bo, dollars) = (id_of(ANN), id_of(BO), id_of(ANN_DOLLARS));
    for postings in [
        vec![(&ann, money(CNY, -100)), (&bo, money(CNY, 99))],
        vec![(&ann, money(CNY, -100)), (&dollars, money(USD, 100))],
        vec![(&ann, money(CNY, 100))],
    ] {
        let entry_id = "e-1".into();
        let entry = NewEntry {
            entry_id: &entry_id,
            at: 0,
            description: "",
            intent_id: None,
            postings: &postings,
        };
        let outcome = books.write(|tx| post(tx, &entry));
        assert!(matches!(outcome, Err(LedgerError::Unbalanced(_))), "{outcome:?}");
    }
    assert!(books.is_conserved());
}

#[test]
fn invariant_01_conservation_is_kept_by_the_file_itself() {
    let books = Books::new();
    let entry = "INSERT INTO entry (entry_id, at, description) VALUES ('e-1', 0, '');";
    let half = format!("INSERT INTO posting VALUES ('e-1', 'a-{ANN}', 100, 'CNY');");
    let other_half = format!("INSERT INTO posting VALUES ('e-1', 'a-{BO}', -100, 'CNY');");
    assert!(refusal(&books, &format!("{entry}{half}")).contains("FOREIGN KEY"));
    assert_eq!(refusal(&books, &format!("{entry}{half}{other_half}")), "accepted");
    assert!(books.is_conserved());
}

#[test]
fn invariant_01_no_balance_changes_without_an_entry() {
    let books = Books::new();
    for (sql, why) in [
        ("UPDATE account SET booked = booked + 1", "by an entry only"),
        ("UPDATE posting SET minor = minor + 1", "never changed"),
        ("DELETE FROM posting", "never deleted"),
        ("UPDATE entry SET at = 1", "never changed"),
        ("DELETE FROM entry", "never deleted"),
        ("INSERT INTO impossible (id) VALUES (0)", "CHECK"),
        (
            "INSERT INTO account (account_id, number, kind, currency, name_en, name_zh, can_pay, booked) \
             VALUES ('x', 'X', 'internal', 'CNY', '', '', 0, 5)",
            "begins at zero",
        ),
    ] {
        let refusal = refusal(&books, sql);
        assert!(refusal.contains(why), "{sql}: {refusal}");
    }
    assert!(books.is_conserved());
}

#[test]
fn nobodys_own_money_goes_below_zero_but_a_card_may() {
    let books = Books::new();
    let pay = |number: &str, minor: i64| {
        refusal(
            &books,
            &format!(
                "INSERT INTO entry (entry_id, at, description) VALUES ('e-{number}', 0, '');
                 INSERT INTO posting VALUES ('e-{number}', 'a-{number}', -{minor}, 'CNY');
                 INSERT INTO posting VALUES ('e-{number}', 'a-{WORLD}', {minor}, 'CNY');"
            ),
        )
    };
    assert!(pay(ANN, ANN_FEN + 1).contains("CHECK"));
    assert_eq!(pay(ANN_CARD, 99_999), "accepted");
    assert_eq!(pay(ANN, ANN_FEN), "accepted");
}

#[test]
fn a_posting_is_in_the_currency_of_its_account() {
    let books = Books::new();
    let sql = format!(
        "INSERT INTO entry (entry_id, at, description) VALUES ('e-1', 0, '');
         INSERT INTO posting VALUES ('e-1', 'a-{ANN}', 100, 'USD');
         INSERT INTO posting VALUES ('e-1', 'a-{ANN_DOLLARS}', -100, 'USD');"
    );
    assert!(refusal(&books, &sql).contains("by an entry only"));
    assert!(books.is_conserved());
}

#[test]
fn an_entry_posts_once() {
    let books = Books::new();
    books.write(|tx| move_money(tx, "e-1", ANN, BO, money(CNY, 5)));
    let (ann, bo) = (id_of(ANN), id_of(BO));
    let postings = [(&ann, money(CNY, -5)), (&bo, money(CNY, 5))];
    let entry_id = "e-1".into();
    let entry = NewEntry {
        entry_id: &entry_id,
        at: 0,
        description: "",
        intent_id: None,
        postings: &postings,
    };
    assert!(books.store.write(|tx| post(tx, &entry)).is_err());
    assert_eq!(books.booked(ANN), ANN_FEN - 5);
}

#[test]
fn a_pending_payment_is_held_back_and_moves_nothing() {
    let books = Books::new();
    books.write(|tx| hold(tx, &movement("t-1", ANN, -2_000, 5)).unwrap());
    books.write(|tx| hold(tx, &movement("t-2", ANN, 700, 5)).unwrap());
    let ann = books.account(ANN);
    assert_eq!((ann.booked.minor(), ann.available.minor()), (ANN_FEN, ANN_FEN - 2_000));
    assert!(books.is_conserved());
}

#[test]
fn a_pending_payment_is_booked_once_under_its_own_id() {
    let books = Books::new();
    let id = MovementId::from("t-1");
    books.write(|tx| hold(tx, &movement("t-1", ANN, -2_000, 5)).unwrap());
    books.write(|tx| settle(tx, &id, &id_of(WORLD), 9).unwrap());
    let again = books.write(|tx| settle(tx, &id, &id_of(WORLD), 9));
    assert!(matches!(again, Err(LedgerError::NotPending)));
    let ann = books.account(ANN);
    assert_eq!((ann.booked.minor(), ann.available.minor()), (ANN_FEN - 2_000, ANN_FEN - 2_000));
    assert_eq!(
        books.read(|conn| rows(conn, "c-ann")),
        [("t-1".to_owned(), "booked".to_owned(), -2_000)]
    );
    assert!(books.is_conserved());
}

#[test]
fn a_pending_payment_is_booked_by_itself_after_two_days_and_not_before() {
    let books = Books::new();
    books.write(|tx| hold(tx, &movement("t-1", ANN, -2_000, 5)).unwrap());
    let look = |now: i64| {
        books.write(|tx| settle_due(tx, "c-ann", |_| Some(id_of(WORLD)), now).unwrap());
        books.account(ANN).booked.minor()
    };
    assert_eq!(look(5 + PENDING_S - 1), ANN_FEN);
    assert_eq!(look(5 + PENDING_S), ANN_FEN - 2_000);
    assert_eq!(look(5 + 2 * PENDING_S), ANN_FEN - 2_000, "once");
    assert!(books.is_conserved());
}

#[test]
fn an_item_that_nothing_can_be_booked_against_stays_pending() {
    let books = Books::new();
    books.write(|tx| hold(tx, &movement("t-1", ANN, -2_000, 5)).unwrap());
    books.write(|tx| settle_due(tx, "c-ann", |_| None, 5 + PENDING_S).unwrap());
    assert_eq!(books.account(ANN).available.minor(), ANN_FEN - 2_000);
    assert_eq!(books.account(ANN).booked.minor(), ANN_FEN);
}

#[test]
fn a_dropped_hold_gives_the_money_back() {
    let books = Books::new();
    let id = MovementId::from("t-1");
    books.write(|tx| hold(tx, &movement("t-1", ANN, -2_000, 5)).unwrap());
    books.write(|tx| drop_hold(tx, &id).unwrap());
    assert!(matches!(books.write(|tx| drop_hold(tx, &id)), Err(LedgerError::NotPending)));
    assert_eq!(books.account(ANN).available.minor(), ANN_FEN);
}

#[test]
fn a_booked_row_needs_its_posting() {
    let books = Books::new();
    let row = movement("t-1", ANN, -5, 0);
    let outcome = books.store.write(|tx| guichet_bank::ledger::book(tx, &row, &"e-none".into()));
    assert!(matches!(outcome, Err(LedgerError::Store(_))));
}

#[test]
fn the_audit_reads_a_file_it_cannot_write() {
    let books = Books::new();
    let conn = rusqlite::Connection::open_with_flags(&books.path, OpenFlags::SQLITE_OPEN_READ_ONLY)
        .unwrap();
    let report = audit::report(&conn).unwrap();
    assert!(report.conserved);
    assert_eq!(report.entries, 3);
    assert_eq!(report.sums.get("CNY").map(String::as_str), Some("0"));
    assert_eq!(report.sums.get("USD").map(String::as_str), Some("0"));
}

#[test]
fn the_audit_finds_cooked_books() {
    for cooking in [
        "UPDATE posting SET minor = minor + 1 WHERE entry_id = 'open-ann'",
        "UPDATE account SET booked = booked + 1 WHERE kind = 'current'",
        "DELETE FROM posting WHERE entry_id = 'open-bo'",
        "INSERT INTO entry (entry_id, at, description) VALUES ('e-empty', 0, '')",
        "UPDATE movement SET minor = -1",
    ] {
        let books = Books::new();
        books.write(|tx| hold(tx, &movement("t-1", ANN, -2_000, 5)).unwrap());
        books.write(|tx| settle(tx, &"t-1".into(), &id_of(WORLD), 9).unwrap());
        assert!(books.is_conserved());
        let cook = books.connection();
        cook.execute_batch(
            "PRAGMA foreign_keys = OFF; DROP TRIGGER posting_is_final; DROP TRIGGER posting_is_kept; \
             DROP TRIGGER balance_needs_an_entry;",
        )
        .unwrap();
        cook.execute_batch(cooking).unwrap();
        let report = books.read(|conn| audit::report(conn).unwrap());
        assert!(!report.conserved && !report.findings.is_empty(), "{cooking}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(16))]

    #[test]
    fn invariant_01_balances_are_the_sums_of_postings(
        moves in prop::collection::vec((0..3_usize, 0..3_usize, 1..900_000_i64), 1..40),
    ) {
        let books = Books::new();
        let accounts = [ANN, ANN_SAVINGS, BO];
        let total = |books: &Books| accounts.iter().map(|number| books.booked(number)).sum::<i64>();
        let before = total(&books);
        for (index, (from, to, minor)) in moves.into_iter().enumerate() {
            let (from, to) = (id_of(accounts[from]), id_of(accounts[to]));
            let postings = [(&from, money(CNY, -minor)), (&to, money(CNY, minor))];
            let entry_id = format!("e-{index}").as_str().into();
            let entry = NewEntry { entry_id: &entry_id, at: 0, description: "", intent_id: None, postings: &postings };
            // Overdrafts and transfers to oneself are refused; what is refused leaves nothing
            // behind.
            let _ = books.store.write(|tx| post(tx, &entry));
            prop_assert!(books.is_conserved());
        }
        prop_assert_eq!(total(&books), before);
    }
}
