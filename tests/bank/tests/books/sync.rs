//! Sync: a phone that applies the pages holds the bank's rows, whatever the pages' size and however
//! often they come.

use std::collections::BTreeMap;

use guichet_bank::ledger::{MovementId, Status, drop_hold, hold, settle};
use guichet_bank::money::CNY;
use guichet_bank::sync::{Page, Position, page};
use proptest::prelude::*;

use crate::harness::*;

/// What a phone keeps.
#[derive(Default)]
struct Copy {
    rows: BTreeMap<String, (String, i64)>,
    balances: BTreeMap<String, (i64, i64)>,
}

impl Copy {
    fn apply(&mut self, page: &Page) {
        for account in &page.accounts {
            self.balances.insert(
                account.number.clone(),
                (account.booked.minor(), account.available.minor()),
            );
        }
        for row in &page.movements {
            let status = if row.status == Status::Booked { "booked" } else { "pending" };
            self.rows.insert(
                row.movement_id.as_str().to_owned(),
                (status.to_owned(), row.amount.minor()),
            );
        }
        for id in &page.removed {
            self.rows.remove(id.as_str());
        }
    }

    fn rows(&self) -> Vec<(String, String, i64)> {
        self.rows.iter().map(|(id, (status, minor))| (id.clone(), status.clone(), *minor)).collect()
    }
}

fn fetch(books: &Books, customer: &str, position: &Position, limit: usize) -> Page {
    books.read(|conn| page(conn, customer, position, limit).unwrap())
}

/// Pays Bo `n` times, a second apart.
fn pay(books: &Books, count: i64) {
    for _ in 0..count {
        books.pass(1);
        let intent = books.lunch();
        assert_eq!(books.receipt(&ann(), &ann().approve(&intent))["outcome"], "executed");
    }
}

#[test]
fn a_first_sync_comes_newest_first_with_every_account_on_its_first_page() {
    let books = Books::new();
    pay(&books, 5);
    let first = fetch(&books, "c-ann", &Position::Start, 3);
    assert_eq!(first.accounts.len(), 4);
    assert_eq!((first.movements.len(), first.more), (3, true));
    let second = fetch(&books, "c-ann", &first.next, 3);
    assert!(second.accounts.is_empty());
    assert_eq!((second.movements.len(), second.more), (2, false));
    let times: Vec<i64> =
        first.movements.iter().chain(&second.movements).map(|row| row.at).collect();
    assert!(times.is_sorted_by(|a, b| a > b), "{times:?}");
}

#[test]
fn a_page_that_holds_everything_says_there_is_no_more() {
    let books = Books::new();
    pay(&books, 3);
    let page = fetch(&books, "c-ann", &Position::Start, 3);
    assert!(!page.more);
    let after = fetch(&books, "c-ann", &page.next, 3);
    assert!(
        !after.more
            && after.movements.is_empty()
            && after.accounts.is_empty()
            && after.removed.is_empty()
    );
}

#[test]
fn a_transfer_shows_up_as_a_delta_on_both_phones() {
    let books = Books::new();
    let mut places =
        ["c-ann", "c-bo"].map(|customer| fetch(&books, customer, &Position::Start, 10).next);
    pay(&books, 1);
    for (customer, place) in ["c-ann", "c-bo"].into_iter().zip(&mut places) {
        let page = fetch(&books, customer, place, 10);
        assert_eq!(page.movements.len(), 1, "{customer}");
        assert_eq!(page.accounts.len(), 1, "{customer}");
        assert!(!page.more);
    }
}

#[test]
fn a_pending_item_is_booked_in_place_or_removed() {
    let books = Books::new();
    books.write(|tx| hold(tx, &movement("t-1", ANN, -100, 5)).unwrap());
    books.write(|tx| hold(tx, &movement("t-2", ANN, -200, 6)).unwrap());
    let start = fetch(&books, "c-ann", &Position::Start, 10);
    books.write(|tx| settle(tx, &"t-1".into(), &id_of(WORLD), 7).unwrap());
    books.write(|tx| drop_hold(tx, &"t-2".into()).unwrap());
    let delta = fetch(&books, "c-ann", &start.next, 10);
    assert_eq!(
        delta.movements.iter().map(|row| row.movement_id.as_str()).collect::<Vec<_>>(),
        ["t-1"]
    );
    assert_eq!(delta.movements[0].status, Status::Booked);
    assert_eq!(delta.removed, [MovementId::from("t-2")]);
    assert_eq!(delta.accounts[0].available.minor(), ANN_FEN - 100);
}

