//! A bank and a phone for the session's tests: the bank in memory, speaking the protocol through the transport port.

mod bank;
mod books;
mod documents;
mod phone;
mod proofs;
mod security;

pub(crate) use bank::{Bank, Fault, ISSUER};
pub(crate) use phone::{PIN, TestPhone, pin};
