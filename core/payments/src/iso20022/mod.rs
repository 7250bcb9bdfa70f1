//! What banks between here and abroad say about a payment, in the codes of ISO 20022: its status and the reason for it.
//! The reference under which all of them know it is [`Uetr`](guichet_foundation::ids::Uetr).
//!
//! The code sets are external to the messages and grow every quarter: an unknown code of the right form is kept as it is, and its
//! meaning is the cautious one.

mod code;
mod reason;
mod status;

pub use code::{Code, InvalidCode};
pub use reason::{Concern, StatusReason};
pub use status::{TransactionStatus, Withdrawal};
