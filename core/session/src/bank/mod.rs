//! Speaking with the bank: one request at a time, with what every answer teaches.

mod authorised;
mod challenge;
mod contact;
mod farewell;
mod flight;
mod introduction;
mod nonces;
mod revocation;
mod trust;
mod verdict;

pub(crate) use contact::{Contact, Outgoing, answered};
pub(crate) use flight::Flight;
pub(crate) use nonces::Server;
pub(crate) use revocation::reads_as_revocation;
pub(crate) use trust::not_ready;
pub(crate) use verdict::{ErrorBody, retry_after};
