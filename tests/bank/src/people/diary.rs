//! Two years as they happen, kept in memory until they are written to the books.
//!
//! The diary knows every balance as it goes along, so that its people can decide as people do: pay
//! the card, put money aside, stay at home when there is none. What would happen after *now* is not
//! written down.

use std::collections::BTreeMap;

use super::Both;
use super::cast::{Person, Purpose, Purse, bank_purse};
use super::merchants::Merchant;
use crate::ledger::{
    Category, Counterparty, LocalizedText, Movement, MovementId, MovementKind, Status,
};
use crate::money::{Money, MoneyError};

/// One side of what happened: what an account gained, and what its owner sees of that.
#[derive(Debug)]
pub(super) struct Leg {
    pub(super) purse: &'static Purse,
    pub(super) amount: Money,
    pub(super) shown: Option<Movement>,
}

/// Something that happened: one entry of the books, or one pending item.
#[derive(Debug)]
pub(super) struct Happening {
    pub(super) at: i64,
    pub(super) what: &'static str,
    pub(super) legs: Vec<Leg>,
}

/// What a movement says besides its amount.
#[derive(Clone, Debug)]
pub(super) struct Words {
    pub(super) kind: MovementKind,
    pub(super) category: Category,
    pub(super) other: Counterparty,
    pub(super) note: Option<String>,
    pub(super) refund_of: Option<MovementId>,
}

impl Words {
    /// Words with no more than a name.
    pub(super) fn of(kind: MovementKind, category: Category, name: Both) -> Self {
        let other = Counterparty { name: LocalizedText::both(name.en, name.zh), account: None };
        Self { kind, category, other, note: None, refund_of: None }
    }

    fn at(merchant: &Merchant) -> Self {
        Self::of(merchant.kind, merchant.category, merchant.name)
    }

    /// The same words with a note.
    pub(super) fn noting(self, note: &str) -> Self {
        Self { note: Some(note.to_owned()), ..self }
    }
}

/// The diary of all customers together.
#[derive(Debug)]
pub(super) struct Diary {
    now: i64,
    happenings: Vec<Happening>,
    balances: BTreeMap<&'static str, i64>,
    rows: u64,
}

impl Diary {
    /// An empty diary that ends at `now`, in seconds since 1970.
    pub(super) const fn new(now: i64) -> Self {
        Self { now, happenings: Vec::new(), balances: BTreeMap::new(), rows: 0 }
    }

    /// When the diary ends.
    pub(super) const fn now(&self) -> i64 {
        self.now
    }

    /// What a purse holds, in minor units.
    pub(super) fn balance(&self, purse: &Purse) -> i64 {
        self.balances.get(purse.id).copied().unwrap_or_default()
    }

    /// Everything that happened, oldest first.
    pub(super) fn into_happenings(mut self) -> Vec<Happening> {
        self.happenings.sort_by_key(|happening| happening.at);
        self.happenings
    }

    /// The balance the books begin with.
    pub(super) fn open(&mut self, at: i64, purse: &'static Purse) -> Result<(), MoneyError> {
        if purse.opening == 0 {
            return Ok(());
        }
        let leg = Leg { purse, amount: Money::new(purse.currency, purse.opening)?, shown: None };
        self.settle_with_bank(at, "balance brought forward", vec![leg], Purpose::Capital)
    }

    /// Pays a merchant `minor` units; answers the row, if it came to that.
    pub(super) fn spend(
        &mut self,
        at: i64,
        purse: &'static Purse,
        minor: i64,
        merchant: &Merchant,
    ) -> Result<Option<MovementId>, MoneyError> {
        self.pay(at, purse, minor, Words::at(merchant), Purpose::World)
    }

    /// Pays `minor` units to where `purpose` says; answers the row, if it came to that.
    pub(super) fn pay(
        &mut self,
        at: i64,
        purse: &'static Purse,
        minor: i64,
        words: Words,
        purpose: Purpose,
    ) -> Result<Option<MovementId>, MoneyError> {
        if at > self.now || minor <= 0 {
            return Ok(None);
        }
        let leg = self.leg(at, purse, -minor, words, Status::Booked)?;
        let row = leg.shown.as_ref().map(|shown| shown.movement_id.clone());
        self.settle_with_bank(at, "payment", vec![leg], purpose)?;
        Ok(row)
    }

    /// Receives `minor` units from where `purpose` says.
    pub(super) fn receive(
        &mut self,
        at: i64,
        purse: &'static Purse,
        minor: i64,
        words: Words,
        purpose: Purpose,
    ) -> Result<(), MoneyError> {
        if at > self.now || minor <= 0 {
            return Ok(());
        }
        let leg = self.leg(at, purse, minor, words, Status::Booked)?;
        self.settle_with_bank(at, "receipt", vec![leg], purpose)
    }

    /// Gets back what was paid with the row `of`.
    pub(super) fn refund(
        &mut self,
        at: i64,
        purse: &'static Purse,
        minor: i64,
        merchant: &Merchant,
        of: MovementId,
    ) -> Result<(), MoneyError> {
        let words = Words {
            refund_of: Some(of),
            ..Words::of(MovementKind::Refund, merchant.category, merchant.name)
        };
        self.receive(at, purse, minor, words, Purpose::World)
    }

