//! HTTP message signatures (RFC 9421), in the one shape the protocol allows (section 5).

use axum::http::HeaderMap;
use sfv::{BareItem, Dictionary, InnerList, ListEntry, ListSerializer, Parser};

use crate::jws::VerifyingKey;

/// The one label.
const LABEL: &str = "sig1";
/// The covered components, in their order.
const COMPONENTS: [&str; 5] = ["@method", "@target-uri", "authorization", "dpop", "content-digest"];
/// Seconds `created` may lie from the bank's clock, either way.
const CREATED_TOLERANCE_S: i64 = 60;

/// What a signature must be about.
#[derive(Clone, Copy, Debug)]
pub(super) struct Signed<'a> {
    pub(super) method: &'a str,
    pub(super) target_uri: &'a str,
    pub(super) headers: &'a HeaderMap,
}

/// Why a signature does not hold.
#[derive(Debug, thiserror::Error)]
#[error("the HTTP message signature does not hold: {0}")]
pub(super) struct SignatureRefused(&'static str);

/// Verifies the signature of a request by one key.
pub(super) fn verify(
    signed: Signed<'_>,
    key: &VerifyingKey,
    now: i64,
) -> Result<(), SignatureRefused> {
    let input = signature_input(signed.headers)?;
    components_are_the_protocols(&input)?;
    parameters_hold(&input, &key.thumbprint(), now)?;
    let base = signature_base(signed, input)?;
    key.verify(base.as_bytes(), &signature(signed.headers)?)
        .map_err(|_| SignatureRefused("the signature does not verify"))
}

/// The one value of a header, without white space around it; `None` if it is missing or repeated.
pub(super) fn only<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().ok().map(str::trim),
        _ => None,
    }
}

fn only_member(headers: &HeaderMap, name: &str) -> Option<ListEntry> {
    let mut dictionary: Dictionary = Parser::new(only(headers, name)?).parse().ok()?;
    if dictionary.len() != 1 {
        return None;
    }
    dictionary.swap_remove(LABEL)
}

fn signature_input(headers: &HeaderMap) -> Result<InnerList, SignatureRefused> {
    match only_member(headers, "signature-input") {
        Some(ListEntry::InnerList(list)) => Ok(list),
        _ => Err(SignatureRefused("Signature-Input is not one list labelled sig1")),
    }
}

fn signature(headers: &HeaderMap) -> Result<Vec<u8>, SignatureRefused> {
    if let Some(ListEntry::Item(item)) = only_member(headers, "signature")
        && let BareItem::ByteSequence(bytes) = item.bare_item
    {
        return Ok(bytes);
    }
    Err(SignatureRefused("Signature is not one byte sequence labelled sig1"))
}

fn components_are_the_protocols(input: &InnerList) -> Result<(), SignatureRefused> {
    let names = input.items.iter().map(|item| match &item.bare_item {
        BareItem::String(name) if item.params.is_empty() => Some(name.as_str()),
        _ => None,
    });
    if names.eq(COMPONENTS.map(Some)) {
        Ok(())
    } else {
        Err(SignatureRefused("the covered components are not the protocol's"))
    }
}

fn parameters_hold(input: &InnerList, thumbprint: &str, now: i64) -> Result<(), SignatureRefused> {
    let text = |name: &str| match input.params.get(name) {
        Some(BareItem::String(value)) => Some(value.as_str()),
        _ => None,
    };
    if input.params.len() != 4 {
        return Err(SignatureRefused("the parameters are created, keyid, alg and tag"));
    }
    if text("keyid") != Some(thumbprint) {
        return Err(SignatureRefused("keyid is not the device key the token is bound to"));
    }
    if text("alg") != Some("ecdsa-p256-sha256") || text("tag") != Some("guichet-v1") {
        return Err(SignatureRefused("alg or tag is not the protocol's"));
    }
    let Some(BareItem::Integer(created)) = input.params.get("created") else {
        return Err(SignatureRefused("created is missing"));
    };
    let created = i64::from(*created);
    if created.abs_diff(now) > CREATED_TOLERANCE_S.unsigned_abs() {
        return Err(SignatureRefused("created is too far from the bank's time"));
    }
    Ok(())
}

/// RFC 9421 section 2.5: a line for each component, then the parameters themselves.
fn signature_base(signed: Signed<'_>, input: InnerList) -> Result<String, SignatureRefused> {
    let mut lines = Vec::with_capacity(COMPONENTS.len() + 1);
    for name in COMPONENTS {
        let value = match name {
            "@method" => Some(signed.method),
            "@target-uri" => Some(signed.target_uri),
            header => only(signed.headers, header),
        };
        let value = value.ok_or(SignatureRefused("a covered header is missing or repeated"))?;
        lines.push(format!("\"{name}\": {value}"));
    }
    lines.push(format!("\"@signature-params\": {}", serialized(input)?));
    Ok(lines.join("\n"))
}

/// A list of one inner list is written exactly like the inner list alone.
fn serialized(input: InnerList) -> Result<String, SignatureRefused> {
    let mut list = ListSerializer::new();
    list.members(&[ListEntry::InnerList(input)]);
    list.finish().ok_or(SignatureRefused("Signature-Input is empty"))
}