#[test]
fn a_phone_sees_its_own_customer_only() {
    let books = Books::new();
    pay(&books, 2);
    books.write(|tx| hold(tx, &movement("t-1", ANN, -100, 5)).unwrap());
    let page = fetch(&books, "c-bo", &Position::Start, 10);
    assert_eq!(page.movements.len(), 2);
    assert!(page.movements.iter().all(|row| row.amount.minor() > 0));
    assert_eq!(page.accounts.len(), 2);
}

#[test]
fn a_position_ahead_of_the_books_answers_nothing() {
    let books = Books::new();
    let page = fetch(&books, "c-ann", &Position::Since(i64::MAX - 1), 10);
    assert!(page.movements.is_empty() && page.accounts.is_empty() && !page.more);
}

#[derive(Clone, Debug)]
enum Act {
    Pay,
    Hold,
    Settle,
    Drop,
    Fetch { limit: usize, twice: bool },
    Forget,
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        3 => Just(Act::Pay),
        3 => Just(Act::Hold),
        1 => Just(Act::Settle),
        1 => Just(Act::Drop),
        5 => (1..4_usize, any::<bool>()).prop_map(|(limit, twice)| Act::Fetch { limit, twice }),
        1 => Just(Act::Forget),
    ]
}

/// The oldest pending row of Ann's.
fn pending(books: &Books) -> Option<MovementId> {
    let sql = "SELECT movement_id FROM movement WHERE status = 'pending' AND customer_id = 'c-ann' ORDER BY change";
    books.read(|conn| conn.query_row(sql, [], |row| row.get(0)).ok())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(20))]

    /// Rows change, come and go between the pages; a page gets lost and is fetched again; a phone
    /// begins anew.
    #[test]
    fn a_phone_always_ends_with_the_banks_rows(
        acts in prop::collection::vec(act(), 1..40),
        last_limit in 1..1000_usize,
    ) {
        let books = Books::new();
        pay(&books, 4);
        let (mut copy, mut place) = (Copy::default(), Position::Start);
        for (index, act) in acts.into_iter().enumerate() {
            match act {
                Act::Pay => pay(&books, 1),
                Act::Hold => {
                    let at = i64::try_from(index).unwrap() * 86_400;
                    books.write(|tx| hold(tx, &movement(&format!("h-{index}"), ANN, -10, at)).unwrap());
                }
                Act::Settle => if let Some(id) = pending(&books) {
                    let at = books.now().as_second();
                    books.write(|tx| settle(tx, &id, &id_of(WORLD), at).unwrap());
                },
                Act::Drop => if let Some(id) = pending(&books) {
                    books.write(|tx| drop_hold(tx, &id).unwrap());
                },
                Act::Fetch { limit, twice } => {
                    let page = fetch(&books, "c-ann", &place, limit);
                    prop_assert!(page.movements.len() + page.removed.len() <= limit);
                    copy.apply(&page);
                    if twice {
                        copy.apply(&page);
                    } else {
                        place = page.next;
                    }
                }
                Act::Forget => (copy, place) = (Copy::default(), Position::Start),
            }
        }
        loop {
            let page = fetch(&books, "c-ann", &place, last_limit);
            copy.apply(&page);
            place = page.next;
            if !page.more {
                break;
            }
        }
        prop_assert_eq!(copy.rows(), books.read(|conn| rows(conn, "c-ann")));
        for number in [ANN, ANN_SAVINGS, ANN_CARD, ANN_DOLLARS] {
            let account = books.account(number);
            let kept = copy.balances.get(number).copied();
            prop_assert_eq!(kept, Some((account.booked.minor(), account.available.minor())));
        }
        prop_assert!(books.booked(ANN) > 0 && books.account(ANN).booked.currency() == CNY);
    }
}
