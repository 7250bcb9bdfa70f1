//! A path from a key's own certificate to a root of the configuration (RFC 5280 section 6.1, without
//! what no attestation uses: policies, name constraints, CRLs).

use super::certificate::Certificate;
use super::revocation::RevocationList;
use super::{Binary, Refusal};

/// The most certificates a phone sends. Phones send three to five.
const LENGTH_MAX: usize = 10;

/// What a chain is held against.
#[derive(Clone, Copy)]
pub(super) struct Trust<'a> {
    /// The roots of the configuration.
    pub(super) roots: &'a [Certificate],
    /// The serial numbers that are no longer believed.
    pub(super) revoked: &'a RevocationList,
    /// The bank's time, in seconds since 1970.
    pub(super) now: i64,
}

/// A chain that was followed to a root: the leaf, then those that issued one another, the root left
/// out.
#[derive(Debug)]
pub(super) struct Path {
    pub(super) leaf: Certificate,
    pub(super) above: Vec<Certificate>,
}

/// Follows a chain, the leaf first. Everything that was sent must be part of the one path: there are
/// no spare certificates that could be taken for something they are not.
pub(super) fn follow(chain: &[Binary], trust: Trust<'_>) -> Result<Path, Refusal> {
    if chain.is_empty() || chain.len() > LENGTH_MAX {
        return Err(Refusal::ChainLength);
    }
    let mut sent =
        chain.iter().map(|der| Certificate::read(&der.0)).collect::<Result<Vec<_>, _>>()?;
    ensure(!sent.iter().any(Certificate::has_unknown_critical), Refusal::UnknownCritical)?;
    ensure(!sent.iter().any(|one| trust.revoked.names(one)), Refusal::Revoked)?;

    // A root that comes along is trusted for being configured, not for what it says of itself: Google
    // has certified one key several times, and old phones carry one that has expired.
    if sent.len() > 1
        && sent.last().is_some_and(|last| trust.roots.iter().any(|it| it.is_about_the_same(last)))
    {
        sent.pop();
    }
    for (below, pair) in sent.windows(2).enumerate() {
        let [one, issuer] = pair else { continue };
        ensure(one.names(issuer), Refusal::NotInOrder)?;
        ensure(issuer.may_issue(below), Refusal::NotAnIssuer)?;
        ensure(one.is_signed_by(issuer), Refusal::Signature)?;
    }
    ends_at_a_root(&sent, trust)?;
    ensure(sent.iter().all(|one| one.is_valid_at(trust.now)), Refusal::OutsideValidity)?;
    let mut sent = sent.into_iter();
    let leaf = sent.next().ok_or(Refusal::ChainLength)?;
    ensure(!leaf.is_authority(), Refusal::LeafIsAuthority)?;
    Ok(Path { leaf, above: sent.collect() })
}

fn ends_at_a_root(sent: &[Certificate], trust: Trust<'_>) -> Result<(), Refusal> {
    let last = sent.last().ok_or(Refusal::ChainLength)?;
    let named = trust.roots.iter().filter(|root| last.names(root) && root.is_valid_at(trust.now));
    let mut issued = named.filter(|root| last.is_signed_by(root)).peekable();
    ensure(issued.peek().is_some(), Refusal::UntrustedRoot)?;
    ensure(issued.any(|root| root.may_issue(sent.len() - 1)), Refusal::NotAnIssuer)
}

pub(super) fn ensure(holds: bool, otherwise: Refusal) -> Result<(), Refusal> {
    if holds { Ok(()) } else { Err(otherwise) }
}
