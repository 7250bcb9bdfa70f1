//! Liu Guilan: a pension, the market every morning, the pharmacy, and savings she does not touch.

use super::Both;
use super::calendar::{days_from_spring_festival, is_payday};
use super::cast::{LI_CURRENT, LIU_CURRENT, LIU_SAVINGS, Purpose};
use super::diary::Words;
use super::habits::Today;
use super::merchants::{BREAKFAST, GROCERIES, HOSPITAL, LIU_BILLS, PHARMACIES, TEA_CLUB};
use crate::ledger::{Category, MovementKind};
use crate::money::MoneyError;

const PENSION_FUND: Both =
    Both { en: "Jiangcheng Social Insurance", zh: "江城市社会保险中心" };
const MEDICAL_FUND: Both =
    Both { en: "Jiangcheng Medical Insurance", zh: "江城市医疗保障局" };

/// A day of Liu Guilan's.
pub(super) fn live(today: &mut Today<'_>) -> Result<(), MoneyError> {
    if is_payday(today.day, 10) {
        let raises = i64::from(today.day.year() - 2020) * 14_500;
        let words = Words::of(MovementKind::Pension, Category::Income, PENSION_FUND);
        today.diary.receive(
            today.at(8 * 3600),
            &LIU_CURRENT,
            342_760 + raises,
            words,
            Purpose::World,
        )?;
    }
    today.pay_bills(&LIU_CURRENT, &LIU_BILLS)?;
    today.perhaps(68, &LIU_CURRENT, &GROCERIES, (6, 9))?;
    today.perhaps(22, &LIU_CURRENT, &BREAKFAST, (6, 8))?;
    today.perhaps(7, &LIU_CURRENT, &PHARMACIES, (9, 16))?;
    if today.day.day() == 2 {
        today.perhaps(90, &LIU_CURRENT, &[TEA_CLUB], (9, 10))?;
    }
    see_a_doctor(today)?;
    look_after_money(today)
}

/// About every second month; the insurance gives most of it back.
fn see_a_doctor(today: &mut Today<'_>) -> Result<(), MoneyError> {
    if !today.luck.happens(2) || today.diary.balance(&LIU_CURRENT) < 200_000 {
        return Ok(());
    }
    let at = today.some_time(8, 11);
    let price = today.luck.price(&HOSPITAL);
    let Some(row) = today.diary.spend(at, &LIU_CURRENT, price, &HOSPITAL)? else { return Ok(()) };
    let words = Words {
        refund_of: Some(row),
        ..Words::of(MovementKind::Refund, Category::Health, MEDICAL_FUND)
    };
    let share = today.luck.between(55, 80);
    today.diary.receive(
        at + 5 * 86_400,
        &LIU_CURRENT,
        price * share / 100,
        words.noting("医保报销"),
        Purpose::World,
    )
}

fn look_after_money(today: &mut Today<'_>) -> Result<(), MoneyError> {
    today.earn_interest(&LIU_CURRENT, 5)?;
    today.earn_interest(&LIU_SAVINGS, 155)?;
    if days_from_spring_festival(today.day) == Some(0) {
        today.diary.transfer(today.at(9 * 3600), &LIU_CURRENT, &LI_CURRENT, 88_800, "压岁钱")?;
    }
    match today.day.day() {
        26 => today.pay_fee(&LIU_CURRENT, 200, "短信通知费")?,
        24 if today.luck.happens(50) => today.draw_cash(&LIU_CURRENT, 100_000)?,
        _ => {}
    }
    today.balance_with_savings(&LIU_CURRENT, &LIU_SAVINGS, (300_000, 1_200_000))
}
