//! What every call of the API proves before its body is read (protocol section 5).
//!
//! A handler takes a [`Caller`] or an [`EnrolledCaller`] as its last argument; having one *is* the
//! proof that the token, the DPoP proof, the digest and the signature were checked, in the order the
//! protocol gives.

mod caller;
mod error;

pub use caller::{Caller, EnrolledCaller};
pub use error::{ApiError, ErrorCode};
