//! `docs/protocol/vectors.json`, made by the bank's side: reproduced here with the phone's code.

use base64ct::{Base64UrlUnpadded, Encoding as _};
use guichet_foundation::key::{P256PublicKey, P256Signature};
use guichet_foundation::money::Money;
use guichet_payments::{
    ApprovalDigest, Circumstances, Frozen, IntentDigest, NotFrozen, Outcome, Receipt,
    RefusalReason, Signed, TextDigest,
};
use guichet_session::ReceiptKeys;
use p256::ecdsa::signature::{Signer as _, Verifier as _};
use p256::ecdsa::{Signature, SigningKey, VerifyingKey};
use serde::de::DeserializeOwned;
use serde_json::Value;

fn vectors() -> Value {
    serde_json::from_str(include_str!("../../../../docs/protocol/vectors.json")).unwrap()
}

fn list<'a>(value: &'a Value, path: &str) -> &'a Vec<Value> {
    let found = value.pointer(path).and_then(Value::as_array).unwrap();
    assert!(!found.is_empty(), "{path}");
    found
}

fn text<'a>(value: &'a Value, name: &str) -> &'a str {
    value[name].as_str().unwrap()
}

fn bytes(value: &Value, name: &str) -> Vec<u8> {
    Base64UrlUnpadded::decode_vec(text(value, name)).unwrap()
}

fn member<T: DeserializeOwned>(value: &Value, name: &str) -> T {
    serde_json::from_value(value[name].clone()).unwrap()
}

fn public_key(vectors: &Value, role: &str) -> P256PublicKey {
    let jwk = &vectors["keys"][role]["jwk"];
    let coordinate = |name| bytes(jwk, name).try_into().unwrap();
    P256PublicKey::from_coordinates(coordinate("x"), coordinate("y"))
}

fn freeze(intent: &Value) -> Frozen {
    let around = Circumstances {
        id: member(intent, "id"),
        issuer: member(intent, "aud"),
        device: member(intent, "device"),
        challenge: member(intent, "challenge"),
        created: member(intent, "created"),
        expires: member(intent, "expires"),
        locale: member(&intent["display"], "locale"),
    };
    Frozen::freeze(member(intent, "terms"), around).unwrap()
}

fn signed(vector: &Value) -> Signed {
    let approval = P256Signature::from_raw(&bytes(vector, "approval_base64url")).unwrap();
    Signed::new(freeze(&vector["intent"]), approval)
}

fn intent_named(vectors: &Value, name: &str) -> Signed {
    let found = list(vectors, "/intents").iter().find(|vector| text(vector, "name") == name);
    signed(found.unwrap())
}

fn receipt_keys(vectors: &Value) -> ReceiptKeys {
    let list = text(&vectors["receipt_keys"], "jws");
    let anchor = public_key(vectors, "trust_anchor");
    ReceiptKeys::verified(list, text(vectors, "issuer"), &anchor).unwrap()
}

#[test]
fn intents_have_the_same_words_bytes_and_digests_on_both_sides() {
    for vector in list(&vectors(), "/intents") {
        let name = text(vector, "name");
        let frozen = freeze(&vector["intent"]);
        assert_eq!(frozen.text().expose(), text(vector, "display_text"), "{name}");
        assert_eq!(String::from_utf8_lossy(frozen.bytes()), text(vector, "canonical"), "{name}");
        assert_eq!(frozen.bytes(), bytes(vector, "canonical_base64url"), "{name}");
        assert_eq!(frozen.signing_input(), bytes(vector, "signing_input_base64url"), "{name}");
        let digest: IntentDigest = text(vector, "canonical_sha256_base64url").parse().unwrap();
        assert_eq!(signed(vector).intent_digest(), digest, "{name}");
        let words: TextDigest = member(&vector["intent"]["display"], "sha256");
        assert_eq!(frozen.text_digest(), words, "{name}");
        assert_eq!(Frozen::thaw(frozen.bytes().to_vec()).as_ref(), Ok(&frozen), "{name}");
    }
}

