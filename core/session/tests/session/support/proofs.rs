//! How the bank checks what a phone signs.

use std::collections::BTreeSet;

use guichet_foundation::key::P256PublicKey;
use guichet_foundation::ports::Request;
use guichet_foundation::time::Timestamp;
use guichet_wire::dpop::access_token_hash;
use guichet_wire::jwk::{Jwk, thumbprint};
use guichet_wire::jws::Unverified;
use guichet_wire::{base64url, message_signature};
use serde_json::Value;

pub(crate) fn header<'a>(request: &'a Request, name: &str) -> Option<&'a str> {
    request.headers.iter().find(|(found, _)| *found == name).map(|(_, value)| value.as_str())
}

pub(crate) fn claims(jws: &str, typ: &str, key: &P256PublicKey) -> Option<Value> {
    let payload = Unverified::read(jws, typ).ok()?.verify(key).ok()?;
    serde_json::from_slice(&payload).ok()
}

/// Checks a proof but for its nonce, which is returned.
pub(crate) fn proof(
    request: &Request,
    now: Timestamp,
    token: Option<&str>,
    seen: &mut BTreeSet<String>,
) -> Option<(P256PublicKey, Option<String>)> {
    let proof = header(request, "dpop")?;
    let head: Value =
        serde_json::from_slice(&base64url::decode(proof.split('.').next()?).ok()?).ok()?;
    let key = serde_json::from_value::<Jwk>(head["jwk"].clone()).ok()?.key().ok()?;
    let claims = claims(proof, "dpop+jwt", &key)?;
    let url = request.url.split('?').next()?;
    let good = claims["htm"] == request.method.as_str()
        && claims["htu"] == url
        && (claims["iat"].as_i64()? - now.unix_seconds()).abs() <= 60
        && claims["ath"].as_str() == token.map(access_token_hash).as_deref()
        && seen.insert(claims["jti"].as_str()?.to_owned());
    good.then(|| (key, claims["nonce"].as_str().map(str::to_owned)))
}

/// Whether the digest is the body's and the signature's parameters are the protocol's. That the signature itself verifies is for
/// the vectors and the sandbox bank to prove.
pub(crate) fn is_signed(request: &Request, key: &P256PublicKey, now: Timestamp) -> bool {
    let digest = message_signature::content_digest(&request.body);
    let created = |input: &str| {
        let number = input.split(";created=").nth(1)?.split(';').next()?;
        number.parse::<i64>().ok()
    };
    header(request, "content-digest") == Some(digest.as_str())
        && header(request, "signature").is_some()
        && header(request, "signature-input").is_some_and(|input| {
            input.contains(&thumbprint(key))
                && created(input).is_some_and(|at| (at - now.unix_seconds()).abs() <= 60)
        })
}
