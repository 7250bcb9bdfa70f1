//! The running bank: its state, its router, TLS and connections.

mod bank;
mod connection;
mod counters;
mod garble;
mod headers;
mod misbehave;
mod options;
mod start;

pub use bank::{Bank, Config};
pub use connection::ConnectionHandle;
pub use counters::Counters;
pub use headers::attach_nonce;
pub use options::{Announcement, Options};
pub use start::{RunningBank, StartError};

/// The longest request body, in bytes.
pub const BODY_MAX: usize = 64 * 1024;
