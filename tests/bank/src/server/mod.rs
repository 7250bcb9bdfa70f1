//! The running bank: its state, its router, TLS and connections.

mod bank;

pub use bank::Bank;
