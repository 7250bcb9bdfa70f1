//! Wang Fang: a fruit shop. Dozens of small receipts a week, wholesale every second morning, a
//! daughter at university.

use super::Both;
use super::calendar::{days_from_spring_festival, is_weekend};
use super::cast::{Purpose, WANG_CARD, WANG_DOLLARS, WANG_SAVINGS, WANG_SHOP, ZHAO_CURRENT};
use super::diary::Words;
use super::habits::Today;
use super::merchants::{
    CLOUD, DINNERS, GROCERIES, LUNCH, ONLINE, PHARMACIES, WANG_BILLS, WHOLESALERS,
};
use crate::ledger::{Category, MovementKind};
use crate::money::MoneyError;

/// Payers as the QR scheme names them: the surname, the rest hidden.
const PAYERS: [Both; 16] = [
    Both { en: "Zhang **", zh: "张**" },
    Both { en: "Wang *", zh: "王*" },
    Both { en: "Li **", zh: "李**" },
    Both { en: "Liu *", zh: "刘*" },
    Both { en: "Chen **", zh: "陈**" },
    Both { en: "Yang *", zh: "杨*" },
    Both { en: "Huang **", zh: "黄**" },
    Both { en: "Zhou *", zh: "周*" },
    Both { en: "Wu **", zh: "吴**" },
    Both { en: "Xu *", zh: "徐*" },
    Both { en: "Sun **", zh: "孙**" },
    Both { en: "Ma *", zh: "马*" },
    Both { en: "Hu **", zh: "胡**" },
    Both { en: "Guo *", zh: "郭*" },
    Both { en: "He **", zh: "何**" },
    Both { en: "Lin *", zh: "林*" },
];
const TAX_OFFICE: Both = Both { en: "Jiangcheng Tax Service", zh: "江城市税务局" };

/// A day of Wang Fang's.
pub(super) fn live(today: &mut Today<'_>) -> Result<(), MoneyError> {
    let festival = days_from_spring_festival(today.day);
    if !festival.is_some_and(|days| (0..=4).contains(&days)) {
        sell(today, festival)?;
        buy_stock(today)?;
    }
    today.pay_bills(&WANG_SHOP, &WANG_BILLS)?;
    keep_house(today)?;
    look_after_money(today)
}

fn sell(today: &mut Today<'_>, festival: Option<i32>) -> Result<(), MoneyError> {
    let mut customers = today.luck.between(5, 9);
    if is_weekend(today.day) {
        customers += today.luck.between(2, 4);
    }
    if (6..=9).contains(&today.day.month()) {
        customers += 2;
    }
    // Fruit baskets are what one brings to a visit.
    let gifts = festival.is_some_and(|days| (-10..0).contains(&days));
    if gifts {
        customers += 6;
    }
    for _ in 0..customers {
        let at = today.some_time(8, 22);
        let minor = price_of_fruit(today, gifts);
        let Some(payer) = today.luck.pick(&PAYERS).copied() else { return Ok(()) };
        let words = Words::of(MovementKind::Qr, Category::Income, payer);
        today.diary.receive(at, &WANG_SHOP, minor, words, Purpose::World)?;
    }
    Ok(())
}

fn price_of_fruit(today: &mut Today<'_>, gifts: bool) -> i64 {
    match today.luck.between(1, 10) {
        _ if gifts && today.luck.happens(50) => today.luck.between(13, 39) * 1_000 - 200,
        1..=6 => today.luck.between(80, 600) * 10,
        7..=9 => today.luck.between(90, 240) * 50,
        _ => today.luck.between(12, 32) * 1_000 - 200,
    }
}

/// Every second morning, while there is money for it.
fn buy_stock(today: &mut Today<'_>) -> Result<(), MoneyError> {
    if today.day.day() % 2 == 0 && today.diary.balance(&WANG_SHOP) > 600_000 {
        today.perhaps(85, &WANG_SHOP, &WHOLESALERS, (4, 6))?;
    }
    Ok(())
}

fn keep_house(today: &mut Today<'_>) -> Result<(), MoneyError> {
    today.perhaps(40, &WANG_CARD, &GROCERIES, (18, 21))?;
    today.perhaps(20, &WANG_CARD, &LUNCH, (11, 13))?;
    today.perhaps(3, &WANG_CARD, &DINNERS, (18, 20))?;
    today.perhaps(4, &WANG_CARD, &ONLINE, (20, 23))?;
    today.perhaps(3, &WANG_CARD, &PHARMACIES, (9, 19))
}

fn look_after_money(today: &mut Today<'_>) -> Result<(), MoneyError> {
    today.earn_interest(&WANG_SHOP, 5)?;
    today.earn_interest(&WANG_SAVINGS, 95)?;
    let noon = today.at(12 * 3600);
    match (today.day.month(), today.day.day()) {
        (_, 1) => today.diary.transfer(noon, &WANG_SHOP, &ZHAO_CURRENT, 200_000, "生活费")?,
        (8, 28) => today.diary.transfer(noon, &WANG_SAVINGS, &ZHAO_CURRENT, 700_000, "学费")?,
        (_, 3) => {
            let turnover = today.luck.between(90, 190) * 100;
            today.pay_fee(&WANG_SHOP, turnover, "收单手续费")?;
        }
        (1 | 4 | 7 | 10, 14) => {
            let tax = today.luck.between(42_000, 118_000);
            let words = Words::of(MovementKind::Bill, Category::Bills, TAX_OFFICE);
            today.diary.pay(noon, &WANG_SHOP, tax, words, Purpose::World)?;
        }
        (_, 19) => today.settle_card(&WANG_SHOP, &WANG_CARD)?,
        (2 | 8, 22) => today.diary.spend(noon, &WANG_DOLLARS, CLOUD.low, &CLOUD).map(|_| ())?,
        _ => {}
    }
    if today.day.day() == 10 && today.luck.happens(60) {
        today.draw_cash(&WANG_SHOP, 50_000)?;
    }
    today.balance_with_savings(&WANG_SHOP, &WANG_SAVINGS, (900_000, 3_000_000))
}
