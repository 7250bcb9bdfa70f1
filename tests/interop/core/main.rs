//! The core (session, and the real transport over TLS 1.3 with pins) against npm `oidc-provider`, a certified authorization server
//! run under the FAPI 2.0 Security Profile, and a resource that validates with npm `oauth4webapi` and `http-message-signatures`.
//!
//! Every test starts a server of its own (`server/main.js`), and moves its clock instead of waiting.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

mod calls;
mod refresh;
mod sign_in;
mod support;
mod theft;
mod trust;
