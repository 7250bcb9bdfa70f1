//! The test vectors: current, and true of this bank.

use std::fs;

use base64ct::{Base64, Base64UrlUnpadded, Encoding};
use guichet_bank::intents::{Intent, display_digest, display_text, is_valid_terms, signing_input};
use guichet_bank::jws::{self, Jwk, SigningKey, VerifyingKey};
use guichet_bank::money::Money;
use guichet_bank::vectors;
use serde_json::Value;
use sha2::{Digest, Sha256};

fn file() -> Value {
    serde_json::from_str(&vectors::text().unwrap()).unwrap()
}

fn text<'a>(vector: &'a Value, member: &str) -> &'a str {
    vector[member].as_str().unwrap_or_else(|| panic!("{member} in {vector}"))
}

fn bytes(vector: &Value, member: &str) -> Vec<u8> {
    Base64UrlUnpadded::decode_vec(text(vector, member)).unwrap()
}

fn list(value: &Value) -> &[Value] {
    value.as_array().unwrap()
}

fn key(file: &Value, role: &str) -> VerifyingKey {
    let jwk: Jwk = serde_json::from_value(file["keys"][role]["jwk"].clone()).unwrap();
    VerifyingKey::from_jwk(&jwk).unwrap()
}

fn typ(vector: &Value) -> String {
    let header: Value = serde_json::from_str(text(vector, "header")).unwrap();
    header["typ"].as_str().unwrap().to_owned()
}

#[test]
fn the_file_is_current() {
    let found = fs::read_to_string(vectors::PATH).unwrap();
    assert!(
        found == vectors::text().unwrap(),
        "docs/protocol/vectors.json is not current: cargo run -p guichet-bank --bin vectors -- --write"
    );
}

#[test]
fn keys_have_their_thumbprints_and_private_halves() {
    let file = file();
    for role in ["device", "approval", "trust_anchor", "receipt", "stranger"] {
        let vector = &file["keys"][role];
        assert_eq!(key(&file, role).thumbprint(), text(vector, "thumbprint"));
        let scalar: [u8; 32] = bytes(vector, "d").try_into().unwrap();
        let public = SigningKey::from_scalar(&scalar).unwrap().verifying_key();
        assert_eq!(public, key(&file, role));
    }
}

fn lower_hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |hex, byte| hex + &format!("{byte:02x}"))
}

#[test]
fn intents_are_what_their_bytes_say() {
    let file = file();
    let approval_key = key(&file, "approval");
    assert!(list(&file["intents"]).len() >= 10);
    for vector in list(&file["intents"]) {
        let canonical = bytes(vector, "canonical_base64url");
        let intent = Intent::parse(&canonical).unwrap();
        assert_eq!(serde_json::to_value(&intent).unwrap(), vector["intent"]);
        assert_eq!(canonical, text(vector, "canonical").as_bytes());
        let shown = display_text(&intent.terms, intent.display.locale);
        assert_eq!(shown, text(vector, "display_text"));
        assert_eq!(display_digest(&shown), intent.display.sha256);
        assert!(is_valid_terms(&intent.terms));
        let digest = Sha256::digest(&canonical);
        assert_eq!(bytes(vector, "canonical_sha256_base64url"), digest[..]);
        let hex = lower_hex(&digest);
        assert_eq!(text(vector, "canonical_sha256_hex"), hex);
        assert_eq!(signing_input(&canonical), bytes(vector, "signing_input_base64url"));
        approval_key
            .verify(&signing_input(&canonical), &bytes(vector, "approval_base64url"))
            .unwrap();
    }
}

#[test]
fn malformed_intents_are_refused() {
    for vector in list(&file()["negative"]["malformed_intents"]) {
        assert!(Intent::parse(&bytes(vector, "bytes_base64url")).is_err(), "{vector}");
    }
}

