//! Whether what the phone shows is what the bank has: every balance and every row, none missing, none more, none altered.

use std::collections::{BTreeMap, BTreeSet};

use anyhow::{Context as _, Result, ensure};

use super::books::Books;
use super::phone::{PhoneProcess, Views};
use super::stage::Stage;
use crate::phone::talk::AccountRow;

/// Compares the balances on the home screen with the books.
pub(super) fn check_balances(accounts: &[AccountRow], books: &Books, username: &str) -> Result<()> {
    let balances = books.balances(username)?;
    ensure!(balances.len() == accounts.len(), "{} accounts on the phone", accounts.len());
    for account in accounts {
        let (shown, booked) = (figures(&account.balance), balances.get(&account.id).copied());
        ensure!(
            booked.is_some_and(|booked| booked.unsigned_abs() == shown),
            "the phone shows {} where the bank has {booked:?}",
            account.balance,
        );
    }
    Ok(())
}

/// One more payment was executed, `payments` in all: the one that the phone did not know before.
pub(super) fn check_paid_once(
    views: &Views,
    known: &BTreeSet<String>,
    books: &Books,
    payments: usize,
) -> Result<()> {
    let now = views.payment_ids()?;
    let new: Vec<_> = now.difference(known).collect();
    let executed = books.executed()?;
    ensure!(executed.len() == payments, "{} payments in the books", executed.len());
    let last = executed.last().context("nothing was executed")?;
    ensure!(new == [&last.intent_id], "new on the phone: {new:?}, at the bank: {last:?}");
    Ok(())
}

/// Compares all there is: every row, and that no money came from nowhere. How many rows the phone has, and how many payments were made.
pub(super) async fn check_everything(stage: &mut Stage, username: &str) -> Result<(usize, usize)> {
    let books = stage.books()?;
    let rows = check_rows(stage.phone()?, &books, username).await?;
    ensure!(stage.control()?.is_conserved().await?, "money out of nowhere");
    Ok((rows, books.executed()?.len()))
}

/// Compares every transaction of every account with the books.
pub(super) async fn check_rows(
    phone: &mut PhoneProcess,
    books: &Books,
    username: &str,
) -> Result<usize> {
    let accounts = phone.views().home_content()?.accounts.clone();
    check_balances(&accounts, books, username)?;
    let mut compared = 0;
    for account in &accounts {
        let shown = rows(phone, &account.id).await?;
        let booked: BTreeMap<_, _> = books
            .transactions(&account.id)?
            .into_iter()
            .map(|(id, minor)| (id, minor.unsigned_abs()))
            .collect();
        let wrong = shown.iter().find(|(id, minor)| booked.get(*id) != Some(minor));
        ensure!(wrong.is_none(), "a row on the phone is not the bank's: {wrong:?}");
        ensure!(shown.len() == booked.len(), "{} rows of {}", shown.len(), booked.len());
        compared += shown.len();
    }
    Ok(compared)
}

/// Ids and amounts, page by page.
async fn rows(phone: &mut PhoneProcess, account: &str) -> Result<BTreeMap<String, u64>> {
    let (mut rows, mut older) = (BTreeMap::new(), None);
    loop {
        let page = phone.page(account, older).await?;
        rows.extend(page.rows.into_iter().map(|row| (row.id, figures(&row.amount))));
        older = page.older;
        if older.is_none() {
            return Ok(rows);
        }
    }
}

/// The minor units that an amount's figures say, whatever stands around them.
fn figures(amount: &str) -> u64 {
    let figures = amount.chars().filter_map(|character| character.to_digit(10));
    figures.fold(0, |sum, figure| sum * 10 + u64::from(figure))
}
