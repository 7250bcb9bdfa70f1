//! The app's life: what the phone tells it, what it follows, and its end.

use std::sync::{Arc, PoisonError, Weak};

use guichet_foundation::key::P256Signature;
use guichet_foundation::locale::Locale;
use guichet_foundation::ports::{PromptFailure, PromptId};
use guichet_foundation::sensitivity::SecretBytes;

use guichet_session::{PinnedTransport, SecurityNews, Standing, StepUpRequest, Traffic};
use tokio::sync::watch;

use crate::app::{App, AppState, Place};
use crate::approval::Approval;
use crate::history::History;
use crate::home::Home;
use crate::lock_screen::LockScreen;
use crate::lock_settings::LockSettings;
use crate::observe::Subscription;
use crate::pay::Pay;
use crate::rooms::Rooms;
use crate::security_centre::SecurityCentre;
use crate::step_up::StepUp;
use crate::welcome::Welcome;

impl App {
    /// Where the customer is now.
    pub fn state(&self) -> AppState {
        self.state.state()
    }

    /// Calls `listener` with the current state before it returns, then with each newer one.
    pub fn observe(&self, listener: Arc<dyn Fn(AppState) + Send + Sync>) -> Subscription {
        self.state.observe(listener)
    }

    /// The way in.
    pub const fn welcome(&self) -> &Arc<Welcome> {
        &self.welcome
    }

    /// The lock screen.
    pub const fn lock_screen(&self) -> &Arc<LockScreen> {
        &self.lock_screen
    }

    /// When the app locks by itself, its PIN, and whether a finger or face opens it.
    pub const fn lock_settings(&self) -> &Arc<LockSettings> {
        &self.lock_settings
    }

    /// The home screen.
    pub const fn home(&self) -> &Arc<Home> {
        &self.home
    }

    /// Accounts in depth, and search.
    pub const fn history(&self) -> &Arc<History> {
        &self.history
    }

    /// Payments.
    pub const fn pay(&self) -> &Arc<Pay> {
        &self.pay
    }

    /// The security centre: what happened, whether payments go, the customer's phones.
    pub const fn security_centre(&self) -> &Arc<SecurityCentre> {
        &self.security_centre
    }

    /// The card over every screen, while the bank wants to be sure that it is the customer.
    pub const fn step_up(&self) -> &Arc<StepUp> {
        &self.step_up
    }

    /// Setting up approval again, after fingers or faces on the phone have changed.
    pub const fn approval(&self) -> &Arc<Approval> {
        &self.approval
    }

    /// The person's answer to an [`ApprovalRequest`](guichet_foundation::ports::ApprovalRequest). Late, repeated or unknown:
    /// nothing changes.
    pub fn answer_approval(&self, id: PromptId, answer: Result<P256Signature, PromptFailure>) {
        self.rooms.session.prompts().answer_approval(id, answer);
    }

    /// The person's answer to a [`ReleaseRequest`](guichet_foundation::ports::ReleaseRequest). Late, repeated or unknown: nothing
    /// changes.
    pub fn answer_release(&self, id: PromptId, answer: Result<SecretBytes, PromptFailure>) {
        self.rooms.session.prompts().answer_release(id, answer);
    }

    /// The phone's network came or went. With a network, what is new is fetched and open payments are asked about.
    pub fn connectivity_changed(&self) {
        self.rooms.expect_contact();
        self.home.show_stored();
        if self.rooms.phone.connectivity.is_online() {
            self.catch_up();
        }
    }

    /// The customer touched the screen: the idle lock waits anew.
    pub fn touched(&self) {
        self.rooms.session.touched();
    }

    /// The app went to the background: it locks after the time the customer has chosen. Where that is none, it is locked when this
    /// returns.
    pub fn backgrounded(&self) {
        self.rooms.session.backgrounded();
    }

    /// The app came back: locked, if it was away for long.
    pub fn foregrounded(&self) {
        self.rooms.session.foregrounded();
        self.catch_up();
    }

    /// The customer chose another language.
    pub fn set_locale(&self, locale: Locale) {
        self.rooms.set_locale(locale);
        self.show_place();
    }

    /// Requests and bytes since the app started. Zero on a transport of the caller's.
    pub fn traffic(&self) -> Traffic {
        self.transport.as_ref().map(PinnedTransport::traffic).unwrap_or_default()
    }

    /// Asks the bank what the screens need: while locked, only whether this phone is still welcome.
    pub(crate) fn catch_up(&self) {
        match self.rooms.session.standing() {
            Standing::Ready { locked: false } => {
                self.home.refresh();
                self.pay.resolve();
                self.look_around();
            }
            Standing::Ready { locked: true } => {
                let rooms = Arc::clone(&self.rooms);
                self.rooms.runtime.spawn(async move { rooms.session.check_in().await });
            }
            _ => {}
        }
    }

