//! Who we are to the bank: sign-in, refresh, lock, devices, authorised calls.
//!
//! One [`Session`] is one installation of the app and its customer. What it knows is kept by the secure store and changed in one
//! place, durably, before it counts; where it stands is its [`Standing`]. Everything above reaches the bank through [`BankCalls`]
//! and nothing else: tokens, proofs, signatures, nonces, pins and the bank's time are this room's business.
//!
//! - [`calls`]: what the rooms above see of the bank.
//! - [`decoders`]: what is read of the bank's, without a network.
//! - [`prompts`]: what is asked of the person, and their answers.
//! - [`lock`]: the lock screen, PIN and biometric.
//!
//! Work that must finish (a token exchange, an enrolment, a wipe, a try at the PIN) runs in a task of its own; dropping the future
//! that waits for it changes nothing. All methods that are `async` need a tokio runtime with time enabled.

mod approval;
mod bank;
pub mod calls;
mod challenges;
pub mod decoders;
mod devices;
mod enrol;
mod evidence;
mod keeper;
mod key_work;
pub mod lock;
mod oauth;
pub mod prompts;
mod renewal;
mod secret_text;
mod security;
mod session;
mod settings;
mod standing;
mod step_up;
mod wipe;

pub use calls::{BankCalls, Call, CallFailure, Identity, NotSent, Reply};
pub use devices::{Device, RevokeRefusal, TrustLevel};
pub use enrol::{Customer, EnrolRefusal, Platform};
pub use guichet_wire::client::{BankTime, PinnedTransport, Pins, SetupFailure, Traffic};
pub use guichet_wire::trust::{ReceiptKeys, SignedBy};
pub use oauth::SignInRefusal;
pub use prompts::Prompts;
pub use renewal::RenewRefusal;
pub use security::{
    AcknowledgeRefusal, NoticeDevice, NoticeKind, PaymentsGate, Security, SecurityNews,
    SecurityNotice,
};
pub use session::{OpenRefusal, Session, Setup, first_pins};
pub use settings::LockAfter;
pub use standing::{Standing, WipeReason};
pub use step_up::{StepUpRefusal, StepUpRequest, Way};
pub use wipe::SignOutRefusal;

use session::finished;
