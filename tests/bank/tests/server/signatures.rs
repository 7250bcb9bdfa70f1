//! Section 5: digests and message signatures.

use axum::http::Method;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::bank::TestBank;
use crate::phone::{Call, Phone, proof_claims};
use crate::signing::{content_digest, signature_field};

const PATH: &str = "/v1/challenges";

fn honest(phone: &Phone, bank: &TestBank) -> Call {
    phone.call(bank, Method::POST, PATH, &json!({ "purpose": "enrol" }))
}

#[tokio::test]
async fn an_honest_call_is_answered() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    honest(&phone, &bank).send(&bank).await.must_succeed(201);
}

#[tokio::test]
async fn a_body_that_is_not_the_signed_one_is_refused() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    let mut call = honest(&phone, &bank);
    call.body.push(b' ');
    call.send(&bank).await.must_be(401, "invalid_signature");

    // A new digest for the new body is not covered by the old signature.
    let mut call = honest(&phone, &bank);
    call.body.push(b' ');
    let digest = content_digest(&call.body);
    call.set("content-digest", digest);
    call.send(&bank).await.must_be(401, "invalid_signature");
}

#[tokio::test]
async fn a_digest_is_demanded_also_of_an_empty_body() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    for digest in [None, Some("sha-256=:AAAA:"), Some("sha-512=:AAAA:"), Some("sha-256=abc")] {
        let mut call = phone.call(&bank, Method::DELETE, "/v1/devices/none", &Value::Null);
        call.headers.retain(|(name, _)| *name != "content-digest");
        if let Some(digest) = digest {
            call.set("content-digest", digest);
            phone.sign(&bank, &mut call);
        }
        call.send(&bank).await.must_be(401, "invalid_signature");
    }
    phone.delete(&bank, "/v1/devices/none").await.must_be(404, "device_unknown");
}

#[tokio::test]
async fn a_signature_is_demanded_of_what_changes_something() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    for missing in ["signature", "signature-input"] {
        let mut call = honest(&phone, &bank);
        call.headers.retain(|(name, _)| *name != missing);
        call.send(&bank).await.must_be(401, "invalid_signature");
    }
    phone.get(&bank, "/v1/devices").await.must_succeed(200);
}

#[tokio::test]
async fn a_signature_is_good_for_sixty_seconds_either_way() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    for (off_by, accepted) in [(-61, false), (-60, true), (60, true), (61, false)] {
        let mut call = honest(&phone, &bank);
        let parameters = phone.signature_parameters(bank.now() + off_by);
        phone.sign_with(&bank, &mut call, &parameters);
        let answer = call.send(&bank).await;
        if accepted {
            answer.must_succeed(201);
        } else {
            answer.must_be(401, "invalid_signature");
        }
    }
}

#[tokio::test]
async fn a_signature_over_less_or_otherwise_is_refused() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    let honest_parameters = phone.signature_parameters(bank.now());
    let key = phone.device_key.thumbprint();
    let changes = [
        (" \"content-digest\"", String::new()),
        ("\"@method\" \"@target-uri\"", "\"@target-uri\" \"@method\"".to_owned()),
        ("\"dpop\"", "\"dpop\";req".to_owned()),
        ("\"@target-uri\"", "\"@path\"".to_owned()),
        (";tag=\"guichet-v1\"", String::new()),
        ("guichet-v1", "guichet-v2".to_owned()),
        ("ecdsa-p256-sha256", "hmac-sha256".to_owned()),
        (key.as_str(), phone.approval_key.thumbprint()),
        (";created=", ";expires=".to_owned()),
        (";tag=", ";nonce=\"x\";tag=".to_owned()),
    ];
    for (from, to) in changes {
        let parameters = honest_parameters.replace(from, &to);
        assert_ne!(parameters, honest_parameters);
        let mut call = honest(&phone, &bank);
        phone.sign_with(&bank, &mut call, &parameters);
        let answer = call.send(&bank).await;
        assert_eq!(answer.refusal(), (401, "invalid_signature".to_owned()), "{parameters}");
    }
}

