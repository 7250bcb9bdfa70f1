//! The home screen: what the customer has, at a glance, from the vault.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use guichet_foundation::sensitivity::C2;
use tokio::sync::Notify;

use crate::notice::Notice;
use crate::observe::{Observed, Subscription, view_state};
use crate::rooms::Rooms;
use crate::rows::{AccountRow, TransactionRow};
use crate::text::Words;

/// Transactions on the home screen.
const RECENT_ROWS: usize = 10;

/// What the home screen shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HomeState {
    /// Grows with every change.
    pub revision: u64,
    /// `None` while locked or signed out.
    pub content: Option<HomeContent>,
}
view_state!(HomeState);

/// The home screen of an unlocked app.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct HomeContent {
    /// The title.
    pub title: String,
    /// `Hello, Li Ming`.
    pub greeting: Option<C2<String>>,
    /// The customer's accounts.
    pub accounts: Vec<AccountRow>,
    /// The heading above the recent transactions.
    pub recent_title: String,
    /// The newest transactions over all accounts.
    pub recent: Vec<TransactionRow>,
    /// `As of 23 Nov 2026, 17:05`.
    pub as_of: String,
    /// Said above everything while there is no network.
    pub offline: Option<String>,
    /// Said while the bank is being asked.
    pub progress: Option<String>,
    /// What needs the customer: payments that are not confirmed, a session that has ended, approval that has to be set up again.
    pub attention: Option<String>,
    /// What needs the customer in the security centre.
    pub security: Option<SecurityAlert>,
    /// The label of the button that leads to signing in again, once the bank has ended the session.
    pub sign_in: Option<String>,
    /// Said where there is nothing to see yet.
    pub empty: Option<String>,
    /// Why the last refresh did not work.
    pub notice: Option<Notice>,
}

/// Something in the security centre that needs the customer, and the way there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SecurityAlert {
    /// What it is.
    pub text: String,
    /// The label of the button that leads to the security centre.
    pub action: String,
}

/// The home screen's state and verbs.
pub struct Home {
    rooms: Arc<Rooms>,
    state: Observed<HomeState>,
    wanted: Notify,
    /// What the customer is told until the app locks again, whatever refreshes come in between.
    said: Mutex<Option<Notice>>,
    /// What is said while the bank is being asked. Not only in the state: a refresh may begin before there is a screen.
    progress: Mutex<Option<String>>,
}

impl Home {
    pub(crate) fn new(rooms: Arc<Rooms>) -> Arc<Self> {
        let state = Observed::new(rooms.runtime.clone(), HomeState::default());
        Arc::new(Self {
            rooms,
            state,
            wanted: Notify::new(),
            said: Mutex::default(),
            progress: Mutex::default(),
        })
    }

    /// What the screen shows now. Local, never waits for the bank.
    pub fn state(&self) -> HomeState {
        self.state.state()
    }

    /// Calls `listener` with the current state before it returns, then with each newer one.
    pub fn observe(&self, listener: Arc<dyn Fn(HomeState) + Send + Sync>) -> Subscription {
        self.state.observe(listener)
    }

    /// Asks the bank for what is new. Returns at once; the result is the next state.
    pub fn refresh(&self) {
        self.wanted.notify_one();
    }

    /// Serves refreshes, one after the other, for as long as the app runs.
    pub(crate) async fn serve(self: Arc<Self>) {
        loop {
            self.wanted.notified().await;
            if self.rooms.is_open() {
                self.fetch().await;
            }
        }
    }

    async fn fetch(&self) {
        self.progress(self.rooms.words().say("home-syncing"));
        let tell = |progress: guichet_accounts::SyncProgress| {
            let count = progress.transactions();
            let words = self.rooms.words();
            self.progress(words.say_with("home-syncing-count", &[("count", count.into())]));
            self.show_stored();
        };
        let outcome = self.rooms.sync.run(&tell).await;
        self.rooms.note_contact(outcome.as_ref().err());
        self.show_stored();
        let failure = outcome.err().and_then(|failure| self.rooms.sync_notice(&failure));
        self.end_progress(failure.or_else(|| self.said().clone()));
    }

