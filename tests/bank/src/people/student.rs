//! Zhao Xin: an allowance, a little tutoring, the canteen, and yen for a term in Japan.

use super::Both;
use super::calendar::{days_from_spring_festival, is_holiday, is_weekend};
use super::cast::{Purpose, ZHAO_CURRENT, ZHAO_YEN};
use super::diary::Words;
use super::habits::Today;
use super::merchants::{
    BUS, CANTEEN, DRINKS, LANGUAGE_SCHOOL, LEISURE, ONLINE, RAIL, RIDES, STATIONERS, TAKEAWAY,
    TUITION, ZHAO_BILLS,
};
use crate::ledger::{Category, MovementKind};
use crate::money::MoneyError;

const TUTORING: [Both; 2] = [
    Both { en: "Mrs Guo (tutoring)", zh: "郭女士（家教）" },
    Both { en: "Mr He (tutoring)", zh: "何先生（家教）" },
];
/// Below this Zhao Xin stays in the library, in fen.
const BROKE: i64 = 40_000;
/// Below this nothing but the canteen is possible, in fen.
const NEARLY_BROKE: i64 = 12_000;

/// A day of Zhao Xin's.
pub(super) fn live(today: &mut Today<'_>) -> Result<(), MoneyError> {
    earn(today)?;
    let at_home = days_from_spring_festival(today.day)
        .is_some_and(|days| (-20..=14).contains(&days))
        || (today.day.month() == 8 && today.day.day() < 26);
    if !at_home && today.diary.balance(&ZHAO_CURRENT) > NEARLY_BROKE {
        study(today)?;
    }
    if today.diary.balance(&ZHAO_CURRENT) > BROKE {
        today.pay_bills(&ZHAO_CURRENT, &ZHAO_BILLS)?;
        enjoy(today)?;
    }
    look_after_money(today)
}

fn earn(today: &mut Today<'_>) -> Result<(), MoneyError> {
    if is_weekend(today.day) && !is_holiday(today.day) && today.luck.happens(70) {
        let at = today.some_time(16, 18);
        let Some(family) = today.luck.pick(&TUTORING).copied() else { return Ok(()) };
        let words = Words::of(MovementKind::Transfer, Category::Income, family);
        today.diary.receive(at, &ZHAO_CURRENT, 16_000, words, Purpose::World)?;
    }
    if (today.day.month(), today.day.day()) == (11, 20) {
        let words =
            Words::of(MovementKind::Transfer, Category::Income, TUITION.name).noting("奖学金");
        today.diary.receive(today.at(10 * 3600), &ZHAO_CURRENT, 300_000, words, Purpose::World)?;
    }
    Ok(())
}

fn study(today: &mut Today<'_>) -> Result<(), MoneyError> {
    today.perhaps(45, &ZHAO_CURRENT, &[CANTEEN], (7, 9))?;
    today.perhaps(85, &ZHAO_CURRENT, &[CANTEEN], (11, 13))?;
    today.perhaps(70, &ZHAO_CURRENT, &[CANTEEN], (17, 19))?;
    today.perhaps(12, &ZHAO_CURRENT, &STATIONERS, (9, 20))?;
    today.perhaps(15, &ZHAO_CURRENT, &[BUS], (9, 20))
}

fn enjoy(today: &mut Today<'_>) -> Result<(), MoneyError> {
    today.perhaps(35, &ZHAO_CURRENT, &DRINKS, (13, 21))?;
    today.perhaps(10, &ZHAO_CURRENT, &RIDES, (10, 22))?;
    today.perhaps(10, &ZHAO_CURRENT, &TAKEAWAY, (19, 23))?;
    if today.diary.balance(&ZHAO_CURRENT) > 5 * BROKE {
        today.perhaps(
            if is_weekend(today.day) { 12 } else { 1 },
            &ZHAO_CURRENT,
            &LEISURE,
            (14, 21),
        )?;
        shop_online(today)?;
    }
    Ok(())
}

/// Never more than a third of what there is.
fn shop_online(today: &mut Today<'_>) -> Result<(), MoneyError> {
    if !today.luck.happens(5) {
        return Ok(());
    }
    let at = today.some_time(20, 24);
    let Some(merchant) = today.luck.pick(&ONLINE).copied() else { return Ok(()) };
    let price = today.luck.price(&merchant);
    if price > today.diary.balance(&ZHAO_CURRENT) / 3 {
        return Ok(());
    }
    let row = today.diary.spend(at, &ZHAO_CURRENT, price, &merchant)?;
    let back_at = at + today.luck.between(4, 8) * 86_400;
    match row {
        Some(row) if today.luck.happens(10) => {
            today.diary.refund(back_at, &ZHAO_CURRENT, price, &merchant, row)
        }
        _ => Ok(()),
    }
}

fn look_after_money(today: &mut Today<'_>) -> Result<(), MoneyError> {
    today.earn_interest(&ZHAO_CURRENT, 5)?;
    let travels =
        days_from_spring_festival(today.day).is_some_and(|days| days == -20 || days == 14);
    if travels && today.diary.balance(&ZHAO_CURRENT) > 2 * BROKE {
        let at = today.at(9 * 3600);
        today.diary.spend(at, &ZHAO_CURRENT, 18_400, &RAIL)?;
    }
    match (today.day.month(), today.day.day()) {
        (9, 2) if today.diary.balance(&ZHAO_CURRENT) > TUITION.low + BROKE => {
            today.diary.spend(today.at(10 * 3600), &ZHAO_CURRENT, TUITION.low, &TUITION).map(|_| ())
        }
        (_, 6) if today.diary.balance(&ZHAO_CURRENT) > 4 * BROKE => {
            let thousands =
                if today.diary.balance(&ZHAO_CURRENT) > 20 * BROKE { (60, 90) } else { (4, 8) };
            let yen = today.luck.between(thousands.0, thousands.1) * 1_000;
            let price = yen * today.luck.between(470, 492) / 100;
            today.diary.exchange(today.at(20 * 3600), (&ZHAO_CURRENT, price), (&ZHAO_YEN, yen))
        }
        (_, 9) if today.diary.balance(&ZHAO_YEN) > LANGUAGE_SCHOOL.low => today
            .diary
            .spend(today.at(8 * 3600), &ZHAO_YEN, LANGUAGE_SCHOOL.low, &LANGUAGE_SCHOOL)
            .map(|_| ()),
        _ => Ok(()),
    }
}