#[tokio::test]
async fn another_label_or_a_second_signature_is_refused() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    let mut call = honest(&phone, &bank);
    let (input, signature) =
        (call.header("signature-input").to_owned(), call.header("signature").to_owned());
    call.set("signature-input", format!("{input}, {}", input.replace("sig1", "sig2")));
    call.set("signature", format!("{signature}, {}", signature.replace("sig1", "sig2")));
    call.send(&bank).await.must_be(401, "invalid_signature");

    let mut call = honest(&phone, &bank);
    let input = call.header("signature-input").replace("sig1", "sig2");
    let signature = call.header("signature").replace("sig1", "sig2");
    call.set("signature-input", input);
    call.set("signature", signature);
    call.send(&bank).await.must_be(401, "invalid_signature");
}

#[tokio::test]
async fn a_signature_by_the_approval_key_or_in_der_is_refused() {
    let bank = TestBank::start().await;
    let mut phone = Phone::signed_in(&bank).await;
    let mut call = honest(&phone, &bank);
    call.set("signature", signature_field(&[0x30; 70]));
    call.send(&bank).await.must_be(401, "invalid_signature");

    // The approval key over the right words, under the device key's name.
    let mut call = honest(&phone, &bank);
    let parameters = phone.signature_parameters(bank.now());
    std::mem::swap(&mut phone.device_key, &mut phone.approval_key);
    phone.sign_with(&bank, &mut call, &parameters);
    call.send(&bank).await.must_be(401, "invalid_signature");
}

#[tokio::test]
async fn the_query_and_the_method_are_covered() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    let mut call = honest(&phone, &bank);
    call.target.push_str("?a=b");
    call.send(&bank).await.must_be(401, "invalid_signature");

    let mut call = phone.call(&bank, Method::POST, "/v1/challenges?a=b", &json!({}));
    call.body = json!({ "purpose": "enrol" }).to_string().into_bytes();
    let digest = content_digest(&call.body);
    call.set("content-digest", digest);
    phone.sign(&bank, &mut call);
    call.send(&bank).await.must_succeed(201);
}

#[tokio::test]
async fn the_proof_comes_before_the_digest_and_the_signature() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    let mut call = honest(&phone, &bank);
    call.body.clear();
    let mut claims = proof_claims(&bank, "POST", PATH);
    claims["nonce"] = "old".into();
    call.set("dpop", phone.proof(&claims));
    call.send(&bank).await.must_be(401, "use_dpop_nonce");
}

#[tokio::test]
async fn a_body_of_more_than_64_kib_is_refused() {
    let bank = TestBank::start().await;
    let phone = Phone::signed_in(&bank).await;
    for (bytes, status) in [(64 * 1024, 400), (64 * 1024 + 1, 413)] {
        let mut call = honest(&phone, &bank);
        call.body = vec![b' '; bytes];
        let digest = content_digest(&call.body);
        call.set("content-digest", digest);
        phone.sign(&bank, &mut call);
        assert_eq!(call.send(&bank).await.status, status);
    }
}

#[test]
fn whatever_is_altered_on_the_way_is_noticed() {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let (bank, phone) = runtime.block_on(async {
        let bank = TestBank::start().await;
        let phone = Phone::signed_in(&bank).await;
        (bank, phone)
    });
    // Any one byte of the body or of any header that was sent, exchanged for another printable one.
    let strategy = (any::<prop::sample::Index>(), any::<prop::sample::Index>(), 0x21_u8..0x7f);
    proptest!(ProptestConfig::with_cases(96), |((part, place, byte) in strategy)| {
        let mut call = honest(&phone, &bank);
        let part = part.index(call.headers.len() + 1);
        let name = call.headers.get(part).map(|(name, _)| *name);
        let before = match call.headers.get(part) {
            Some((_, value)) => value.clone().into_bytes(),
            None => call.body.clone(),
        };
        let mut after = before.clone();
        let place = place.index(after.len());
        after[place] = byte;
        // The last letter of 64 bytes in base64 has four bits that say nothing (RFC 9651 4.2.7).
        let says_nothing = name == Some("signature") && place + 4 == before.len();
        prop_assume!(before != after && !says_nothing);
        match call.headers.get_mut(part) {
            Some((_, value)) => *value = String::from_utf8(after).unwrap(),
            None => call.body = after,
        }
        let answer = runtime.block_on(call.send(&bank));
        prop_assert_eq!(answer.status.as_u16(), 401, "{}", answer.text());
    });
}
