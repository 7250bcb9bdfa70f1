//! HTTPS to the bank: the [`Transport`](guichet_foundation::ports::Transport) of a real phone.
//!
//! TLS 1.3 only, by rustls on ring. No redirects, no proxy from the environment, no cookies, no decompression, no retries: one
//! call is at most one request that reaches the bank. Connections are reused.
//!
//! **What 'validated chain' means here.** The certificates the server sends are validated by webpki up to a root: Mozilla's list,
//! built in, or the private CA of the bank's profile instead of it. The result is one path: the server's certificate, the
//! intermediates that were needed (not whatever else was sent) and the root. The connection is good if the SHA-256 of any of
//! their public keys is among the pins; where several paths are valid, one with a pin is enough. The roots are built in rather
//! than the platform's because a platform's verifier gives a verdict without the path, so that pins could only be compared with
//! what the server chose to send, and because a root installed by the owner of a phone must not count for a bank.
//!
//! Certificates are dated by the bank's time. Until that is known, a chain counts that is valid at any moment within
//! [`TOLERANCE`] of the phone's clock: a phone that is a day off must reach the bank to learn better. Once it is known, a
//! connection that was let in that way is not used again.
//!
//! There is no way around the pins: no setting, no switch, no question to a person. A phone that slept through every key it knew
//! finds the newer pin set by itself, see `recovery`.

mod bank_time;
mod failure;
mod pins;
mod recovery;
mod traffic;
mod transport;
mod verifier;

pub use bank_time::{BankTime, TOLERANCE};
pub use pins::Pins;
pub use traffic::{Traffic, TrafficCounter};
pub use transport::{PinnedTransport, SetupFailure};