    /// That nothing is fetched any more and what came of it show at one moment: whoever waited for the end reads both.
    fn end_progress(&self, notice: Option<Notice>) {
        self.state.change(|state| {
            *self.progress_said() = None;
            if let Some(content) = &mut state.content {
                content.progress = None;
                content.notice = notice;
            }
        });
    }

    fn said(&self) -> MutexGuard<'_, Option<Notice>> {
        self.said.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn progress(&self, text: String) {
        let text = Some(text);
        self.progress_said().clone_from(&text);
        self.change(|content| content.progress = text);
    }

    fn progress_said(&self) -> MutexGuard<'_, Option<String>> {
        self.progress.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn change(&self, change: impl FnOnce(&mut HomeContent)) {
        self.state.change(|state| {
            if let Some(content) = &mut state.content {
                change(content);
            }
        });
    }

    /// Shows what the vault holds.
    pub(crate) fn show_stored(&self) {
        if !self.rooms.is_open() {
            *self.said() = None;
        } else if let Some(said) = self.rooms.take_said_at_home() {
            *self.said() = Some(said);
        }
        let read = || self.stored();
        self.state.redraw(
            || self.rooms.is_open(),
            read,
            |state, stored| {
                let before = state.content.take();
                state.content = stored.flatten().map(|mut content| {
                    content.progress.clone_from(&self.progress_said());
                    if let Some(before) = before {
                        content.notice = content.notice.take().or(before.notice);
                    }
                    content
                });
            },
        );
    }

    fn stored(&self) -> Option<HomeContent> {
        let words = self.rooms.words();
        let accounts = self.rooms.ledger.accounts().ok()?;
        let recent = self.rooms.ledger.recent(RECENT_ROWS).ok()?;
        let as_of = self.rooms.ledger.as_of().ok()?.map(|time| words.time(time));
        let offline = (!self.rooms.is_online()).then(|| {
            let time = as_of.clone().unwrap_or_else(|| words.say("home-as-of-never"));
            words.say_with("home-offline", &[("time", (&time).into())])
        });
        let nothing = accounts.is_empty() && recent.is_empty();
        Some(HomeContent {
            title: words.say("home-title"),
            greeting: self.rooms.session.customer().map(|customer| {
                let name = customer.name.expose();
                C2::new(words.say_with("home-greeting", &[("name", name.into())]))
            }),
            accounts: accounts.iter().map(|account| AccountRow::new(account, &words)).collect(),
            recent_title: words.say("home-recent"),
            recent: recent.iter().map(|row| TransactionRow::new(row, &words)).collect(),
            as_of: as_of.map_or_else(
                || words.say("home-as-of-never"),
                |time| words.say_with("home-as-of", &[("time", (&time).into())]),
            ),
            offline,
            progress: None,
            attention: self.attention(&words),
            security: self.security(&words),
            sign_in: self.rooms.is_signed_out().then(|| words.say("welcome-begin")),
            empty: nothing.then(|| words.say("home-empty")),
            notice: self.said().clone(),
        })
    }

    /// What needs the customer: payments in doubt first, then a session that has ended, then an approval key that has.
    fn attention(&self, words: &Words) -> Option<String> {
        match self.rooms.unknown_payments() {
            Some(count) if count > 0 => {
                Some(words.say_with("home-attention-unknown", &[("count", count.into())]))
            }
            _ if self.rooms.is_signed_out() => Some(words.say("trouble-signed-out")),
            _ => self.rooms.session.has_approval_ended().then(|| words.say("approval-message")),
        }
    }

    /// What needs the customer in the security centre: stopped payments and what happened; an old phone, if nothing else does.
    fn security(&self, words: &Words) -> Option<SecurityAlert> {
        let mut sentences = Vec::new();
        if self.rooms.is_frozen() {
            sentences.push(words.say("home-security-frozen"));
        }
        let count = u64::from(self.rooms.session.security_news().notices);
        if count > 0 {
            sentences.push(words.say_with("home-security-notices", &[("count", count.into())]));
        }
        if sentences.is_empty() && self.rooms.has_old_phones() {
            sentences.push(words.say("home-security-moving"));
        }
        (!sentences.is_empty()).then(|| SecurityAlert {
            text: sentences.join(words.say("sentence-gap").as_str()),
            action: words.say("home-security-open"),
        })
    }
}
