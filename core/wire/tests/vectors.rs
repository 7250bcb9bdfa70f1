//! docs/protocol/vectors.json, made by the bank's own code, reproduced byte for byte by the phone's.

#![allow(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a test that cannot go on fails"
)]

use std::sync::atomic::{AtomicU8, Ordering};

use guichet_foundation::key::{P256PublicKey, P256Signature};
use guichet_foundation::ports::{DeviceSigner, Entropy, Method, SignerFailure};
use guichet_foundation::time::Timestamp;
use guichet_wire::dpop::Proof;
use guichet_wire::jwk::{Jwk, thumbprint};
use guichet_wire::jws::{Unsigned, Unverified};
use guichet_wire::message_signature::{Message, content_digest};
use guichet_wire::pkce::CodeVerifier;
use guichet_wire::trust::{Document as _, PinSet, ReceiptKeys, SignedBy};
use guichet_wire::{base64url, client_assertion, es256};
use p256::ecdsa::signature::Signer as _;
use p256::ecdsa::{Signature, SigningKey};
use serde_json::Value;
use url::Url;

fn vectors() -> Value {
    let file = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/protocol/vectors.json");
    serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap()
}

fn text<'a>(value: &'a Value, member: &str) -> &'a str {
    value[member].as_str().unwrap()
}

/// A key of the vectors, whose private half is public.
struct VectorKey(SigningKey);

impl VectorKey {
    fn of(vectors: &Value, name: &str) -> Self {
        let scalar = base64url::decode(text(&vectors["keys"][name], "d")).unwrap();
        Self(SigningKey::from_slice(&scalar).unwrap())
    }

    fn public(&self) -> P256PublicKey {
        let point = self.0.verifying_key().to_sec1_point(false);
        P256PublicKey::from_uncompressed(point.as_bytes()).unwrap()
    }
}

impl DeviceSigner for VectorKey {
    fn create(&self) -> Result<P256PublicKey, SignerFailure> {
        Err(SignerFailure::Platform)
    }

    fn public_key(&self) -> Result<Option<P256PublicKey>, SignerFailure> {
        Ok(Some(self.public()))
    }

    fn sign(&self, message: &[u8]) -> Result<P256Signature, SignerFailure> {
        let signature: Signature = self.0.sign(message);
        P256Signature::from_raw(&signature.to_bytes()).map_err(|_| SignerFailure::Platform)
    }

    fn destroy(&self) -> Result<(), SignerFailure> {
        Ok(())
    }

    fn create_successor(&self) -> Result<P256PublicKey, SignerFailure> {
        Err(SignerFailure::Platform)
    }

    fn successor(&self) -> Result<Option<P256PublicKey>, SignerFailure> {
        Ok(None)
    }

    fn sign_with_successor(&self, _: &[u8]) -> Result<P256Signature, SignerFailure> {
        Err(SignerFailure::NoKey)
    }

    fn promote_successor(&self) -> Result<(), SignerFailure> {
        Err(SignerFailure::NoKey)
    }
}

/// Counts up from a first byte, as the vectors' ids do.
struct Counting(AtomicU8);

