//! Who we are to the bank: sign-in, refresh, lock, devices, authorised calls.
//!
//! - [`calls`]: what the rooms above see of the bank: authorised calls, its time, its receipt keys, the approval key.
//! - [`prompts`]: what is asked of the person, and their answers.

pub mod calls;
pub mod prompts;

pub use calls::{BankCalls, Call, CallFailure, Identity, NotSent, Reply};
pub use guichet_wire::trust::{ReceiptKeys, SignedBy};
pub use prompts::Prompts;
