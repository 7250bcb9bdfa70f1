//! Screens out: order and pages.

use guichet_ledger::{PageMark, Transaction};
use proptest::prelude::*;

use crate::bank::{Phone, account, page, transaction};

fn ids(transactions: &[Transaction]) -> Vec<&str> {
    transactions.iter().map(|t| t.id.as_str()).collect()
}

#[test]
fn the_newest_come_first_across_accounts_and_in_one() {
    let phone = Phone::new();
    let rows = [
        transaction("old", "a", 10, 1),
        transaction("new", "b", 30, 1),
        transaction("mid", "a", 20, 1),
    ];
    phone.take(&page("1", &[account("a", 1), account("b", 1)], &rows, &[]));
    assert_eq!(ids(&phone.ledger.recent(10).unwrap()), ["new", "mid", "old"]);
    assert_eq!(ids(&phone.ledger.recent(1).unwrap()), ["new"]);
    assert_eq!(ids(&phone.all_of("a")), ["mid", "old"]);
    assert!(phone.all_of("nobody").is_empty());
}

#[test]
fn accounts_keep_the_bank_s_order() {
    let phone = Phone::new();
    phone.take(&page("1", &[account("z", 1), account("a", 1)], &[], &[]));
    phone.take(&page("2", &[account("a", 2)], &[], &[]));
    let order: Vec<String> =
        phone.ledger.accounts().unwrap().iter().map(|a| a.id.to_string()).collect();
    assert_eq!(order, ["z", "a"]);
}

#[test]
fn a_mark_stays_good_while_rows_come_and_go() {
    let phone = Phone::new();
    let rows: Vec<_> = (0..6).map(|n| transaction(&format!("t{n}"), "a", n, 1)).collect();
    phone.take(&page("1", &[account("a", 1)], &rows, &[]));
    let id = "a".parse().unwrap();
    let first = phone.ledger.page(&id, None, 2).unwrap();
    assert_eq!(ids(&first.transactions), ["t5", "t4"]);
    // The row at the mark vanishes, newer ones arrive.
    phone.take(&page("2", &[], &[transaction("t9", "a", 9, 1)], &["t4"]));
    let mark = first.next.map(|mark| PageMark::from_number(mark.number()));
    let second = phone.ledger.page(&id, mark, 2).unwrap();
    assert_eq!(ids(&second.transactions), ["t3", "t2"]);
    let third = phone.ledger.page(&id, second.next, 2).unwrap();
    assert_eq!(ids(&third.transactions), ["t1", "t0"]);
    assert_eq!(third.next, None);
}

#[test]
fn limits_are_kept_within_bounds() {
    let phone = Phone::new();
    let rows: Vec<_> = (0..700).map(|n| transaction(&format!("t{n}"), "a", n, 1)).collect();
    phone.take(&page("1", &[account("a", 1)], &rows, &[]));
    assert_eq!(phone.ledger.recent(0).unwrap().len(), 1);
    assert_eq!(phone.ledger.recent(usize::MAX).unwrap().len(), 500);
    let anywhere = Some(PageMark::from_number(i64::MIN));
    assert!(phone.ledger.page(&"a".parse().unwrap(), anywhere, 9).unwrap().transactions.is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn pages_of_any_size_are_the_whole_list_in_order(
        times in prop::collection::vec(0_i64..20, 0..40),
        size in 1_usize..12,
    ) {
        let phone = Phone::new();
        let rows: Vec<_> =
            times.iter().enumerate().map(|(n, at)| transaction(&format!("t{n}"), "a", *at, 1)).collect();
        phone.take(&page("1", &[account("a", 1), account("b", 1)], &rows, &[]));
        let (mut all, mut before) = (Vec::new(), None);
        loop {
            let part = phone.ledger.page(&"a".parse().unwrap(), before, size).unwrap();
            prop_assert!(part.transactions.len() <= size);
            all.extend(part.transactions);
            before = part.next;
            if before.is_none() {
                break;
            }
        }
        prop_assert_eq!(all.len(), times.len());
        prop_assert!(all.windows(2).all(|pair| pair[0].at >= pair[1].at));
        let mut seen: Vec<_> = ids(&all);
        seen.sort_unstable();
        seen.dedup();
        prop_assert_eq!(seen.len(), times.len());
    }
}
