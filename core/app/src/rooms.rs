//! The rooms of the core, opened once, as the screens use them.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use guichet_accounts::{AccountSync, SyncFailure};
use guichet_foundation::locale::Locale;
use guichet_foundation::ports::{Phone, PromptId};
use guichet_ledger::Ledger;
use guichet_payments::Payments;
use guichet_session::{CallFailure, NotSent, PaymentsGate, Session, Standing};
use tokio::runtime::Handle;
use tokio::sync::Notify;

use crate::config::AppConfig;
use crate::notice::Notice;
use crate::text::Words;

pub(crate) struct Rooms {
    pub(crate) config: AppConfig,
    pub(crate) runtime: Handle,
    pub(crate) phone: Phone,
    pub(crate) session: Session,
    pub(crate) ledger: Ledger,
    pub(crate) payments: Payments,
    pub(crate) sync: AccountSync,
    words: RwLock<Arc<Words>>,
    prompts: AtomicU64,
    /// Whether the last exchange with the bank worked. The platform's own hint may be wrong in both directions.
    reached: AtomicBool,
    pub(crate) place_moved: Notify,
    for_home: Mutex<Option<Notice>>,
    /// Whether the customer has not said yet what becomes of the phones that were there before this one.
    old_phones: AtomicBool,
}

impl Rooms {
    pub(crate) fn new(
        config: AppConfig,
        runtime: Handle,
        phone: Phone,
        session: Session,
        ledger: Ledger,
        payments: Payments,
    ) -> Self {
        let sync = AccountSync::new(Arc::new(session.clone()), ledger.clone());
        let words = RwLock::new(Arc::new(Words::new(config.locale)));
        Self {
            config,
            runtime,
            phone,
            session,
            ledger,
            payments,
            sync,
            words,
            prompts: AtomicU64::new(0),
            reached: AtomicBool::new(true),
            place_moved: Notify::new(),
            for_home: Mutex::default(),
            old_phones: AtomicBool::new(false),
        }
    }

    /// The words of the customer's language.
    pub(crate) fn words(&self) -> Arc<Words> {
        Arc::clone(&self.words.read().unwrap_or_else(PoisonError::into_inner))
    }

    pub(crate) fn set_locale(&self, locale: Locale) {
        *self.words.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(Words::new(locale));
    }

    /// Whether screens may show what is the customer's.
    pub(crate) fn is_open(&self) -> bool {
        matches!(
            self.session.standing(),
            Standing::Ready { locked: false } | Standing::SignedOutAgain { locked: false }
        )
    }

    /// Whether the bank has ended the session of a phone that is set up.
    pub(crate) fn is_signed_out(&self) -> bool {
        matches!(self.session.standing(), Standing::SignedOutAgain { .. })
    }

    pub(crate) fn is_online(&self) -> bool {
        self.phone.connectivity.is_online() && self.reached.load(Ordering::Relaxed)
    }

    /// The phone says that its network has changed: what was learned before no longer counts.
    pub(crate) fn expect_contact(&self) {
        self.reached.store(true, Ordering::Relaxed);
    }

    /// Remembers whether the bank could be reached.
    pub(crate) fn note_contact(&self, failure: Option<&SyncFailure>) {
        let unreached = matches!(
            failure,
            Some(SyncFailure::Call(
                CallFailure::NotSent(NotSent::Offline) | CallFailure::Unanswered
            ))
        );
        self.reached.store(!unreached, Ordering::Relaxed);
    }

    /// Something the customer reads when the home screen opens next.
    pub(crate) fn say_at_home(&self, notice: Notice) {
        *self.for_home.lock().unwrap_or_else(PoisonError::into_inner) = Some(notice);
    }

    pub(crate) fn take_said_at_home(&self) -> Option<Notice> {
        self.for_home.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Notes whether the customer has to say what becomes of old phones, and has the screens that tell of it shown again.
    pub(crate) fn note_old_phones(&self, are_open: bool) {
        if self.old_phones.swap(are_open, Ordering::Relaxed) != are_open {
            self.place_changed();
        }
    }

    pub(crate) fn has_old_phones(&self) -> bool {
        self.old_phones.load(Ordering::Relaxed)
    }

    /// Whether the bank has said that the customer's payments are stopped.
    pub(crate) fn is_frozen(&self) -> bool {
        self.session.security_news().payments == Some(PaymentsGate::Frozen)
    }

    pub(crate) fn next_prompt_id(&self) -> PromptId {
        PromptId(self.prompts.fetch_add(1, Ordering::Relaxed) + 1)
    }

    /// Asks for the place of the customer (welcome, locked, open) to be looked at again.
    pub(crate) fn place_changed(&self) {
        self.place_moved.notify_one();
    }

    /// The words for a sync that ended early. Without a network the banner says it already.
    pub(crate) fn sync_notice(&self, failure: &SyncFailure) -> Option<Notice> {
        let words = self.words();
        match failure {
            SyncFailure::Call(CallFailure::NotSent(NotSent::Offline)) => None,
            SyncFailure::Call(failure) => Some(Notice::of_call(*failure, &words)),
            SyncFailure::Unreadable | SyncFailure::Refused { .. } => {
                Some(Notice::trouble(words.say("trouble-unreadable")))
            }
            SyncFailure::NotStored => Some(Notice::trouble(words.say("lock-storage"))),
        }
    }
}
