//! Li Ming: an office, a rented flat, a card for everything above a lunch, a mother to support.

use super::Both;
use super::calendar::{days_from_spring_festival, is_holiday, is_payday, is_weekend, is_workday};
use super::cast::{LI_CARD, LI_CURRENT, LI_DOLLARS, LI_SAVINGS, LIU_CURRENT, Purpose, WANG_SHOP};
use super::diary::{Words, counterparty};
use super::habits::{BANK, Today};
use super::merchants::{
    BREAKFAST, CLOUD, DINNERS, DRINKS, EBOOKS, GROCERIES, HOTEL, LEISURE, LI_BILLS,
    LI_SUBSCRIPTIONS, LUNCH, METRO, ONLINE, PHARMACIES, RAIL, RIDES, TAKEAWAY,
};
use crate::ledger::{Category, MovementKind};
use crate::money::MoneyError;

const EMPLOYER: Both =
    Both { en: "Jiangcheng Rivulet Software", zh: "江城细流软件有限公司" };
/// What a dollar costs, in fen.
const DOLLAR_FEN: i64 = 718;

/// A day of Li Ming's.
pub(super) fn live(today: &mut Today<'_>) -> Result<(), MoneyError> {
    earn(today)?;
    today.pay_bills(&LI_CURRENT, &LI_BILLS)?;
    today.pay_bills(&LI_CARD, &LI_SUBSCRIPTIONS)?;
    if is_workday(today.day) {
        work(today)?;
    } else {
        rest(today)?;
    }
    shop(today)?;
    travel(today)?;
    look_after_money(today)
}

fn earn(today: &mut Today<'_>) -> Result<(), MoneyError> {
    let at = today.at(9 * 3600 + 1_800);
    let words = Words::of(MovementKind::Salary, Category::Income, EMPLOYER);
    if is_payday(today.day, 15) {
        let raises = i64::from(today.day.year() - 2020) * 86_000
            + if today.day.month() >= 4 { 86_000 } else { 0 };
        let salary = 1_452_340 + raises;
        today.diary.receive(at, &LI_CURRENT, salary, words.clone(), Purpose::World)?;
    }
    if days_from_spring_festival(today.day) == Some(-12) {
        let bonus = 2_200_000 + today.luck.between(0, 60) * 10_000;
        today.diary.receive(
            at + 600,
            &LI_CURRENT,
            bonus,
            words.noting("年终奖"),
            Purpose::World,
        )?;
    }
    Ok(())
}

fn work(today: &mut Today<'_>) -> Result<(), MoneyError> {
    let fare = 400;
    let (out, home) = (today.luck.time(8, 9), today.luck.time(18, 21));
    for second in [out, home] {
        if today.luck.happens(85) {
            today.diary.spend(today.at(second), &LI_CURRENT, fare, &METRO)?;
        }
    }
    today.perhaps(50, &LI_CURRENT, &BREAKFAST, (7, 9))?;
    today.perhaps(92, &LI_CURRENT, &LUNCH, (12, 13))?;
    today.perhaps(45, &LI_CURRENT, &DRINKS, (14, 16))?;
    today.perhaps(25, &LI_CURRENT, &TAKEAWAY, (18, 22))?;
    today.perhaps(14, &LI_CARD, &RIDES, (21, 23))
}

fn rest(today: &mut Today<'_>) -> Result<(), MoneyError> {
    today.perhaps(30, &LI_CURRENT, &DRINKS, (10, 17))?;
    today.perhaps(45, &LI_CARD, &DINNERS, (17, 21))?;
    today.perhaps(35, &LI_CARD, &LEISURE, (13, 22))?;
    today.perhaps(40, &LI_CURRENT, &RIDES, (10, 23))?;
    buy_fruit(today)
}

/// Wang Fang's shop is round the corner.
fn buy_fruit(today: &mut Today<'_>) -> Result<(), MoneyError> {
    if !today.luck.happens(40) {
        return Ok(());
    }
    let at = today.some_time(16, 20);
    let minor = today.luck.between(30, 140) * 50;
    let paid = Words {
        other: counterparty(&WANG_SHOP),
        ..Words::of(MovementKind::Qr, Category::Food, EMPLOYER)
    };
    let received = Words {
        other: counterparty(&LI_CURRENT),
        ..Words::of(MovementKind::Qr, Category::Income, EMPLOYER)
    };
    today.diary.between(at, (&LI_CURRENT, paid), (&WANG_SHOP, received), minor)
}

