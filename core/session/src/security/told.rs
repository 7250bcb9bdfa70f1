//! What the bank says beside its answers (docs/protocol.md, section 7.5): how many notices wait for this device, and whether the
//! customer's payments go.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};

use guichet_foundation::ports::Response;
use tokio::sync::watch;

use super::PaymentsGate;
use crate::Session;

const NOTICES: &str = "guichet-security-notices";
const PAYMENTS: &str = "guichet-payments";

/// What the bank said last.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SecurityNews {
    /// Notices this device has not acknowledged, as far as the bank counts them.
    pub notices: u32,
    /// Whether payments go; `None` until the bank has said so.
    pub payments: Option<PaymentsGate>,
}

/// The newest of what the bank said, and who wants to hear of it.
pub(crate) struct Told {
    asked: AtomicU64,
    /// Of which life, and in answer to which question.
    heard: Mutex<(u64, u64)>,
    news: watch::Sender<SecurityNews>,
}

/// A question on its way to the bank. Answers may overtake each other: the newest question's counts.
#[derive(Clone, Copy)]
pub(crate) struct Question {
    life: u64,
    number: u64,
}

impl Told {
    pub(crate) fn new() -> Self {
        Self {
            asked: AtomicU64::new(0),
            heard: Mutex::new((0, 0)),
            news: watch::Sender::new(SecurityNews::default()),
        }
    }

    pub(crate) fn question(&self, life: u64) -> Question {
        Question { life, number: self.asked.fetch_add(1, Ordering::Relaxed) + 1 }
    }

    /// Takes in what an answer to a proven call says. What is missing or not of its form changes nothing.
    pub(crate) fn learn(&self, question: Question, response: &Response) {
        let notices = response.header(NOTICES).and_then(|count| count.trim().parse().ok());
        let payments = response.header(PAYMENTS).and_then(|word| match word.trim() {
            "open" => Some(PaymentsGate::Open),
            "frozen" => Some(PaymentsGate::Frozen),
            _ => None,
        });
        if notices.is_none() && payments.is_none() {
            return;
        }
        self.change(question, |news| {
            news.notices = notices.unwrap_or(news.notices);
            news.payments = payments.or(news.payments);
        });
    }

    /// The bank has said it in so many words.
    pub(super) fn payments_are(&self, question: Question, gate: PaymentsGate) {
        self.change(question, |news| news.payments = Some(gate));
    }

    /// Another customer may come: nothing of the old one's is known, and no late answer brings it back.
    pub(crate) fn begin_new_life(&self, life: u64) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        *heard = (life, 0);
        self.news.send_replace(SecurityNews::default());
    }

    fn change(&self, question: Question, change: impl FnOnce(&mut SecurityNews)) {
        let mut heard = self.heard.lock().unwrap_or_else(PoisonError::into_inner);
        let (life, number) = *heard;
        if question.life != life || question.number < number {
            return;
        }
        heard.1 = question.number;
        self.news.send_if_modified(|news| {
            let before = *news;
            change(news);
            *news != before
        });
    }
}

impl Session {
    /// What the bank said last of the customer's security. Local, and the same while locked: who shows it asks the standing first.
    pub fn security_news(&self) -> SecurityNews {
        *self.0.told.news.borrow()
    }

    /// The same, and every change of it.
    pub fn watch_security(&self) -> watch::Receiver<SecurityNews> {
        self.0.told.news.subscribe()
    }

    pub(super) fn question(&self) -> Question {
        self.0.told.question(self.0.keeper.life())
    }
}
