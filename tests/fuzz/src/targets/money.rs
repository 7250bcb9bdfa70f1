//! Amounts: as typed, as sent, as shown; and the pages of accounts that carry most of them.

use std::collections::BTreeMap;

use guichet_bank::money as bank;
use guichet_foundation::money::{Currency, Money};
use guichet_ledger::SyncPage;
use serde::de::IgnoredAny;
use serde_json::json;

use super::utf8;
use crate::known;

/// What a person types as an amount: the currency's three letters, then the entry.
pub(super) fn entry(input: &[u8]) {
    let Some((code, text)) = utf8(input).and_then(|text| text.split_at_checked(3)) else { return };
    let ours = code.parse::<Currency>();
    assert_eq!(ours.is_ok(), bank::Currency::from_code(code).is_some(), "{code}");
    let Ok(currency) = ours else { return };
    let Ok(money) = Money::from_entry(currency, text) else { return };
    assert!(money.minor() > 0 && money.currency() == currency, "{text}");
    assert_eq!(Money::from_entry(currency, &money.digits()), Ok(money), "{text}");
    assert_eq!(as_major(&money.digits(), currency), Some(i128::from(money.minor())), "{text}");
}

/// Digits as shown, read by other means: without commas, in minor units.
fn as_major(digits: &str, currency: Currency) -> Option<i128> {
    let plain = digits.replace(',', "");
    let (major, fraction) = plain.split_once('.').unwrap_or((&plain, ""));
    let scale = 10_i128.pow(u32::try_from(currency.minor_digits()).ok()?);
    let fraction: i128 = if fraction.is_empty() { 0 } else { fraction.parse().ok()? };
    let major: i128 = major.parse().ok()?;
    Some(major * scale + if digits.starts_with('-') { -fraction } else { fraction })
}

/// Money as JSON: both sides read the same out of it, or nothing.
pub(super) fn amounts(input: &[u8]) {
    let ours = serde_json::from_slice::<Money>(input).ok();
    let theirs = serde_json::from_slice::<bank::Money>(input).ok();
    if theirs.is_none() && has_more_members(input) {
        // The phone ignores members it does not know (protocol section 1), the bank reads money inside of what is signed.
        return;
    }
    assert_eq!(
        ours.map(|money| (money.currency().code(), money.minor())),
        theirs.map(|money| (money.currency().code(), money.minor())),
    );
    let (Some(ours), Some(theirs)) = (ours, theirs) else { return };
    assert_eq!(ours.currency().minor_digits(), theirs.currency().digits() as usize);
    assert_eq!(serde_json::to_string(&ours).ok(), serde_json::to_string(&theirs).ok());
    assert_eq!(ours.negated().negated(), ours);
    let shown = as_major(&ours.digits(), ours.currency()).expect("digits");
    assert_eq!(shown, i128::from(ours.minor()));
    let sum = ours.checked_add(ours).map(Money::minor);
    assert_eq!(sum, theirs.plus(theirs).ok().map(bank::Money::minor));
}

fn has_more_members(input: &[u8]) -> bool {
    // What is passed over is not looked into: it may hold numbers and bytes that no value could.
    let members = serde_json::from_slice::<BTreeMap<String, Option<IgnoredAny>>>(input);
    members.is_ok_and(|members| members.len() > 2)
}

pub(super) fn sync_pages(input: &[u8]) {
    let Ok(page) = SyncPage::parse(input) else { return };
    assert!(!page.cursor.as_str().is_empty());
    let shown = format!("{page:?}");
    for account in &page.accounts {
        let number = account.number.expose();
        assert!(!shown.contains(number) || number.len() < 8, "C2 in a debug text");
    }
}

pub(super) fn seeds() -> Vec<Vec<u8>> {
    let bad = known::list("/negative/money").iter();
    let bad = bad.map(|vector| known::text(&vector["json"]).as_bytes().to_vec());
    let good = known::list("/intents").iter();
    good.map(|vector| vector["intent"]["terms"]["amount"].to_string().into_bytes())
        .chain(bad)
        .collect()
}

pub(super) fn page_seeds() -> Vec<Vec<u8>> {
    let money = json!({"currency": "CNY", "minor": "123450"});
    let page = json!({
        "cursor": "c1", "more": false, "as_of": "2026-03-01T09:30:00Z",
        "accounts": [{
            "account_id": "a1", "kind": "current", "number": "6222021000112233445",
            "name": {"en": "Everyday account", "zh-CN": "活期账户"}, "currency": "CNY",
            "booked": money, "available": money, "can_pay": true,
        }],
        "transactions": [{
            "transaction_id": "t1", "account_id": "a1", "status": "booked",
            "at": "2026-02-28T18:21:07Z", "amount": {"currency": "CNY", "minor": "-1"},
            "kind": "transfer", "category": "transfers",
            "counterparty": {"name": {"en": "Li Na"}, "account": "6222021000998877665"},
            "note": "rent", "refund_of": "t0",
        }],
        "removed": ["t9"],
    });
    vec![page.to_string().into_bytes()]
}
