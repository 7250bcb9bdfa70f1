//! What every customer does: pays monthly bills, earns interest, pays fees, draws cash, settles the
//! card.

use jiff::civil::Date;

use super::Both;
use super::calendar::is_interest_day;
use super::cast::{Purpose, Purse};
use super::chance::Chance;
use super::diary::{Diary, Words};
use super::merchants::{Merchant, Monthly};
use crate::ledger::{Category, MovementKind};
use crate::moment::on_bank_day;
use crate::money::MoneyError;

/// The bank, as customers see it.
pub(super) const BANK: Both = Both { en: "Guichet Sandbox Bank", zh: "柜台沙盒银行" };
const CASH_MACHINE: Both = Both { en: "Cash machine, East Street", zh: "东街自助取款机" };

/// A day in somebody's life.
pub(super) struct Today<'a> {
    pub(super) day: Date,
    pub(super) diary: &'a mut Diary,
    pub(super) luck: &'a mut Chance,
}

impl Today<'_> {
    /// Some time today between two hours, the second excluded.
    pub(super) fn some_time(&mut self, from_hour: i64, to_hour: i64) -> i64 {
        let second = self.luck.time(from_hour, to_hour);
        self.at(second)
    }

    /// A second of today.
    pub(super) fn at(&self, second_of_day: i64) -> i64 {
        on_bank_day(self.day, second_of_day).as_second()
    }

    /// Goes to one of the merchants in `percent` of a hundred cases, between two hours.
    pub(super) fn perhaps(
        &mut self,
        percent: i64,
        purse: &'static Purse,
        merchants: &[Merchant],
        (from_hour, to_hour): (i64, i64),
    ) -> Result<(), MoneyError> {
        if !self.luck.happens(percent) {
            return Ok(());
        }
        let at = self.some_time(from_hour, to_hour);
        let Some(merchant) = self.luck.pick(merchants) else { return Ok(()) };
        let price = self.luck.price(merchant);
        self.diary.spend(at, purse, price, merchant).map(|_| ())
    }

    /// Pays the bills that come today.
    pub(super) fn pay_bills(
        &mut self,
        purse: &'static Purse,
        bills: &[Monthly],
    ) -> Result<(), MoneyError> {
        let today = self.day.day();
        for bill in bills.iter().filter(|bill| bill.day == today) {
            let at = self.some_time(6, 11);
            let price = self.seasonal(&bill.merchant);
            self.diary.spend(at, purse, price, &bill.merchant)?;
        }
        Ok(())
    }

    /// Somewhere between a bill's prices: near the high one when people cool or heat.
    fn seasonal(&mut self, merchant: &Merchant) -> i64 {
        let share = match self.day.month() {
            7 | 8 | 1 => 85,
            6 | 9 | 12 | 2 => 55,
            _ => 15,
        };
        let share = (share + self.luck.between(-15, 15)).clamp(0, 100);
        merchant.low + (merchant.high - merchant.low) * share / 100
    }

    /// Earns the quarter's interest at a yearly rate, in hundredths of a per cent.
    pub(super) fn earn_interest(
        &mut self,
        purse: &'static Purse,
        rate: i64,
    ) -> Result<(), MoneyError> {
        if !is_interest_day(self.day) {
            return Ok(());
        }
        let minor = self.diary.balance(purse) * rate / 40_000;
        let words = Words::of(MovementKind::Interest, Category::Income, BANK);
        self.diary.receive(self.at(60), purse, minor, words, Purpose::Income)
    }

    /// Pays the bank a fee.
    pub(super) fn pay_fee(
        &mut self,
        purse: &'static Purse,
        minor: i64,
        note: &str,
    ) -> Result<(), MoneyError> {
        let words = Words::of(MovementKind::Fee, Category::Fees, BANK).noting(note);
        self.diary.pay(self.at(9 * 3600), purse, minor, words, Purpose::Income).map(|_| ())
    }

    /// Draws cash.
    pub(super) fn draw_cash(
        &mut self,
        purse: &'static Purse,
        minor: i64,
    ) -> Result<(), MoneyError> {
        let at = self.some_time(9, 20);
        let words = Words::of(MovementKind::Cash, Category::Other, CASH_MACHINE);
        self.diary.pay(at, purse, minor, words, Purpose::Cash).map(|_| ())
    }

    /// Pays off all that is owed on a card.
    pub(super) fn settle_card(
        &mut self,
        from: &'static Purse,
        card: &'static Purse,
    ) -> Result<(), MoneyError> {
        let owed = -self.diary.balance(card);
        self.diary.transfer(self.at(7 * 3600), from, card, owed, "信用卡还款")
    }

    /// Puts what exceeds `enough` aside, in round thousands; takes from what was put aside when
    /// less than `little` is left.
    pub(super) fn balance_with_savings(
        &mut self,
        current: &'static Purse,
        savings: &'static Purse,
        (little, enough): (i64, i64),
    ) -> Result<(), MoneyError> {
        let at = self.at(23 * 3600 + 300);
        let held = self.diary.balance(current);
        if held > enough + 100_000 {
            return self.diary.transfer(
                at,
                current,
                savings,
                (held - enough) / 100_000 * 100_000,
                "",
            );
        }
        let missing = (little * 2 - held + 99_999) / 100_000 * 100_000;
        if held < little && missing < self.diary.balance(savings) {
            return self.diary.transfer(at, savings, current, missing, "");
        }
        Ok(())
    }
}
