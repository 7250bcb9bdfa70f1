//! The thief: an attacker's own client, who has copied the phone's whole disk, software keys included.
//!
//! On a real phone the keys of `chip/` cannot be copied; here the thief is given more than a real one gets, so that what refuses
//! is the bank's and the core's doing and not the hardware's. Nothing of the core's code is used: proofs, signatures and canonical
//! bytes are made here from docs/protocol.md.

pub(crate) mod attempts;
mod client;
mod clock;
pub(crate) mod loot;
mod message_signature;
pub(crate) mod payment;
pub(crate) mod raw_search;
pub(crate) mod vault_file;