fn shop(today: &mut Today<'_>) -> Result<(), MoneyError> {
    today.perhaps(32, &LI_CURRENT, &GROCERIES, (17, 21))?;
    today.perhaps(4, &LI_CURRENT, &PHARMACIES, (9, 20))?;
    let sale = matches!((today.day.month(), today.day.day()), (11, 11) | (6, 18) | (12, 12));
    for _ in 0..if sale { 4 } else { 1 } {
        if sale || today.luck.happens(13) {
            shop_online(today)?;
        }
    }
    Ok(())
}

/// One parcel in twelve goes back.
fn shop_online(today: &mut Today<'_>) -> Result<(), MoneyError> {
    let at = today.some_time(12, 24);
    let Some(merchant) = today.luck.pick(&ONLINE).copied() else { return Ok(()) };
    let price = today.luck.price(&merchant);
    let row = today.diary.spend(at, &LI_CARD, price, &merchant)?;
    let back_after = today.luck.between(3, 9) * 86_400 + today.luck.between(0, 20_000);
    match row {
        Some(row) if today.luck.happens(8) => {
            today.diary.refund(at + back_after, &LI_CARD, price, &merchant, row)
        }
        _ => Ok(()),
    }
}

/// Home for the Spring Festival, somewhere else in October.
fn travel(today: &mut Today<'_>) -> Result<(), MoneyError> {
    let festival = days_from_spring_festival(today.day);
    let leaves = festival == Some(-2) || (today.day.month() == 10 && today.day.day() == 1);
    let returns = festival == Some(5) || (today.day.month() == 10 && today.day.day() == 6);
    if leaves || returns {
        today.perhaps(100, &LI_CARD, &[RAIL], (6, 12))?;
    }
    if today.day.month() == 10 && today.day.day() == 6 {
        today.perhaps(100, &LI_CARD, &[HOTEL], (10, 12))?;
    }
    if festival == Some(-1) {
        let at = today.at(20 * 3600);
        today.diary.transfer(at, &LI_CURRENT, &LIU_CURRENT, 188_800, "妈，新年快乐")?;
    }
    Ok(())
}

fn look_after_money(today: &mut Today<'_>) -> Result<(), MoneyError> {
    today.earn_interest(&LI_CURRENT, 5)?;
    today.earn_interest(&LI_SAVINGS, 95)?;
    match today.day.day() {
        4 => today.diary.spend(today.at(4 * 3600), &LI_DOLLARS, CLOUD.low, &CLOUD).map(|_| ())?,
        11 if today.day.month() % 2 == 0 => today.perhaps(100, &LI_DOLLARS, &[EBOOKS], (20, 23))?,
        16 => today.diary.transfer(
            today.at(12 * 3600),
            &LI_CURRENT,
            &LIU_CURRENT,
            150_000,
            "妈，生活费",
        )?,
        17 => {
            let dollars = today.luck.between(1, 4) * 5_000;
            let price = dollars * (DOLLAR_FEN + today.luck.between(-12, 12)) / 100;
            today.diary.exchange(
                today.at(10 * 3600),
                (&LI_CURRENT, price),
                (&LI_DOLLARS, dollars),
            )?;
        }
        20 => today.settle_card(&LI_CURRENT, &LI_CARD)?,
        25 => today.pay_fee(&LI_CURRENT, 200, "短信通知费")?,
        27 if today.day.month() == 3 => waived_card_fee(today)?,
        _ => {}
    }
    if is_weekend(today.day) && !is_holiday(today.day) && today.luck.happens(18) {
        let cash = today.luck.between(1, 5) * 10_000;
        today.draw_cash(&LI_CURRENT, cash)?;
    }
    today.balance_with_savings(&LI_CURRENT, &LI_SAVINGS, (800_000, 2_400_000))
}

/// The card's yearly fee is taken and given back, as it was used often enough.
fn waived_card_fee(today: &mut Today<'_>) -> Result<(), MoneyError> {
    let at = today.at(9 * 3600);
    let fee = Words::of(MovementKind::Fee, Category::Fees, BANK).noting("信用卡年费");
    let row = today.diary.pay(at, &LI_CARD, 20_000, fee, Purpose::Income)?;
    let waiver = Words { refund_of: row, ..Words::of(MovementKind::Refund, Category::Fees, BANK) };
    today.diary.receive(
        at + 3 * 86_400,
        &LI_CARD,
        20_000,
        waiver.noting("年费减免"),
        Purpose::Income,
    )
}
