//! What of a view is private: everything that the facade hands out as C2.

use super::witness::Witness;
use crate::phone::talk::{Card, PageView, TransactionRow, View};

/// Notes every private text of a view.
pub(super) fn note(view: &View, witness: &Witness) {
    match view {
        View::App(_)
        | View::Welcome(_)
        | View::Lock(_)
        | View::StepUp(_)
        | View::LockSettings(_)
        | View::Approval(_) => {}
        View::Home(view) => {
            keep(witness, view.content.iter().filter_map(|content| content.greeting.as_ref()));
            for account in view.content.iter().flat_map(|content| &content.accounts) {
                keep(witness, [&account.name, &account.number, &account.balance]);
                keep(witness, &account.available);
                witness.label(&account.kind);
            }
            note_rows(view.content.iter().flat_map(|content| &content.recent), witness);
        }
        View::Pay(view) => {
            match view.content.as_ref().and_then(|content| content.card.as_ref()) {
                Some(Card::Draft(card)) => keep(witness, [&card.line]),
                Some(Card::Review(card)) => keep(witness, [&card.text, &card.approve]),
                None => {}
            }
            for row in view.content.iter().flat_map(|content| &content.activity) {
                keep(witness, [&row.title, &row.amount]);
            }
        }
        View::Security(view) => {
            let content = view.content.as_ref();
            for row in content.iter().flat_map(|content| &content.devices) {
                keep(witness, [&row.name]);
            }
            let question = content.and_then(|content| content.question.as_ref());
            let moving = content.and_then(|content| content.moving.as_ref());
            keep(witness, question.map(|card| &card.title));
            keep(witness, moving.map(|card| &card.message));
        }
    }
}

/// Notes every private text of a page.
pub(super) fn note_page(page: &PageView, witness: &Witness) {
    note_rows(&page.rows, witness);
}

fn note_rows<'a>(rows: impl IntoIterator<Item = &'a TransactionRow>, witness: &Witness) {
    for row in rows {
        keep(witness, [&row.title, &row.detail, &row.amount]);
    }
}

fn keep<'a>(witness: &Witness, texts: impl IntoIterator<Item = &'a String>) {
    texts.into_iter().for_each(|text| witness.keeps_quiet(text));
}
