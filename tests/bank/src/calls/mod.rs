//! What every call of the API proves before its body is read (protocol section 5).
//!
//! A handler takes a [`Caller`] or an [`EnrolledCaller`] as its last argument; having one *is* the
//! proof that the token, the DPoP proof, the digest and the signature were checked, in the order the
//! protocol gives.

mod authorization;
mod caller;
mod digest;
mod error;
mod message_signature;
pub mod step_up;

pub use caller::{Caller, EnrolledCaller};
pub use error::{ApiError, ErrorCode};

/// What a route that does not exist answers, and a method a route does not have.
pub async fn not_found() -> ApiError {
    ApiError::new(ErrorCode::NotFound, "no such resource")
}
