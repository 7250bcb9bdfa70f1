//! `Content-Digest` (RFC 9530): the body is the one that was signed.

use axum::http::HeaderMap;
use sfv::{BareItem, Dictionary, ListEntry, Parser};
use sha2::{Digest, Sha256};

use super::message_signature::only;

/// Whether the headers carry a `sha-256` digest and it is this body's. Digests of other algorithms
/// beside it are ignored, as RFC 9530 section 2 allows.
pub(super) fn covers(headers: &HeaderMap, body: &[u8]) -> bool {
    let Some(field) = only(headers, "content-digest") else { return false };
    let Ok(digests) = Parser::new(field).parse::<Dictionary>() else { return false };
    let Some(ListEntry::Item(item)) = digests.get("sha-256") else { return false };
    matches!(&item.bare_item, BareItem::ByteSequence(given) if given[..] == Sha256::digest(body)[..])
}