    /// Asks what happened elsewhere, where the bank has said that something did, and which phones were there before this one.
    fn look_around(&self) {
        let centre = Arc::clone(&self.security_centre);
        let waiting = self.rooms.session.security_news().notices > 0;
        self.rooms.runtime.spawn(async move {
            if waiting {
                centre.learn_quietly().await;
            }
            centre.look_for_old_phones().await;
        });
    }

    /// Begins to follow the session, the payments and the wish for refreshes.
    pub(crate) fn follow(self: &Arc<Self>) {
        let (rooms, app) = (&self.rooms, Arc::downgrade(self));
        // Subscribed here and not in the tasks: no change between now and their first turn is missed.
        let standing = rooms.session.watch();
        let payments = rooms.payments.changes();
        let step_ups = rooms.session.step_ups();
        let approval = rooms.session.approval_changes();
        let security = rooms.session.watch_security();
        let moved = Arc::clone(rooms);
        let tasks = [
            rooms.runtime.spawn(follow_standing(app.clone(), standing, moved)).abort_handle(),
            rooms.runtime.spawn(follow_payments(app.clone(), payments)).abort_handle(),
            rooms.runtime.spawn(follow_approval(app.clone(), approval)).abort_handle(),
            rooms.runtime.spawn(follow_security(app, security)).abort_handle(),
            rooms
                .runtime
                .spawn(follow_step_ups(Arc::clone(&self.step_up), step_ups))
                .abort_handle(),
            rooms.runtime.spawn(Arc::clone(&self.home).serve()).abort_handle(),
        ];
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner).extend(tasks);
    }

    /// Shows, on every screen that tells of it, what is known of the customer's security.
    fn show_security(&self) {
        self.security_centre.show();
        self.home.show_stored();
        self.pay.show();
    }

    /// Shows, on every screen, where the session stands.
    pub(crate) fn show_place(&self) {
        let standing = self.rooms.session.standing();
        self.welcome.show(standing);
        self.lock_screen.show(standing);
        // Before the screens that tell of it.
        self.security_centre.show();
        self.home.show_stored();
        self.pay.show();
        self.step_up.show();
        self.lock_settings.show();
        self.approval.show();
        let place = match standing {
            Standing::Ready { .. } if self.welcome.is_offering() => Place::Welcome,
            Standing::Ready { locked } | Standing::SignedOutAgain { locked } => {
                if locked {
                    Place::Locked
                } else {
                    Place::Open
                }
            }
            _ => Place::Welcome,
        };
        self.state.change(|state| state.place = place);
    }
}

/// Shows each change of standing, and catches up when the app opens.
async fn follow_standing(
    app: Weak<App>,
    mut standing: watch::Receiver<Standing>,
    rooms: Arc<Rooms>,
) {
    loop {
        let changed = tokio::select! {
            biased;
            changed = standing.changed() => changed.is_ok(),
            () = rooms.place_moved.notified() => true,
        };
        let Some(app) = app.upgrade().filter(|_| changed) else { return };
        let opened = app.state().place != Place::Open;
        app.show_place();
        if opened && app.state().place == Place::Open {
            app.catch_up();
        }
    }
}

/// Shows each change of the outbox. A payment that was settled changes balances: they are fetched.
async fn follow_payments(app: Weak<App>, mut changes: watch::Receiver<u64>) {
    while changes.changed().await.is_ok() {
        let Some(app) = app.upgrade() else { return };
        let settled = app.pay.show();
        app.home.show_stored();
        if settled {
            app.home.refresh();
        }
    }
}

/// Shows that the approval key has ended, or was renewed.
async fn follow_approval(app: Weak<App>, mut changes: watch::Receiver<bool>) {
    while changes.changed().await.is_ok() {
        let Some(app) = app.upgrade() else { return };
        app.approval.show();
        app.home.show_stored();
    }
}

/// Shows what the bank says beside its answers, and asks what happened. What that very answer says beside itself is not asked
/// about again: a bank that says something else each time is asked once for each call.
async fn follow_security(app: Weak<App>, mut news: watch::Receiver<SecurityNews>) {
    while news.changed().await.is_ok() {
        let Some(there) = app.upgrade() else { return };
        there.show_security();
        if !there.rooms.is_open() || news.borrow_and_update().notices == 0 {
            continue;
        }
        // The app itself is not held while the bank is asked: whoever drops it is not kept waiting.
        let centre = Arc::clone(&there.security_centre);
        drop(there);
        centre.learn_quietly().await;
        news.mark_unchanged();
        let Some(there) = app.upgrade() else { return };
        there.show_security();
    }
}

/// Shows what the bank asks of the customer.
async fn follow_step_ups(screen: Arc<StepUp>, mut asked: watch::Receiver<Option<StepUpRequest>>) {
    while asked.changed().await.is_ok() {
        screen.follow();
    }
}

impl Drop for App {
    fn drop(&mut self) {
        let tasks = self.tasks.get_mut().unwrap_or_else(PoisonError::into_inner);
        tasks.iter().for_each(tokio::task::AbortHandle::abort);
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
