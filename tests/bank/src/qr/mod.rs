//! Payment codes that cameras and tills read (protocol section 13): what merchants show, and what
//! customers show.
//!
//! Written from the specifications (EMV QRCPS, Merchant-Presented and Consumer-Presented Mode,
//! version 1.1) a second time, without a look at the phone's side.

pub mod currencies;
pub mod customer;
pub mod merchant;
mod objects;
