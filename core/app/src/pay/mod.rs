//! Payments on the screen: a form becomes a draft, a draft is checked and approved, and every payment says where it stands.

mod cards;
mod form;
mod words;

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use guichet_foundation::ids::IntentId;
use guichet_foundation::sensitivity::C2;
use guichet_payments::{ApprovalFailure, OutboxItem, Stage, TextDigest};

pub use cards::{ActivityRow, ActivityStage, DraftCard, PayCard, ReviewCard};
pub use form::PayForm;

use crate::notice::Notice;
use crate::observe::{Observed, Subscription, view_state};
use crate::prompting::Prompting;
use crate::refusal::{Refusal, RefusalReason, Refusals};
use crate::rooms::Rooms;

/// What the pay screen shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PayState {
    /// Grows with every change.
    pub revision: u64,
    /// `None` while locked or signed out.
    pub content: Option<PayContent>,
}
view_state!(PayState);

/// The pay screen of an unlocked app.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PayContent {
    /// The title.
    pub title: String,
    /// The payment the customer is at: a draft to check, or words to approve.
    pub card: Option<PayCard>,
    /// Said above everything while the customer's payments are stopped: drafts can be kept, nothing can be approved.
    pub frozen: Option<String>,
    /// Every payment with where it stands, newest first.
    pub activity: Vec<ActivityRow>,
    /// What is under way; the card's buttons wait.
    pub busy: Option<String>,
    /// What became of the last verb.
    pub notice: Option<Notice>,
}

/// A receipt on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReceiptView {
    /// What was decided, in the customer's words.
    pub text: C2<String>,
    /// The bank's signed receipt, a compact JWS: proof for anybody who knows the bank's receipt keys.
    pub signed: C2<String>,
}

/// The pay screen's state and verbs.
pub struct Pay {
    rooms: Arc<Rooms>,
    state: Observed<PayState>,
    current: Mutex<Option<IntentId>>,
    /// The bank is being asked for a challenge.
    preparing: AtomicBool,
}

impl Pay {
    pub(crate) fn new(rooms: Arc<Rooms>) -> Arc<Self> {
        let state = Observed::new(rooms.runtime.clone(), PayState::default());
        Arc::new(Self {
            rooms,
            state,
            current: Mutex::default(),
            preparing: AtomicBool::new(false),
        })
    }

    /// What the screen shows now. Local, never waits for the bank.
    pub fn state(&self) -> PayState {
        self.state.state()
    }

    /// Calls `listener` with the current state before it returns, then with each newer one.
    pub fn observe(&self, listener: Arc<dyn Fn(PayState) + Send + Sync>) -> Subscription {
        self.state.observe(listener)
    }

    /// Checks the form and records a draft, also without a network; the draft is the next state's card.
    pub fn draft(&self, form: &PayForm) -> Result<(), Refusals> {
        let words = self.rooms.words();
        if !self.rooms.is_open() {
            return Err(Refusals::of(Refusal::locked(&words)));
        }
        let transfer = form::transfer(form, &self.rooms.ledger, &words)?;
        let drafted = self
            .rooms
            .payments
            .draft(&transfer)
            .map_err(|failure| form::refusals(&failure, &words))?;
        self.set_current(Some(drafted.id));
        let notice = match drafted.warnings.first() {
            Some(warning) => Notice::trouble(words::warning(*warning, &words)),
            None if self.rooms.is_frozen() => Notice::info(words.say("pay-draft-frozen")),
            None if self.rooms.is_online() => Notice::info(words.say("pay-draft-saved")),
            None => Notice::info(words.say("pay-draft-offline")),
        };
        self.show();
        self.change(|content| content.notice = Some(notice));
        Ok(())
    }

    /// Makes a payment of the activity the one on the card.
    pub fn open(&self, id: IntentId) {
        self.set_current(Some(id));
        self.change(|content| content.notice = None);
        self.show();
    }

    /// Asks the bank for a challenge and freezes the words to approve. Returns at once; the result is a state.
    pub fn review(self: &Arc<Self>, id: IntentId) {
        if !self.rooms.is_open() {
            return;
        }
        self.set_current(Some(id));
        if self.rooms.is_frozen() {
            let notice = Notice::trouble(self.rooms.words().say("refusal-frozen"));
            self.show();
            self.change(|content| content.notice = Some(notice));
            self.ask_whether_still_frozen();
            return;
        }
        if self.preparing.swap(true, Ordering::AcqRel) {
            return;
        }
        self.change(|content| content.notice = None);
        self.show();
        let pay = Arc::clone(self);
        self.rooms.runtime.spawn(async move {
            let locale = pay.rooms.words().locale();
            let outcome = pay.rooms.payments.review(id, locale).await;
            let words = pay.rooms.words();
            pay.preparing.store(false, Ordering::Release);
            pay.show();
            let notice = outcome.err().map(|failure| words::review_failure(&failure, &words));
            pay.change(|content| content.notice = notice);
        });
    }

