//! The facade: everything a shell sees of the core.
//!
//! One object per screen. Each has a *state* (what the screen shows now, local, whole and small), `observe` (the state now, then
//! each newer one) and *verbs*. Verbs check, and return at once with nothing or with a [`Refusal`]; their results arrive as
//! states. What needs the person (a finger, the bank's page in the browser) is asked with an id and answered by that id, late
//! answers change nothing. No verb waits, so no caller that goes away can cut a payment short.
//!
//! Everything in a state is text in the customer's language, ready to draw: amounts, dates, sentences, labels, what a screen
//! reader says. A shell computes nothing and words nothing.

mod app;
mod approval;
mod config;
mod history;
mod home;
mod life;
mod lock_screen;
mod lock_settings;
mod notice;
pub mod observe;
mod pay;
mod prompting;
mod refusal;
mod rooms;
mod rows;
mod security_centre;
mod step_up;
mod text;
mod welcome;

pub use app::{App, AppState, Place, ShellPorts, StartRefusal};
pub use approval::{Approval, ApprovalCard, ApprovalState};
pub use config::AppConfig;
pub use guichet_session::LockAfter;
pub use guichet_session::{Platform, Traffic};
pub use guichet_vault::keys::by_pin::PinCost;
pub use history::History;
pub use home::{Home, HomeContent, HomeState, SecurityAlert};
pub use lock_screen::{LockScreen, LockState};
pub use lock_settings::{LockDelay, LockSettings, LockSettingsContent, LockSettingsState};
pub use notice::{Notice, Tone};
pub use observe::Subscription;
pub use pay::{
    ActivityRow, ActivityStage, DraftCard, Pay, PayCard, PayContent, PayForm, PayState,
    ReceiptView, ReviewCard,
};
pub use refusal::{Field, Refusal, RefusalReason, Refusals};
pub use rows::{AccountRow, PageMark, TransactionPage, TransactionRow};
pub use security_centre::{
    DeviceRow, MovingCard, PaymentsCard, QuestionCard, SecurityCentre, SecurityContent,
    SecurityState,
};
pub use step_up::{StepUp, StepUpCard, StepUpState};
pub use welcome::{BrowserRequest, Welcome, WelcomeState, WelcomeStep};
