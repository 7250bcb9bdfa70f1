use guichet_foundation::key::P256PublicKey;
use serde::de::DeserializeOwned;

use crate::jws::{JwsRefusal, Unverified};

/// Why a trust document is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum TrustRefusal {
    /// Not signed by the trust anchor, or not a JWS at all.
    #[error("the trust document is not signed by the trust anchor")]
    NotSigned(#[from] JwsRefusal),
    /// Signed, but not what the protocol says it contains.
    #[error("the trust document is malformed")]
    Malformed,
    /// Signed for another bank.
    #[error("the trust document belongs to another issuer")]
    OtherIssuer,
    /// Older than the one in force.
    #[error("the trust document is older than the one in force")]
    Older,
    /// The version in force, with other content: one of the two is not the bank's doing.
    #[error("the trust document repeats a version with other content")]
    OtherContent,
    /// Its time is over.
    #[error("the trust document has expired")]
    Expired,
}

/// What every trust document has.
pub trait Document: Sized {
    /// The version, which only grows.
    fn version(&self) -> u64;

    /// The compact JWS it was read from.
    fn as_jws(&self) -> &str;

    /// This document, if it may replace `in_force`: newer, or the very same.
    fn replacing(self, in_force: &Self) -> Result<Self, TrustRefusal> {
        match self.version().cmp(&in_force.version()) {
            std::cmp::Ordering::Greater => Ok(self),
            std::cmp::Ordering::Less => Err(TrustRefusal::Older),
            std::cmp::Ordering::Equal if self.same_content(in_force) => Ok(self),
            std::cmp::Ordering::Equal => Err(TrustRefusal::OtherContent),
        }
    }

    /// Whether both say the same; ECDSA signatures differ from one signing to the next, so the text alone does not tell.
    fn same_content(&self, other: &Self) -> bool;
}

/// The claims of a document signed by `anchor`.
pub(super) fn claims<T: DeserializeOwned>(
    compact: &str,
    typ: &str,
    anchor: &P256PublicKey,
) -> Result<T, TrustRefusal> {
    let payload = Unverified::read(compact, typ)?.verify(anchor)?;
    serde_json::from_slice(&payload).map_err(|_| TrustRefusal::Malformed)
}
