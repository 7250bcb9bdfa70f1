//! The phone's views, drawn. Order and ornament are ours; every word is the core's.

use crate::phone::talk::{
    ActivityRow, Card, HomeContent, LockView, NoticeView, PageView, PayContent, Stage, Tone,
    TransactionRow, WelcomeView,
};
use crate::report::screen::{Ink, Row, Screen};

/// The way in.
pub(crate) fn welcome(view: &WelcomeView) -> Screen {
    let mut rows = vec![Row::Text(Ink::Plain, view.message.clone())];
    rows.extend(view.notice.as_ref().map(notice));
    rows.extend([&view.action, &view.skip].into_iter().flatten().cloned().map(Row::Button));
    Screen { title: view.title.clone(), rows }
}

/// The lock screen.
pub(crate) fn lock(view: &LockView) -> Screen {
    let mut rows = vec![Row::Text(Ink::Plain, view.message.clone())];
    rows.extend(view.notice.as_ref().map(notice));
    rows.extend(view.biometric.clone().map(Row::Button));
    rows.push(Row::Button(view.pin.clone()));
    Screen { title: view.title.clone(), rows }
}

/// The home screen with its newest `recent` transactions.
pub(crate) fn home(content: &HomeContent, recent: usize) -> Screen {
    let mut rows = Vec::new();
    rows.extend(content.greeting.clone().map(|text| Row::Text(Ink::Plain, text)));
    rows.extend(content.offline.clone().map(|text| Row::Text(Ink::Trouble, text)));
    rows.extend(content.attention.clone().map(|text| Row::Text(Ink::Danger, text)));
    rows.extend(content.sign_in.clone().map(Row::Button));
    rows.extend(content.empty.clone().map(|text| Row::Text(Ink::Quiet, text)));
    rows.extend(content.notice.as_ref().map(notice));
    for account in &content.accounts {
        let left = format!("{} {}", account.name, account.number);
        rows.push(Row::Pair { left, right: account.balance.clone(), ink: Ink::Strong });
        rows.extend(account.available.clone().map(|text| Row::Text(Ink::Quiet, text)));
    }
    rows.push(Row::Text(Ink::Quiet, content.as_of.clone()));
    if recent > 0 {
        rows.push(Row::Gap);
        rows.push(Row::Text(Ink::Strong, content.recent_title.clone()));
        rows.extend(content.recent.iter().take(recent).flat_map(transaction));
    }
    Screen { title: content.title.clone(), rows }
}

/// A page of transactions, its first `count` rows.
pub(crate) fn page(title: &str, page: &PageView, count: usize) -> Screen {
    let mut rows = Vec::new();
    rows.extend(page.heading.clone().map(|text| Row::Text(Ink::Strong, text)));
    rows.extend(page.rows.iter().take(count).flat_map(transaction));
    if page.rows.len() > count || page.older.is_some() {
        rows.push(Row::Text(Ink::Quiet, "…".to_owned()));
    }
    Screen { title: title.to_owned(), rows }
}

/// The pay screen.
pub(crate) fn pay(content: &PayContent) -> Screen {
    let mut rows = Vec::new();
    match &content.card {
        Some(Card::Draft(card)) => {
            rows.push(Row::Text(Ink::Strong, card.line.clone()));
            rows.extend(card.hint.clone().map(|text| Row::Text(Ink::Quiet, text)));
            rows.push(Row::Button(card.review.clone()));
            rows.push(Row::Button(card.discard.clone()));
        }
        Some(Card::Review(card)) => {
            rows.push(Row::Text(Ink::Strong, card.title.clone()));
            rows.push(Row::Signed(card.text.lines().map(str::to_owned).collect()));
            rows.push(Row::Text(Ink::Quiet, card.expires.clone()));
            rows.push(Row::Button(card.approve.clone()));
            rows.push(Row::Button(card.discard.clone()));
        }
        None => rows.extend(content.activity.iter().flat_map(activity)),
    }
    rows.extend(content.busy.clone().map(|text| Row::Text(Ink::Quiet, text)));
    rows.extend(content.notice.as_ref().map(notice));
    Screen { title: content.title.clone(), rows }
}

/// A text on a screen of its own.
pub(crate) fn text(title: &str, text: &str) -> Screen {
    let rows = text.lines().map(|line| Row::Text(Ink::Plain, line.to_owned())).collect();
    Screen { title: title.to_owned(), rows }
}

fn activity(row: &ActivityRow) -> [Row; 2] {
    let ink = match row.stage {
        Stage::Confirmed => Ink::Good,
        Stage::Unknown | Stage::Sending => Ink::Trouble,
        Stage::Rejected => Ink::Danger,
        Stage::Draft | Stage::Review | Stage::NotSent => Ink::Quiet,
    };
    [
        Row::Pair { left: row.title.clone(), right: row.amount.clone(), ink: Ink::Strong },
        Row::Text(ink, row.status.clone()),
    ]
}

fn transaction(row: &TransactionRow) -> [Row; 2] {
    let ink = if row.incoming { Ink::Good } else { Ink::Plain };
    let detail = match &row.pending {
        Some(pending) => format!("{} · {pending}", row.detail),
        None => row.detail.clone(),
    };
    [
        Row::Pair { left: row.title.clone(), right: row.amount.clone(), ink },
        Row::Text(Ink::Quiet, detail),
    ]
}

fn notice(notice: &NoticeView) -> Row {
    let ink = match notice.tone {
        Tone::Info => Ink::Quiet,
        Tone::Trouble => Ink::Trouble,
        Tone::Danger => Ink::Danger,
    };
    Row::Text(ink, notice.text.clone())
}
