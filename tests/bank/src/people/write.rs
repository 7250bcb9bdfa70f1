//! Writing the cast and the diary to the books.

use rusqlite::{Transaction, params};

use super::SeedError;
use super::cast::{PEOPLE, all_purses};
use super::diary::{Happening, Leg};
use crate::ledger::{
    AccountId, EntryId, LocalizedText, Movement, NewAccount, NewEntry, Status, book, hold, post,
};
use crate::money::Money;
use crate::oauth::password;

/// Writes the customers.
pub(super) fn people(tx: &Transaction<'_>) -> Result<(), SeedError> {
    let sql = "INSERT INTO customer (customer_id, username, password_hash, name_en, name_zh, locale) \
               VALUES (?1, ?2, ?3, ?4, ?5, ?6)";
    for person in PEOPLE {
        let sign_in = &person.sign_in;
        let hash = password::hash(sign_in.password)?;
        tx.execute(
            sql,
            params![
                person.customer_id,
                sign_in.username,
                hash,
                sign_in.name.en,
                sign_in.name.zh,
                person.locale
            ],
        )?;
    }
    Ok(())
}

/// Opens every account, at zero.
pub(super) fn accounts(tx: &Transaction<'_>) -> Result<(), SeedError> {
    for purse in all_purses() {
        let account = NewAccount {
            account_id: purse.id.into(),
            customer_id: purse.owner.map(|owner| owner.customer_id),
            number: &purse.number(),
            kind: purse.kind,
            currency: purse.currency,
            name: LocalizedText::both(purse.name.en, purse.name.zh),
            can_pay: purse.can_pay,
        };
        account.open(tx)?;
    }
    Ok(())
}

/// Posts what happened, in order, and shows it to the customers.
pub(super) fn happenings(tx: &Transaction<'_>, happenings: &[Happening]) -> Result<(), SeedError> {
    for (number, happening) in happenings.iter().enumerate() {
        if shown(&happening.legs).any(|movement| movement.status == Status::Pending) {
            for movement in shown(&happening.legs) {
                hold(tx, movement)?;
            }
            continue;
        }
        let entry_id = EntryId::derived(&["history", &number.to_string()]);
        let accounts: Vec<AccountId> =
            happening.legs.iter().map(|leg| leg.purse.id.into()).collect();
        let postings: Vec<(&AccountId, Money)> = accounts
            .iter()
            .zip(&happening.legs)
            .map(|(account, leg)| (account, leg.amount))
            .collect();
        let entry = NewEntry {
            entry_id: &entry_id,
            at: happening.at,
            description: happening.what,
            intent_id: None,
            postings: &postings,
        };
        post(tx, &entry)?;
        for movement in shown(&happening.legs) {
            book(tx, movement, &entry_id)?;
        }
    }
    Ok(())
}

fn shown(legs: &[Leg]) -> impl Iterator<Item = &Movement> {
    legs.iter().filter_map(|leg| leg.shown.as_ref())
}