    /// Approves exactly what was shown: `digest_shown` is the digest of the card that was drawn. Asks for a finger or face, then
    /// sends. Returns before anything is signed or sent; the result is a state.
    pub fn approve(self: &Arc<Self>, id: IntentId, digest_shown: &str) -> Result<(), Refusal> {
        let words = self.rooms.words();
        if !self.rooms.is_open() {
            return Err(Refusal::locked(&words));
        }
        if self.rooms.is_frozen() {
            self.ask_whether_still_frozen();
            return Err(Refusal::new(&words, RefusalReason::Frozen, "refusal-frozen"));
        }
        let shown: TextDigest = digest_shown
            .parse()
            .map_err(|_| Refusal::new(&words, RefusalReason::Changed, "refusal-changed"))?;
        self.change(|content| content.notice = None);
        let reason = words.say("pay-approve-reason");
        let outcome = self
            .rooms
            .payments
            .approve(id, shown, reason)
            .map_err(|refusal| words::approve_refusal(&refusal, &words))?;
        let pay = Arc::clone(self);
        self.rooms.runtime.spawn(async move {
            if let Ok(Err(failure)) = outcome.await {
                pay.approval_failed(&failure);
            }
        });
        Ok(())
    }

    /// Throws a payment away of which nothing has left the phone.
    pub fn discard(&self, id: IntentId) -> Result<(), Refusal> {
        let words = self.rooms.words();
        self.rooms
            .payments
            .discard(id)
            .map_err(|_| Refusal::new(&words, RefusalReason::NotFound, "refusal-not-found"))?;
        self.set_current(None);
        self.change(|content| content.notice = None);
        self.show();
        Ok(())
    }

    /// Asks the bank about every payment that is not settled. Returns at once; the result is a state.
    pub fn resolve(&self) {
        if self.rooms.is_open() {
            drop(self.rooms.payments.resolve_all());
        }
    }

    /// The bank's receipt of a settled payment. `None` while there is none, or while locked.
    pub fn receipt(&self, id: IntentId) -> Option<ReceiptView> {
        let receipt = self.rooms.payments.receipt(id).ok()??;
        let item = self.rooms.payments.payment(id).ok()?;
        let words = self.rooms.words();
        Some(ReceiptView {
            text: words::receipt(&item, &receipt, &words),
            signed: C2::new(receipt.compact().to_owned()),
        })
    }

    /// Whether something is drawn over the app. While it is, nothing can be approved.
    pub fn set_obscured(&self, obscured: bool) {
        self.rooms.payments.set_obscured(obscured);
    }

    /// Another phone may have let payments go again: the customer is not held up by what was so a while ago.
    fn ask_whether_still_frozen(&self) {
        let rooms = Arc::clone(&self.rooms);
        self.rooms.runtime.spawn(async move { rooms.session.security().await });
    }

    fn approval_failed(&self, failure: &ApprovalFailure) {
        let words = self.rooms.words();
        let notice = match failure {
            ApprovalFailure::Prompt(failure) => Notice::of_prompt(*failure, Prompting::Pay, &words),
            ApprovalFailure::TooLate => Notice::trouble(words.say("refusal-expired")),
            ApprovalFailure::Outbox(_) => Notice::trouble(words.say("lock-storage")),
        };
        self.show();
        self.change(|content| content.notice = Some(notice));
    }

    fn current(&self) -> Option<IntentId> {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set_current(&self, id: Option<IntentId>) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = id;
    }

    fn change(&self, change: impl FnOnce(&mut PayContent)) {
        self.state.change(|state| {
            if let Some(content) = &mut state.content {
                change(content);
            }
        });
    }

    /// Shows what the outbox holds. Whether a payment was settled since the last time.
    pub(crate) fn show(&self) -> bool {
        let mut settled = false;
        let put = |state: &mut PayState, content: Option<Option<PayContent>>| {
            let before = state.content.take();
            let content = content.flatten();
            settled = match (&before, &content) {
                (Some(before), Some(now)) => settled_count(now) > settled_count(before),
                _ => false,
            };
            state.content = content.map(|content| PayContent {
                notice: before.and_then(|before| before.notice),
                ..content
            });
        };
        self.state.redraw(|| self.rooms.is_open(), || self.stored(), put);
        settled
    }

    fn stored(&self) -> Option<PayContent> {
        let words = self.rooms.words();
        let items = self.rooms.payments.outbox().ok()?;
        let current = self.current().and_then(|id| items.iter().find(|item| item.id == id));
        Some(PayContent {
            title: words.say("pay-title"),
            frozen: self.rooms.is_frozen().then(|| words.say("pay-frozen")),
            card: current.and_then(|item| self.card(item)),
            busy: if self.preparing.load(Ordering::Acquire) {
                Some(words.say("pay-preparing"))
            } else {
                current.and_then(|item| words::busy(&item.stage, &words))
            },
            activity: items.iter().map(|item| ActivityRow::new(item, &words)).collect(),
            notice: None,
        })
    }

    fn card(&self, item: &OutboxItem) -> Option<PayCard> {
        let words = self.rooms.words();
        match item.stage {
            Stage::Draft { .. } => {
                Some(PayCard::Draft(DraftCard::new(item, self.rooms.is_online(), &words)))
            }
            Stage::Reviewed { .. } => {
                let review = self.rooms.payments.reviewed(item.id).ok()??;
                Some(PayCard::Review(ReviewCard::new(&review, &words)))
            }
            _ => None,
        }
    }
}

fn settled_count(content: &PayContent) -> usize {
    content.activity.iter().filter(|row| row.has_receipt).count()
}

impl Rooms {
    /// Payments that the bank may have executed without the phone knowing; `None` while locked.
    pub(crate) fn unknown_payments(&self) -> Option<usize> {
        let items = self.payments.outbox().ok()?;
        Some(items.iter().filter(|item| matches!(item.stage, Stage::Unknown { .. })).count())
    }
}
