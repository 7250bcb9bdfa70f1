//! What banks between here and abroad say about a payment, in the codes of ISO 20022: its status, the reason for it, and the
//! reference under which all of them know it.
//!
//! The code sets are external to the messages and grow every quarter: an unknown code of the right form is kept as it is, and its
//! meaning is the cautious one.

mod code;
mod reason;
mod status;
mod uetr;

pub use code::{Code, InvalidCode};
pub use reason::{Concern, StatusReason};
pub use status::{TransactionStatus, Withdrawal};
pub use uetr::{InvalidUetr, Uetr};
