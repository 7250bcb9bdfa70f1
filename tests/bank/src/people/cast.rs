//! The customers, their accounts, and the bank's own accounts on the other side of every entry.

use super::{Both, SignIn};
use crate::ledger::AccountKind::{self, Card, Current, Foreign, Internal, Savings};
use crate::money::{CNY, Currency, JPY, USD};

/// A customer of the cast.
#[derive(Debug)]
pub(super) struct Person {
    pub(super) customer_id: &'static str,
    pub(super) locale: &'static str,
    pub(super) sign_in: SignIn,
    /// Birthday and phone.
    pub(super) known_digits: [&'static str; 2],
}

const fn person(
    customer_id: &'static str,
    (username, password): (&'static str, &'static str),
    name: (&'static str, &'static str),
    locale: &'static str,
    life: (&'static str, &'static str),
    known_digits: [&'static str; 2],
) -> Person {
    let name = Both { en: name.0, zh: name.1 };
    let life = Both { en: life.0, zh: life.1 };
    let sign_in = SignIn { username, password, name, life };
    Person { customer_id, locale, sign_in, known_digits }
}

pub(super) static LI: Person = person(
    "c-1001",
    ("liming", "plum-blossom-7"),
    ("Li Ming", "李明"),
    "zh-CN",
    ("Salaried, rents a flat, pays by card", "上班族，租房，常用信用卡"),
    ["19880417", "10000417362"],
);
pub(super) static WANG: Person = person(
    "c-1002",
    ("wangfang", "orchard-gate-3"),
    ("Wang Fang", "王芳"),
    "zh-CN",
    ("Keeps a fruit shop, many small QR receipts", "水果店店主，每天许多小额收款"),
    ["19790930", "10000930518"],
);
pub(super) static ZHAO: Person = person(
    "c-1003",
    ("zhaoxin", "paper-crane-9"),
    ("Zhao Xin", "赵欣"),
    "en",
    ("Student, saves for a term in Japan", "大学生，为赴日交换存钱"),
    ["20040611", "10000611274"],
);
pub(super) static LIU: Person = person(
    "c-1004",
    ("liuguilan", "osmanthus-tea-5"),
    ("Liu Guilan", "刘桂兰"),
    "zh-CN",
    ("Pensioner, careful with money", "退休老人，精打细算"),
    ["19520102", "10000102836"],
);

/// The cast, in the order the bank lists them.
pub(super) static PEOPLE: [&Person; 4] = [&LI, &WANG, &ZHAO, &LIU];

/// How they sign in, in the same order.
pub(super) static SIGN_INS: [SignIn; 4] = [LI.sign_in, WANG.sign_in, ZHAO.sign_in, LIU.sign_in];

/// Where money is kept.
#[derive(Debug)]
pub(super) struct Purse {
    pub(super) id: &'static str,
    /// The bank's own without.
    pub(super) owner: Option<&'static Person>,
    pub(super) serial: u32,
    pub(super) kind: AccountKind,
    pub(super) currency: Currency,
    pub(super) name: Both,
    pub(super) can_pay: bool,
    /// What it held when the books begin, in minor units.
    pub(super) opening: i64,
}

impl Purse {
    /// The account's number.
    pub(super) fn number(&self) -> String {
        match self.kind {
            Internal => format!("BANK{:04}{}", self.serial, self.currency),
            Card => super::number::card_number(self.serial),
            Current | Savings | Foreign => super::number::account_number(self.serial),
        }
    }
}

const fn purse(
    id: &'static str,
    owner: &'static Person,
    serial: u32,
    (kind, currency): (AccountKind, Currency),
    name: (&'static str, &'static str),
    opening: i64,
) -> Purse {
    let can_pay = matches!(kind, Current | Savings | Foreign);
    let name = Both { en: name.0, zh: name.1 };
    Purse { id, owner: Some(owner), serial, kind, currency, name, can_pay, opening }
}

const EVERYDAY: (&str, &str) = ("Everyday account", "活期账户");
const SAVINGS: (&str, &str) = ("Savings", "储蓄账户");
const CREDIT_CARD: (&str, &str) = ("Credit card", "信用卡");

pub(super) static LI_CURRENT: Purse =
    purse("a-1001-1", &LI, 10_010_001, (Current, CNY), EVERYDAY, 1_834_217);
pub(super) static LI_SAVINGS: Purse =
    purse("a-1001-2", &LI, 10_010_002, (Savings, CNY), SAVINGS, 8_600_000);
pub(super) static LI_CARD: Purse = purse("a-1001-3", &LI, 10_010_003, (Card, CNY), CREDIT_CARD, 0);
pub(super) static LI_DOLLARS: Purse =
    purse("a-1001-4", &LI, 10_010_004, (Foreign, USD), ("US dollar account", "美元账户"), 125_000);
pub(super) static WANG_SHOP: Purse =
    purse("a-1002-1", &WANG, 10_020_001, (Current, CNY), ("Shop account", "店铺账户"), 2_640_580);
pub(super) static WANG_SAVINGS: Purse =
    purse("a-1002-2", &WANG, 10_020_002, (Savings, CNY), SAVINGS, 6_200_000);
pub(super) static WANG_CARD: Purse =
    purse("a-1002-3", &WANG, 10_020_003, (Card, CNY), CREDIT_CARD, 0);
pub(super) static WANG_DOLLARS: Purse =
    purse("a-1002-4", &WANG, 10_020_004, (Foreign, USD), ("US dollar account", "美元账户"), 40_000);
pub(super) static ZHAO_CURRENT: Purse =
    purse("a-1003-1", &ZHAO, 10_030_001, (Current, CNY), EVERYDAY, 216_830);
pub(super) static ZHAO_YEN: Purse = purse(
    "a-1003-2",
    &ZHAO,
    10_030_002,
    (Foreign, JPY),
    ("Japanese yen account", "日元账户"),
    12_000,
);
pub(super) static LIU_CURRENT: Purse =
    purse("a-1004-1", &LIU, 10_040_001, (Current, CNY), EVERYDAY, 962_045);
pub(super) static LIU_SAVINGS: Purse =
    purse("a-1004-2", &LIU, 10_040_002, (Savings, CNY), SAVINGS, 21_500_000);

/// The customers' accounts, in the order they were opened.
pub(super) static PURSES: [&Purse; 12] = [
    &LI_CURRENT,
    &LI_SAVINGS,
    &LI_CARD,
    &LI_DOLLARS,
    &WANG_SHOP,
    &WANG_SAVINGS,
    &WANG_CARD,
    &WANG_DOLLARS,
    &ZHAO_CURRENT,
    &ZHAO_YEN,
    &LIU_CURRENT,
    &LIU_SAVINGS,
];

const fn own(
    id: &'static str,
    serial: u32,
    currency: Currency,
    en: &'static str,
    zh: &'static str,
) -> Purse {
    let name = Both { en, zh };
    Purse { id, owner: None, serial, kind: Internal, currency, name, can_pay: false, opening: 0 }
}

static BANK: [Purse; 12] = [
    own("b-world-cny", 1, CNY, "Clearing with other banks", "同业清算"),
    own("b-world-usd", 1, USD, "Clearing with other banks", "同业清算"),
    own("b-world-jpy", 1, JPY, "Clearing with other banks", "同业清算"),
    own("b-capital-cny", 2, CNY, "Balances brought forward", "期初余额"),
    own("b-capital-usd", 2, USD, "Balances brought forward", "期初余额"),
    own("b-capital-jpy", 2, JPY, "Balances brought forward", "期初余额"),
    own("b-income-cny", 3, CNY, "Fees and interest", "手续费与利息"),
    own("b-income-usd", 3, USD, "Fees and interest", "手续费与利息"),
    own("b-exchange-cny", 4, CNY, "Exchange position", "外汇头寸"),
    own("b-exchange-usd", 4, USD, "Exchange position", "外汇头寸"),
    own("b-exchange-jpy", 4, JPY, "Exchange position", "外汇头寸"),
    own("b-cash-cny", 5, CNY, "Cash", "现金"),
];

/// What one of the bank's own accounts is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Purpose {
    World,
    Capital,
    Income,
    Exchange,
    Cash,
}

/// The bank's own account for a purpose in a currency; `None` where the bank keeps none.
pub(super) fn bank_purse(purpose: Purpose, currency: Currency) -> Option<&'static Purse> {
    let serial = match purpose {
        Purpose::World => 1,
        Purpose::Capital => 2,
        Purpose::Income => 3,
        Purpose::Exchange => 4,
        Purpose::Cash => 5,
    };
    BANK.iter().find(|purse| purse.serial == serial && purse.currency == currency)
}

/// Every account: the customers' and the bank's own.
pub(super) fn all_purses() -> impl Iterator<Item = &'static Purse> {
    PURSES.iter().copied().chain(BANK.iter())
}
