//! Rows that several screens show: accounts, transactions. Text, ready to draw; no numbers to compute with.

use guichet_foundation::ids::{AccountId, TransactionId};
use guichet_foundation::sensitivity::C2;
use guichet_ledger::{Account, AccountKind, Category, Status, Transaction};

use crate::text::Words;

/// An account on a screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccountRow {
    /// To ask for its page.
    pub id: AccountId,
    /// `Everyday account`.
    pub name: C2<String>,
    /// `••3445`.
    pub number: C2<String>,
    /// What kind of account it is, in words.
    pub kind: String,
    /// The booked balance: `¥1,234.50`.
    pub balance: C2<String>,
    /// `Available ¥1,200.00`, where it differs from the balance.
    pub available: Option<C2<String>>,
    /// What a screen reader says for the row.
    pub spoken: C2<String>,
    /// Whether a payment can be made from it.
    pub can_pay: bool,
}

/// A transaction on a screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TransactionRow {
    /// The bank's id.
    pub id: TransactionId,
    /// Who the money came from or went to.
    pub title: C2<String>,
    /// `23 Nov 2026 · Food`, with the note if there is one.
    pub detail: C2<String>,
    /// `−¥12.00`, `+¥8,000.00`.
    pub amount: C2<String>,
    /// `Pending`, as long as it is not booked.
    pub pending: Option<String>,
    /// Whether money came in, for the colour of the amount.
    pub incoming: bool,
    /// What a screen reader says for the row.
    pub spoken: C2<String>,
}

/// A stretch of transactions, newest first.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TransactionPage {
    /// The heading: what was found, or nothing. It may repeat what was searched for.
    pub heading: Option<C2<String>>,
    /// The rows.
    pub rows: Vec<TransactionRow>,
    /// To ask for the next, older page. `None` at the end.
    pub older: Option<PageMark>,
}

/// Where a page ends. Opaque to shells; it stays good whatever rows come and go.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PageMark(pub i64);

impl AccountRow {
    pub(crate) fn new(account: &Account, words: &Words) -> Self {
        let name = account.name.in_language(words.locale());
        let available = words.amount(account.available);
        let spoken = words.spoken_amount(account.booked);
        Self {
            id: account.id.clone(),
            name: C2::new(name.to_owned()),
            number: C2::new(account.number.masked()),
            kind: words.say(account_kind(&account.kind)),
            balance: C2::new(words.amount(account.booked)),
            available: (account.available != account.booked).then(|| {
                C2::new(words.say_with("home-available", &[("amount", (&available).into())]))
            }),
            spoken: C2::new(words.say_with(
                "home-balance-spoken",
                &[("name", name.into()), ("amount", (&spoken).into())],
            )),
            can_pay: account.can_pay,
        }
    }
}

impl TransactionRow {
    pub(crate) fn new(transaction: &Transaction, words: &Words) -> Self {
        let name = transaction.counterparty.name.in_language(words.locale());
        let day = words.day(transaction.at);
        let pending = transaction.status == Status::Pending;
        let mut detail = format!("{day} · {}", words.say(category(&transaction.category)));
        if let Some(note) = &transaction.note {
            detail.push_str(" · ");
            detail.push_str(note.expose());
        }
        let said = if pending { "transaction-spoken-pending" } else { "transaction-spoken" };
        let amount = words.spoken_amount(transaction.amount);
        Self {
            id: transaction.id.clone(),
            title: C2::new(name.to_owned()),
            detail: C2::new(detail),
            amount: C2::new(words.signed_amount(transaction.amount)),
            pending: pending.then(|| words.say("transaction-pending")),
            incoming: transaction.amount.minor() > 0,
            spoken: C2::new(words.say_with(
                said,
                &[("name", name.into()), ("amount", (&amount).into()), ("date", (&day).into())],
            )),
        }
    }
}

const fn account_kind(kind: &AccountKind) -> &'static str {
    match kind {
        AccountKind::Current => "account-kind-current",
        AccountKind::Savings => "account-kind-savings",
        AccountKind::Card => "account-kind-card",
        AccountKind::Foreign => "account-kind-foreign",
        AccountKind::Other(_) => "account-kind-other",
    }
}

const fn category(category: &Category) -> &'static str {
    match category {
        Category::Income => "category-income",
        Category::Housing => "category-housing",
        Category::Food => "category-food",
        Category::Transport => "category-transport",
        Category::Shopping => "category-shopping",
        Category::Leisure => "category-leisure",
        Category::Health => "category-health",
        Category::Education => "category-education",
        Category::Bills => "category-bills",
        Category::Transfers => "category-transfers",
        Category::Fees => "category-fees",
        Category::Unsorted | Category::Other(_) => "category-other",
    }
}