impl Entropy for Counting {
    fn fill(&self, buffer: &mut [u8]) {
        for byte in buffer {
            *byte = self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
}

fn counting_from(first: u8) -> Counting {
    Counting(AtomicU8::new(first))
}

fn issued_at(payload: &Value) -> Timestamp {
    Timestamp::from_unix_seconds(payload["iat"].as_i64().unwrap()).unwrap()
}

fn payload(vector: &Value) -> Value {
    serde_json::from_str(text(vector, "payload")).unwrap()
}

fn method(name: &str) -> Method {
    [Method::Get, Method::Post, Method::Put, Method::Delete]
        .into_iter()
        .find(|method| method.as_str() == name)
        .unwrap()
}

#[test]
fn keys_have_their_thumbprints() {
    let vectors = vectors();
    for (name, key) in vectors["keys"].as_object().unwrap() {
        let jwk: Jwk = serde_json::from_value(key["jwk"].clone()).unwrap();
        assert_eq!(jwk.key().unwrap(), VectorKey::of(&vectors, name).public());
        assert_eq!(thumbprint(&jwk.key().unwrap()), text(key, "thumbprint"), "{name}");
    }
}

#[test]
fn the_code_challenge_follows_from_the_verifier() {
    let pkce = &vectors()["pkce"];
    let verifier = CodeVerifier::kept(text(pkce, "code_verifier").to_owned());
    assert_eq!(verifier.challenge(), text(pkce, "code_challenge"));
}

#[test]
fn the_client_assertion_is_reproduced() {
    let vectors = vectors();
    let vector = &vectors["client_assertion"];
    let key = VectorKey::of(&vectors, "device");
    let assertion = client_assertion::sign(
        &text(&vectors, "client_id").parse().unwrap(),
        text(&vectors, "issuer"),
        issued_at(&payload(vector)),
        &key,
        &key.public(),
        &counting_from(0),
    );
    assert_eq!(assertion.unwrap(), text(vector, "jws"));
}

#[test]
fn the_proof_of_the_approval_key_is_reproduced() {
    let vectors = vectors();
    let vector = &vectors["approval_proof"];
    let header = serde_json::from_str(text(vector, "header")).unwrap();
    let unsigned = Unsigned::new(&header, &payload(vector));
    let key = VectorKey::of(&vectors, "approval");
    assert_eq!(unsigned.sign(&key).unwrap(), text(vector, "jws"));
}

#[test]
fn dpop_proofs_are_reproduced() {
    let vectors = vectors();
    let key = VectorKey::of(&vectors, "device");
    for vector in vectors["dpop"].as_array().unwrap() {
        let claims = payload(vector);
        let proof = Proof {
            method: method(text(vector, "method")),
            url: &Url::parse(text(vector, "url")).unwrap(),
            access_token: vector["access_token"].as_str(),
            nonce: claims["nonce"].as_str(),
            issued_at: issued_at(&claims),
        };
        let signed = proof.sign(&key, &key.public(), &counting_from(0x10)).unwrap();
        assert_eq!(signed, text(vector, "jws"), "{}", text(vector, "name"));
    }
}

#[test]
fn message_signatures_are_reproduced() {
    let vectors = vectors();
    let key = VectorKey::of(&vectors, "device");
    for vector in vectors["content_digests"].as_array().unwrap() {
        let digest = content_digest(text(vector, "body").as_bytes());
        assert_eq!(digest, text(vector, "content_digest"));
    }
    for vector in vectors["http_signatures"].as_array().unwrap() {
        let input = text(vector, "signature_input");
        let created = input.split(";created=").nth(1).unwrap().split(';').next().unwrap();
        let message = Message {
            method: method(text(vector, "method")),
            url: &Url::parse(text(vector, "target_uri")).unwrap(),
            authorization: text(vector, "authorization"),
            dpop: text(vector, "dpop"),
            body: text(vector, "body").as_bytes(),
            created: Timestamp::from_unix_seconds(created.parse().unwrap()).unwrap(),
            key_id: &thumbprint(&key.public()),
        };
        let headers = message.sign(&key).unwrap();
        assert_eq!(headers.content_digest, text(vector, "content_digest"));
        assert_eq!(headers.signature_input, input);
        assert_eq!(headers.signature, text(vector, "signature"));
    }
}

fn receipt_keys(vectors: &Value) -> ReceiptKeys {
    let anchor = VectorKey::of(vectors, "trust_anchor").public();
    let jws = text(&vectors["receipt_keys"], "jws");
    ReceiptKeys::verified(jws, text(vectors, "issuer"), &anchor).unwrap()
}

#[test]
fn documents_of_the_bank_verify() {
    let vectors = vectors();
    let anchor = VectorKey::of(&vectors, "trust_anchor").public();
    let pins = PinSet::verified(text(&vectors["pins"], "jws"), text(&vectors, "issuer"), &anchor);
    let pins = pins.unwrap();
    assert_eq!((pins.version(), pins.pins().len()), (3, 2));

    let keys = receipt_keys(&vectors);
    for receipt in vectors["receipts"].as_array().unwrap() {
        let verified = keys.verify_jws(text(receipt, "jws"), "guichet-receipt+jwt").unwrap();
        assert_eq!(serde_json::from_slice::<Value>(&verified).unwrap(), payload(receipt));
    }
    let notice = text(&vectors["revocation"], "jws");
    assert!(keys.verify_jws(notice, "guichet-revocation+jwt").is_ok());
    let as_receipt = keys.verify_jws(notice, "guichet-receipt+jwt");
    assert!(matches!(as_receipt, Err(SignedBy::Nobody(_))));
}

/// What a document means (its issuer, its outcome) is read by other rooms; what it is signed with is refused here.
#[test]
fn forged_documents_are_refused() {
    let vectors = vectors();
    let keys = receipt_keys(&vectors);
    let anchor = VectorKey::of(&vectors, "trust_anchor").public();
    for document in vectors["negative"]["documents"].as_array().unwrap() {
        let (name, jws) = (text(document, "name"), text(document, "jws"));
        let typ = text(document, "expected_type");
        let believed = if text(document, "expected_key") == "trust_anchor" {
            PinSet::verified(jws, text(&vectors, "issuer"), &anchor).is_ok()
        } else {
            keys.verify_jws(jws, typ).is_ok()
        };
        let about_content =
            ["receipt with a third outcome", "receipt of another bank"].contains(&name);
        assert_eq!(believed, about_content, "{name}");
    }
}

#[test]
fn keys_that_are_none_verify_nothing() {
    let vectors = vectors();
    let proof = text(&vectors["client_assertion"], "jws");
    for vector in vectors["negative"]["jwks"].as_array().unwrap() {
        let key = serde_json::from_str::<Jwk>(text(vector, "json")).unwrap().key();
        let verifies =
            key.is_ok_and(|key| Unverified::read(proof, "JWT").unwrap().verify(&key).is_ok());
        assert!(!verifies, "{}", text(vector, "why"));
    }
    let approval = &vectors["intents"][0];
    let message = base64url::decode(text(approval, "signing_input_base64url")).unwrap();
    let signature = base64url::decode(text(approval, "approval_base64url")).unwrap();
    let signature = P256Signature::from_raw(&signature).unwrap();
    let approval_key = VectorKey::of(&vectors, "approval").public();
    assert_eq!(es256::verify(&approval_key, &message, &signature), Ok(()));
    let device_key = VectorKey::of(&vectors, "device").public();
    assert!(es256::verify(&device_key, &message, &signature).is_err());
}
