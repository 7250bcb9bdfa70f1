//! Setting up approval again, after fingers or faces on the phone have changed: a card for the home screen and the pay screen.

use std::sync::Arc;

use guichet_foundation::ports::{PromptFailure, SignerFailure};
use guichet_foundation::sensitivity::C3;
use guichet_session::RenewRefusal;

use crate::notice::Notice;
use crate::observe::{Observed, Subscription, view_state};
use crate::prompting::Prompting;
use crate::refusal::{Refusal, RefusalReason};
use crate::rooms::Rooms;
use crate::text::Words;

/// Whether payments can be approved on this phone.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ApprovalState {
    /// Grows with every change.
    pub revision: u64,
    /// What to do so that they can be again; `None` while they can, while locked, and while signed out.
    pub card: Option<ApprovalCard>,
}
view_state!(ApprovalState);

/// Approval has to be set up again: the PIN, a sign-in at the bank, and the finger or face that is to approve from now on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ApprovalCard {
    /// The title.
    pub title: String,
    /// What has happened, and what comes.
    pub message: String,
    /// The label of the field for the PIN.
    pub pin: String,
    /// The label of the button that begins.
    pub renew: String,
    /// It is under way: the button waits. What the bank wants is asked by the step-up card.
    pub busy: bool,
    /// Why the last try did not work.
    pub notice: Option<Notice>,
}

/// The card's state and verb.
pub struct Approval {
    rooms: Arc<Rooms>,
    state: Observed<ApprovalState>,
}

impl Approval {
    pub(crate) fn new(rooms: Arc<Rooms>) -> Arc<Self> {
        let state = Observed::new(rooms.runtime.clone(), ApprovalState::default());
        Arc::new(Self { rooms, state })
    }

    /// What is shown now.
    pub fn state(&self) -> ApprovalState {
        self.state.state()
    }

    /// Calls `listener` with the current state before it returns, then with each newer one.
    pub fn observe(&self, listener: Arc<dyn Fn(ApprovalState) + Send + Sync>) -> Subscription {
        self.state.observe(listener)
    }

    /// Begins, with the PIN: a try that counts, as on the lock screen. Refused where there is nothing to renew, or while it is under way:
    /// nothing was tried. Returns at once otherwise; the result is a state.
    pub fn renew(self: &Arc<Self>, pin: C3<String>) -> Result<(), Refusal> {
        let words = self.rooms.words();
        if !self.rooms.is_open() {
            return Err(Refusal::locked(&words));
        }
        let mut taken = None;
        self.change(|card| {
            taken = Some(!card.busy);
            if !card.busy {
                card.busy = true;
                card.notice = None;
            }
        });
        match taken {
            None => Err(Refusal::new(&words, RefusalReason::NotFound, "approval-good")),
            Some(false) => Err(Refusal::busy(&words)),
            Some(true) => {
                self.carry_out(pin);
                Ok(())
            }
        }
    }

    fn carry_out(self: &Arc<Self>, pin: C3<String>) {
        let screen = Arc::clone(self);
        self.rooms.runtime.spawn(async move {
            let reason = screen.rooms.words().say("pay-approve-key-reason");
            let renewed = screen.rooms.session.renew_approval_key(pin, reason).await;
            let words = screen.rooms.words();
            let notice = match renewed {
                Ok(()) => {
                    screen.rooms.say_at_home(Notice::info(words.say("approval-renewed")));
                    None
                }
                Err(refusal) => notice(&refusal, &words),
            };
            screen.change(|card| {
                card.busy = false;
                card.notice = notice;
            });
            screen.show();
            screen.rooms.place_changed();
        });
    }

    fn change(&self, change: impl FnOnce(&mut ApprovalCard)) {
        self.state.change(|state| {
            if let Some(card) = &mut state.card {
                change(card);
            }
        });
    }

    /// Follows the key, the lock and the language.
    pub(crate) fn show(&self) {
        let words = self.rooms.words();
        let read = || !self.rooms.is_signed_out() && self.rooms.session.has_approval_ended();
        self.state.redraw(
            || self.rooms.is_open(),
            read,
            |state, is_wanted| {
                let before = state.card.take().unwrap_or_default();
                state.card = is_wanted.unwrap_or_default().then(|| ApprovalCard {
                    title: words.say("approval-title"),
                    message: words.say("approval-message"),
                    pin: words.say("lock-settings-old-pin"),
                    renew: words.say("welcome-enrol-begin"),
                    ..before
                });
            },
        );
    }
}

/// The words for a key that was not renewed; `None` where another screen has them.
fn notice(refusal: &RenewRefusal, words: &Words) -> Option<Notice> {
    match refusal {
        RenewRefusal::Pin(refusal) => Notice::of_unlock(*refusal, words),
        RenewRefusal::Bank(failure) => Some(Notice::of_call(*failure, words)),
        RenewRefusal::ApprovalKey(SignerFailure::NoBiometrics) => {
            Some(Notice::of_prompt(PromptFailure::NotEnrolled, Prompting::Renewal, words))
        }
        RenewRefusal::ApprovalKey(_) => Some(Notice::trouble(words.say("trouble-phone"))),
        RenewRefusal::Prompt(failure) => {
            Some(Notice::of_prompt(*failure, Prompting::Renewal, words))
        }
        RenewRefusal::AttestationRefused => Some(Notice::danger(words.say("trouble-attestation"))),
        RenewRefusal::ProofRefused => Some(Notice::trouble(words.say("try-again"))),
        RenewRefusal::NotNeeded | RenewRefusal::Superseded => None,
    }
}
