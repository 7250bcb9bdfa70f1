//! The only crate with uniffi: types in, types out.
//!
//! One file per area of the facade. Each lists the records that cross with the class of every field (text of class C2 is
//! [`PrivateText`], C3 crosses inwards only and never in a record) and the verbs a shell can call. There is no logic here; what
//! can be wrong is wrong in `guichet-app` or below. `bindings/README.md` says how the generated code is made and used.

mod app;
mod approval;
mod cross;
mod history;
mod home;
mod lock_screen;
mod lock_settings;
mod notice;
mod observe;
mod panics;
mod pay;
mod pin;
mod ports;
mod private_text;
mod prompts;
mod refusal;
mod rows;
mod security_centre;
mod step_up;
mod welcome;
mod zeroing;

pub use app::{
    AppConfig, AppListener, AppState, GuichetApp, Language, Place, Platform, StartRefusal, Traffic,
};
pub use approval::{Approval, ApprovalCard, ApprovalListener, ApprovalState};
pub use history::History;
pub use home::{Home, HomeContent, HomeListener, HomeState, SecurityAlert};
pub use lock_screen::{LockListener, LockScreen, LockState};
pub use lock_settings::{
    LockAfter, LockDelay, LockSettings, LockSettingsContent, LockSettingsListener,
    LockSettingsState,
};
pub use notice::{Notice, Tone};
pub use observe::{ListenerFailure, Subscription};
pub use pay::{
    ActivityRow, ActivityStage, DraftCard, Pay, PayCard, PayContent, PayForm, PayListener,
    PayState, ReceiptView, ReviewCard,
};
pub use ports::{
    ApprovalSigner, Clock, Connectivity, DeviceSigner, Entropy, Phone, PortFailure, PromptFailure,
    SecureStore, SignerFailure, StoreFailure,
};
pub use private_text::PrivateText;
pub use refusal::{Field, Refusal, RefusalReason, Refused};
pub use rows::{AccountRow, TransactionPage, TransactionRow};
pub use security_centre::{
    DeviceRow, MovingCard, PaymentsCard, QuestionCard, SecurityCentre, SecurityContent,
    SecurityListener, SecurityState,
};
pub use step_up::{StepUp, StepUpCard, StepUpListener, StepUpState};
pub use welcome::{BrowserRequest, Welcome, WelcomeListener, WelcomeState, WelcomeStep};

uniffi::setup_scaffolding!("guichet");