#[test]
fn invalid_terms_are_well_formed_approved_and_refused() {
    let file = file();
    for vector in list(&file["negative"]["invalid_terms"]) {
        let canonical = bytes(vector, "canonical_base64url");
        let intent = Intent::parse(&canonical).unwrap();
        key(&file, "approval")
            .verify(&signing_input(&canonical), &bytes(vector, "approval_base64url"))
            .unwrap();
        assert!(!is_valid_terms(&intent.terms), "{vector}");
    }
}

#[test]
fn false_approvals_do_not_verify() {
    let file = file();
    let first = bytes(&file["intents"][0], "canonical_base64url");
    for vector in list(&file["negative"]["approvals"]) {
        let approval = bytes(vector, "approval_base64url");
        assert!(
            key(&file, "approval").verify(&signing_input(&first), &approval).is_err(),
            "{vector}"
        );
    }
}

#[test]
fn what_is_no_amount_or_no_key_is_refused() {
    let file = file();
    for vector in list(&file["negative"]["money"]) {
        assert!(serde_json::from_str::<Money>(text(vector, "json")).is_err(), "{vector}");
    }
    for vector in list(&file["negative"]["jwks"]) {
        assert!(VerifyingKey::from_jwk_text(text(vector, "json")).is_none(), "{vector}");
    }
}

#[test]
fn signed_documents_verify() {
    let file = file();
    let mut documents = vec![
        (&file["client_assertion"], "device"),
        (&file["approval_proof"], "approval"),
        (&file["pins"], "trust_anchor"),
        (&file["receipt_keys"], "trust_anchor"),
        (&file["revocation"], "receipt"),
    ];
    documents.extend(list(&file["dpop"]).iter().map(|vector| (vector, "device")));
    documents.extend(list(&file["receipts"]).iter().map(|vector| (vector, "receipt")));
    for (vector, role) in documents {
        let payload: Value =
            jws::verify(&key(&file, role), &typ(vector), text(vector, "jws")).unwrap();
        assert_eq!(payload, serde_json::from_str::<Value>(text(vector, "payload")).unwrap());
    }
}

#[test]
fn false_documents_fail_by_signature_type_or_content() {
    let file = file();
    let good: Value = serde_json::from_str(text(&file["receipts"][0], "payload")).unwrap();
    for vector in list(&file["negative"]["documents"]) {
        let by = key(&file, text(vector, "expected_key"));
        let Ok(payload) =
            jws::verify::<Value>(&by, text(vector, "expected_type"), text(vector, "jws"))
        else {
            continue;
        };
        let differs =
            ["iss", "outcome", "iat"].iter().any(|member| payload[member] != good[member]);
        assert!(differs || list(&payload["pins"]).len() < 2, "{vector}");
    }
}

#[test]
fn http_signatures_are_over_their_base() {
    let file = file();
    for vector in list(&file["http_signatures"]) {
        let base = text(vector, "signature_base");
        let signature =
            text(vector, "signature").trim_start_matches("sig1=:").trim_end_matches(':');
        key(&file, "device")
            .verify(base.as_bytes(), &Base64::decode_vec(signature).unwrap())
            .unwrap();
        let parameters = text(vector, "signature_input").strip_prefix("sig1=").unwrap();
        assert!(base.ends_with(&format!("\"@signature-params\": {parameters}")));
        let digest =
            format!("sha-256=:{}:", Base64::encode_string(&Sha256::digest(text(vector, "body"))));
        assert_eq!(digest, text(vector, "content_digest"));
        for member in ["target_uri", "authorization", "dpop", "content_digest"] {
            assert!(base.contains(text(vector, member)), "{member}");
        }
    }
}

#[test]
fn pkce_and_ath_are_digests() {
    let file = file();
    // RFC 7636 appendix B.
    assert_eq!(
        text(&file["pkce"], "code_challenge"),
        "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    );
    let with_token = &file["dpop"][2];
    let payload: Value = serde_json::from_str(text(with_token, "payload")).unwrap();
    let ath = Base64UrlUnpadded::encode_string(&Sha256::digest(text(with_token, "access_token")));
    assert_eq!(payload["ath"], ath);
    assert!(!payload["htu"].as_str().unwrap().contains('?'));
}
