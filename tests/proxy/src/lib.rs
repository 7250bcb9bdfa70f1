//! A network that goes wrong as it is told: a TCP proxy on the loopback, between a phone's process and a bank's.
//!
//! It sees bytes and knows no key: of TLS it reads the headers of records, which everybody on the way can, to tell where a
//! handshake ends and a request begins ([`Phase`]). One [`Fault`] is armed at a time and strikes once; a [`Plan`] draws them from a
//! seed. Faults are what networks and attackers do to bytes: nothing here can read or forge what TLS protects.

mod connection;
mod fault;
mod phase;
mod proxy;

pub use fault::{Direction, Fault, Kind, Plan};
pub use phase::Phase;
pub use proxy::{Lengths, Proxy};