    /// Moves `minor` units between two customers' accounts, or two of one customer.
    pub(super) fn transfer(
        &mut self,
        at: i64,
        from: &'static Purse,
        to: &'static Purse,
        minor: i64,
        note: &str,
    ) -> Result<(), MoneyError> {
        let words = |other| Words {
            note: Some(note.to_owned()).filter(|note| !note.is_empty()),
            ..Words { other: counterparty(other), ..transfer_words() }
        };
        self.between(at, (from, words(to)), (to, words(from)), minor)
    }

    /// Moves `minor` units between two customers' accounts with each side's own words.
    pub(super) fn between(
        &mut self,
        at: i64,
        (from, paid): (&'static Purse, Words),
        (to, received): (&'static Purse, Words),
        minor: i64,
    ) -> Result<(), MoneyError> {
        if at > self.now || minor <= 0 {
            return Ok(());
        }
        let paid = self.leg(at, from, -minor, paid, Status::Booked)?;
        let received = self.leg(at, to, minor, received, Status::Booked)?;
        self.note_down(at, "transfer", vec![paid, received]);
        Ok(())
    }

    /// Changes `minor` units of one own currency into `bought` of another.
    pub(super) fn exchange(
        &mut self,
        at: i64,
        (from, minor): (&'static Purse, i64),
        (to, bought): (&'static Purse, i64),
    ) -> Result<(), MoneyError> {
        if at > self.now {
            return Ok(());
        }
        let words = |other| Words {
            other: counterparty(other),
            ..Words::of(MovementKind::Exchange, Category::Transfers, EXCHANGE)
        };
        let sold = self.leg(at, from, -minor, words(to), Status::Booked)?;
        let got = self.leg(at, to, bought, words(from), Status::Booked)?;
        let mut legs = vec![];
        for leg in [sold, got] {
            legs.extend(mirror(&leg, Purpose::Exchange));
            legs.push(leg);
        }
        self.note_down(at, "exchange", legs);
        Ok(())
    }

    /// Announces a payment, or with a negative `minor` a receipt, that is not booked yet.
    pub(super) fn announce(
        &mut self,
        at: i64,
        purse: &'static Purse,
        minor: i64,
        merchant: &Merchant,
    ) -> Result<(), MoneyError> {
        let kind = if minor < 0 { MovementKind::Refund } else { merchant.kind };
        let words = Words { kind, ..Words::at(merchant) };
        let leg = self.leg(at, purse, -minor, words, Status::Pending)?;
        self.happenings.push(Happening { at, what: "pending", legs: vec![leg] });
        Ok(())
    }

    fn leg(
        &mut self,
        at: i64,
        purse: &'static Purse,
        minor: i64,
        words: Words,
        status: Status,
    ) -> Result<Leg, MoneyError> {
        self.rows += 1;
        let amount = Money::new(purse.currency, minor)?;
        let shown = Movement {
            movement_id: MovementId::derived(&["history", &self.rows.to_string()]),
            account_id: purse.id.into(),
            status,
            at,
            amount,
            kind: words.kind,
            category: words.category,
            counterparty: words.other,
            note: words.note,
            intent_id: None,
            refund_of: words.refund_of,
        };
        Ok(Leg { purse, amount, shown: Some(shown) })
    }

    fn settle_with_bank(
        &mut self,
        at: i64,
        what: &'static str,
        mut legs: Vec<Leg>,
        purpose: Purpose,
    ) -> Result<(), MoneyError> {
        let mirrored =
            legs.first().and_then(|leg| mirror(leg, purpose)).ok_or(MoneyError::UnknownCurrency)?;
        legs.push(mirrored);
        self.note_down(at, what, legs);
        Ok(())
    }

    fn note_down(&mut self, at: i64, what: &'static str, legs: Vec<Leg>) {
        for leg in &legs {
            *self.balances.entry(leg.purse.id).or_default() += leg.amount.minor();
        }
        self.happenings.push(Happening { at, what, legs });
    }
}

const EXCHANGE: Both = Both { en: "Currency exchange", zh: "外币兑换" };

fn transfer_words() -> Words {
    Words::of(MovementKind::Transfer, Category::Transfers, EXCHANGE)
}

/// The bank's own side of a leg; `None` where the bank keeps no such account.
fn mirror(leg: &Leg, purpose: Purpose) -> Option<Leg> {
    let purse = bank_purse(purpose, leg.purse.currency)?;
    Some(Leg { purse, amount: leg.amount.negated(), shown: None })
}

/// A purse as its counterpart sees it: its owner's name and its number.
pub(super) fn counterparty(purse: &Purse) -> Counterparty {
    let name = purse.owner.map_or(purse.name, |owner: &Person| owner.sign_in.name);
    let account = purse.owner.map(|_| purse.number());
    Counterparty { name: LocalizedText::both(name.en, name.zh), account }
}
