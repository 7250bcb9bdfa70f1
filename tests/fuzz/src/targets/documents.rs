//! Signed documents. A fuzzer makes up their payloads; they are signed here by the right key, so that it is the payload that is read.

use guichet_bank::jws;
use guichet_foundation::key::P256Signature;
use guichet_payments::Receipt;
use guichet_session::decoders;
use guichet_wire::jws::Unverified;
use guichet_wire::trust::{Document as _, PinSet, ReceiptKeys};
use p256::ecdsa::Signature;
use serde_json::Value;

use super::utf8;
use crate::known::{self, VECTORS};

pub(super) fn receipts(input: &[u8]) {
    let compact = known::signed_by("receipt", known::receipt_header(), input);
    let Ok(receipt) = Receipt::verify(&compact, &known::RECEIPT_KEYS, &known::APPROVED) else {
        return;
    };
    let payload: Value = serde_json::from_slice(input).expect("a receipt is JSON");
    assert!(receipt.is_about(&known::APPROVED));
    assert_eq!(payload["intent_id"], receipt.intent_id().to_string());
    assert_eq!(payload["iss"], known::issuer());
    assert!(matches!(payload["outcome"].as_str(), Some("executed" | "refused")));
}

pub(super) fn pin_sets(input: &[u8]) {
    let header = known::text(&VECTORS["pins"]["header"]);
    let compact = known::signed_by("trust_anchor", header, input);
    let anchor = known::public_key("trust_anchor");
    if let Ok(set) = PinSet::verified(&compact, known::issuer(), &anchor) {
        assert!((2..=16).contains(&set.pins().len()));
        assert_eq!(set.as_jws(), compact);
    }
}

pub(super) fn receipt_keys(input: &[u8]) {
    let header = known::text(&VECTORS["receipt_keys"]["header"]);
    let compact = known::signed_by("trust_anchor", header, input);
    let anchor = known::public_key("trust_anchor");
    if let Ok(list) = ReceiptKeys::verified(&compact, known::issuer(), &anchor) {
        assert_eq!(list.issuer(), known::issuer());
        assert_eq!(list.as_jws(), compact);
    }
}

pub(super) fn revocations(input: &[u8]) {
    let header = known::text(&VECTORS["revocation"]["header"]);
    let compact = known::signed_by("receipt", header, input);
    let client = known::text(&VECTORS["client_id"]);
    let device = known::text(&VECTORS["device_id"]);
    let ours = (known::issuer(), client, device);
    if decoders::revokes(&known::RECEIPT_KEYS, &compact, ours) {
        let payload: Value = serde_json::from_slice(input).expect("a notice is JSON");
        assert_eq!(payload["iss"], ours.0);
        assert_eq!(payload["client_id"], ours.1);
        assert_eq!(payload["device_id"], ours.2);
    }
}

pub(super) fn metadata(input: &[u8]) {
    if decoders::metadata(input, known::issuer()).is_ok() {
        let read: Value = serde_json::from_slice(input).expect("metadata is JSON");
        assert_eq!(read["issuer"], known::issuer());
        let endpoint = read["token_endpoint"].as_str().expect("an endpoint");
        assert!(endpoint.to_ascii_lowercase().trim_start().starts_with("https:"), "{endpoint}");
    }
}

/// A whole compact JWS: what one side verifies, the other does.
pub(super) fn jws(input: &[u8]) {
    let Some(text) = utf8(input) else { return };
    let header: Option<Value> = text
        .split('.')
        .next()
        .and_then(|part| guichet_wire::base64url::decode(part).ok())
        .and_then(|bytes| serde_json::from_slice(&bytes).ok());
    let typ = header.as_ref().and_then(|header| header["typ"].as_str()).unwrap_or("x").to_owned();
    let jwk = VECTORS["keys"]["receipt"]["jwk"].to_string();
    let at_bank = jws::VerifyingKey::from_jwk_text(&jwk).expect("a key");
    let ours = Unverified::read(text, &typ)
        .and_then(|read| read.verify(&known::public_key("receipt")))
        .ok()
        .and_then(|payload| serde_json::from_slice::<Value>(&payload).ok());
    let theirs = jws::verify::<Value>(&at_bank, &typ, text).ok();
    assert_eq!(ours, theirs, "{text}");
}

/// A platform's signature: r||s, or DER in its one spelling, as another implementation reads it.
pub(super) fn signatures(input: &[u8]) {
    let der = Signature::from_der(input).ok();
    let ours = P256Signature::from_der(input).ok();
    assert_eq!(ours.map(|it| it.as_raw().to_vec()), der.map(|it| it.to_bytes().to_vec()));
    let raw = Signature::from_slice(input).ok();
    let ours = P256Signature::from_raw(input).ok();
    assert_eq!(ours.map(|it| it.as_raw().to_vec()), raw.map(|it| it.to_bytes().to_vec()));
    if let Ok(signature) = P256Signature::from_platform(input) {
        assert_eq!(P256Signature::from_raw(signature.as_raw()), Ok(signature));
    }
}

fn payload_of(vector: &'static Value) -> Vec<u8> {
    known::text(&vector["payload"]).as_bytes().to_vec()
}

pub(super) fn receipt_seeds() -> Vec<Vec<u8>> {
    known::list("/receipts").iter().map(payload_of).collect()
}

pub(super) fn pin_set_seeds() -> Vec<Vec<u8>> {
    vec![payload_of(&VECTORS["pins"])]
}

pub(super) fn key_seeds() -> Vec<Vec<u8>> {
    vec![payload_of(&VECTORS["receipt_keys"])]
}

pub(super) fn notice_seeds() -> Vec<Vec<u8>> {
    vec![payload_of(&VECTORS["revocation"])]
}

pub(super) fn metadata_seeds() -> Vec<Vec<u8>> {
    let issuer = known::issuer();
    let at = |path: &str| format!("{issuer}/oauth/{path}");
    let metadata = serde_json::json!({
        "issuer": issuer, "authorization_endpoint": at("authorize"), "token_endpoint": at("token"),
        "pushed_authorization_request_endpoint": at("par"), "registration_endpoint": at("register"),
        "revocation_endpoint": at("revoke"), "code_challenge_methods_supported": ["S256"],
        "token_endpoint_auth_methods_supported": ["private_key_jwt"],
        "dpop_signing_alg_values_supported": ["ES256"],
        "authorization_response_iss_parameter_supported": true,
    });
    vec![metadata.to_string().into_bytes()]
}

pub(super) fn jws_seeds() -> Vec<Vec<u8>> {
    let all = known::list("/receipts").iter().chain([&VECTORS["revocation"], &VECTORS["pins"]]);
    all.map(|vector| known::text(&vector["jws"]).as_bytes().to_vec()).collect()
}

pub(super) fn signature_seeds() -> Vec<Vec<u8>> {
    let raw = known::list("/intents").iter().map(|it| known::bytes(&it["approval_base64url"]));
    raw.flat_map(|raw| {
        let der = Signature::from_slice(&raw).map(|it| it.to_der().as_bytes().to_vec());
        [Some(raw), der.ok()]
    })
    .flatten()
    .collect()
}