#[test]
fn approvals_are_reproduced_and_verify() {
    let vectors = vectors();
    let key = SigningKey::from_slice(&bytes(&vectors["keys"]["approval"], "d")).unwrap();
    for vector in list(&vectors, "/intents") {
        let signed = signed(vector);
        let again: Signature = key.sign(&signed.frozen().signing_input());
        assert_eq!(again.to_bytes().as_slice(), signed.approval().as_raw(), "{vector}");
        assert!(approves(&vectors, signed.frozen(), signed.approval()));
    }
}

fn approves(vectors: &Value, frozen: &Frozen, approval: &P256Signature) -> bool {
    let point = public_key(vectors, "approval").to_uncompressed();
    let key = VerifyingKey::from_sec1_bytes(&point).unwrap();
    let signature = Signature::from_slice(approval.as_raw()).unwrap();
    key.verify(&frozen.signing_input(), &signature).is_ok()
}

#[test]
fn receipts_are_believed_by_the_phone_that_asked_and_by_no_other() {
    let vectors = vectors();
    let keys = receipt_keys(&vectors);
    for vector in list(&vectors, "/receipts") {
        let about = intent_named(&vectors, text(vector, "intent"));
        let receipt = Receipt::verify(text(vector, "jws"), &keys, &about).unwrap();
        let payload: Value = serde_json::from_str(text(vector, "payload")).unwrap();
        let approval: ApprovalDigest = member(&payload, "approval_sha256");
        assert_eq!(approval, about.approval_digest());
        assert_eq!(receipt.decided_at().unix_seconds(), payload["iat"].as_i64().unwrap());
        assert_eq!(receipt.key(), &public_key(&vectors, "receipt"));
        match receipt.outcome() {
            Outcome::Executed { entry_id } => {
                assert_eq!(entry_id.as_str(), text(&payload, "entry_id"));
            }
            Outcome::Refused { reason } => {
                assert_ne!(*reason, RefusalReason::Other, "{payload}");
                assert_eq!(text(&payload, "outcome"), "refused");
            }
        }
        for other in list(&vectors, "/intents") {
            if text(other, "name") != text(vector, "intent") {
                assert!(Receipt::verify(text(vector, "jws"), &keys, &signed(other)).is_err());
            }
        }
    }
}

#[test]
fn malformed_intents_never_thaw() {
    for case in list(&vectors(), "/negative/malformed_intents") {
        assert!(Frozen::thaw(bytes(case, "bytes_base64url")).is_err(), "{}", text(case, "name"));
    }
}

#[test]
fn terms_the_bank_would_refuse_are_no_intent() {
    for case in list(&vectors(), "/negative/invalid_terms") {
        let thawed = Frozen::thaw(bytes(case, "canonical_base64url"));
        let expected = [Err(NotFrozen::NotAnIntent), Err(NotFrozen::Amount)];
        assert!(expected.contains(&thawed), "{}: {thawed:?}", text(case, "name"));
    }
}

#[test]
fn bad_approvals_are_no_signatures_or_do_not_verify() {
    let vectors = vectors();
    let first = freeze(&list(&vectors, "/intents")[0]["intent"]);
    for case in list(&vectors, "/negative/approvals") {
        let approval = P256Signature::from_raw(&bytes(case, "approval_base64url"));
        let verifies = approval.is_ok_and(|approval| approves(&vectors, &first, &approval));
        assert!(!verifies, "{}", text(case, "name"));
    }
}

#[test]
fn bad_amounts_are_no_money() {
    for case in list(&vectors(), "/negative/money") {
        assert!(serde_json::from_str::<Money>(text(case, "json")).is_err(), "{case}");
    }
}

#[test]
fn bad_receipts_are_not_believed() {
    let vectors = vectors();
    let keys = receipt_keys(&vectors);
    let first = signed(&list(&vectors, "/intents")[0]);
    let receipts = list(&vectors, "/negative/documents")
        .iter()
        .filter(|case| text(case, "expected_type") == "guichet-receipt+jwt");
    let mut seen = 0;
    for case in receipts {
        assert!(
            Receipt::verify(text(case, "jws"), &keys, &first).is_err(),
            "{}",
            text(case, "name")
        );
        seen += 1;
    }
    assert!(seen >= 8, "only {seen}");
}
