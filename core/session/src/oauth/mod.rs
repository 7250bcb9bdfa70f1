//! The phone as an OAuth client (docs/protocol.md, section 3).

mod form;
mod key_rotation;
mod metadata;
mod redirect;
mod refresh;
mod register;
mod sign_in;
mod tokens;

pub use sign_in::SignInRefusal;

pub(crate) use metadata::{at_home, endpoints};
pub(crate) use refresh::Newer;
