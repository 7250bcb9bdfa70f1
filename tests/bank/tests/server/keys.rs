//! Section 2: keys, thumbprints and ES256, against published answers.

use base64ct::{Base64UrlUnpadded, Encoding};
use guichet_bank::jws::{Jwk, SigningKey, Unverified, VerifyingKey, verify};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::signing::Key;

/// The proof of RFC 9449 figure 1, made by the key whose thumbprint its section 6.1 gives.
const RFC_9449_PROOF: &str = "eyJ0eXAiOiJkcG9wK2p3dCIsImFsZyI6IkVTMjU2IiwiandrIjp7Imt0eSI6Ik\
     VDIiwieCI6Imw4dEZyaHgtMzR0VjNoUklDUkRZOXpDa0RscEJoRjQyVVFVZldWQVdCR\
     nMiLCJ5IjoiOVZFNGpmX09rX282NHpiVFRsY3VOSmFqSG10NnY5VERWclUwQ2R2R1JE\
     QSIsImNydiI6IlAtMjU2In19.eyJqdGkiOiItQndDM0VTYzZhY2MybFRjIiwiaHRtIj\
     oiUE9TVCIsImh0dSI6Imh0dHBzOi8vc2VydmVyLmV4YW1wbGUuY29tL3Rva2VuIiwia\
     WF0IjoxNTYyMjYyNjE2fQ.2-GxA6T8lP4vfrg8v-FdWP0A0zdrj8igiMLvqRMUvwnQg\
     4PtFLbdLXiOSsX0x7NVY-FNyJK70nfbV37xRZT3Lg";
const RFC_9449_THUMBPRINT: &str = "0ZcOCORZNYy-DWpqq30jZyJGHTN0d2HglBV3uiguA4I";

fn rfc_9449_key() -> VerifyingKey {
    let proof = Unverified::<Value>::parse(RFC_9449_PROOF, "dpop+jwt").unwrap();
    VerifyingKey::from_jwk(proof.jwk().unwrap()).unwrap()
}

#[test]
fn the_proof_of_rfc_9449_verifies() {
    let claims: Value = verify(&rfc_9449_key(), "dpop+jwt", RFC_9449_PROOF).unwrap();
    assert_eq!(claims["htu"], "https://server.example.com/token");
    let (words, signature) = RFC_9449_PROOF.rsplit_once('.').unwrap();
    let altered = format!("{words}.{}", signature.replacen('2', "3", 1));
    assert!(verify::<Value>(&rfc_9449_key(), "dpop+jwt", &altered).is_err());
}

#[test]
fn the_thumbprint_of_rfc_9449_is_ours() {
    assert_eq!(rfc_9449_key().thumbprint(), RFC_9449_THUMBPRINT);
}

#[test]
fn r_and_s_outside_the_group_are_refused() {
    let key = SigningKey::from_scalar(&[7; 32]).unwrap();
    let good = key.sign(b"words");
    let public = key.verifying_key();
    public.verify(b"words", &good).unwrap();
    let order = [
        0xff, 0xff, 0xff, 0xff, 0x00, 0x00, 0x00, 0x00, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
        0xff, 0xbc, 0xe6, 0xfa, 0xad, 0xa7, 0x17, 0x9e, 0x84, 0xf3, 0xb9, 0xca, 0xc2, 0xfc, 0x63,
        0x25, 0x51,
    ];
    for scalar in [[0; 32], order, [0xff; 32]] {
        assert!(public.verify(b"words", &[&scalar[..], &good[32..]].concat()).is_err());
        assert!(public.verify(b"words", &[&good[..32], &scalar[..]].concat()).is_err());
    }
    assert!(public.verify(b"words", &good[..63]).is_err());
    assert!(public.verify(b"words", &[&good[..], &[0]].concat()).is_err());
    assert!(public.verify(b"words", &[]).is_err());
}

#[test]
fn a_jwk_is_a_point_on_p256_and_nothing_else() {
    let good = Key::draw().jwk();
    let changed = |member: &str, value: Value| {
        let mut jwk = good.clone();
        jwk[member] = value;
        let jwk = serde_json::from_value::<Jwk>(jwk);
        jwk.ok().and_then(|jwk| VerifyingKey::from_jwk(&jwk).ok())
    };
    assert!(changed("kid", json!("whatever")).is_some());
    for (member, value) in [
        ("kty", json!("OKP")),
        ("crv", json!("P-384")),
        ("d", json!("AAAA")),
        ("x", json!("")),
        ("x", json!("AAAA")),
        ("x", json!(Base64UrlUnpadded::encode_string(&[0; 33]))),
        ("x", json!(Base64UrlUnpadded::encode_string(&[0xff; 32]))),
        ("y", json!(format!("{}=", good["y"].as_str().unwrap()))),
        ("y", Value::Null),
    ] {
        assert!(changed(member, value.clone()).is_none(), "{member} {value}");
    }
}

#[test]
fn a_private_key_prints_its_thumbprint_only_and_survives_its_pem() {
    let key = SigningKey::from_scalar(&[9; 32]).unwrap();
    assert_eq!(format!("{key:?}"), format!("SigningKey({})", key.verifying_key().thumbprint()));
    let again = SigningKey::from_pem(&key.to_pem().unwrap()).unwrap();
    assert_eq!(again.verifying_key(), key.verifying_key());
    assert!(SigningKey::from_scalar(&[0; 32]).is_none());
    assert!(SigningKey::from_scalar(&[0xff; 32]).is_none());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_is_a_jws_by_accident(text in "[A-Za-z0-9_.-]{0,120}") {
        prop_assert!(verify::<Value>(&rfc_9449_key(), "dpop+jwt", &text).is_err());
    }

    #[test]
    fn no_other_words_fit_a_signature(
        words in proptest::collection::vec(any::<u8>(), 0..64),
        other in proptest::collection::vec(any::<u8>(), 0..64),
    ) {
        let key = SigningKey::from_scalar(&[7; 32]).unwrap();
        let signature = key.sign(&words);
        prop_assert!(key.verifying_key().verify(&words, &signature).is_ok());
        prop_assert_eq!(key.verifying_key().verify(&other, &signature).is_ok(), words == other);
    }
}
