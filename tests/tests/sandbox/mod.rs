//! The core against the sandbox bank: two implementations of docs/protocol.md that share nothing.

mod bank;
mod phone;
mod pins;
mod session;
mod wrong_pin;
