//! Known answers: what phones in the world have said, verified by the code that judges ours.

use base64ct::{Base64UrlUnpadded, Encoding};
use guichet_bank::attestation::{
    AndroidApp, AppleApp, Attested, Binary, Evidence, Expected, Policy, PolicyOptions, Refusal,
    RevocationList, TrustLevel, verify, verify_assertion,
};
use guichet_bank::attestation::{AppAttestKey, Certificate};
use guichet_bank::jws::{SigningKey, VerifyingKey};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

const RSA_ROOT: (&str, i64) = (include_str!("samples/android-2025-rsa-root.json"), 1_736_294_400);
const EC_ROOT: (&str, i64) = (include_str!("samples/android-2026-ec-root.json"), 1_777_161_600);
const PRODUCTION: &str = include_str!("samples/apple-production.json");
const DEVELOPMENT: &str = include_str!("samples/apple-development.json");
const ASSERTION: &str = include_str!("samples/apple-assertion.json");
const APPLE_DAY: i64 = 1_707_264_000;
/// The signer of Google Play services, as its keys' attestations have named it for years.
const GOOGLE: &str = "com.google.android.gms=\
                      F0FD6C5B410F25CB25C3B53346C8972FAE30F8EE7411DF910480AD6B2D60DB83";

fn bytes(value: &Value) -> Vec<u8> {
    Base64UrlUnpadded::decode_vec(value.as_str().unwrap()).unwrap()
}

fn sample(text: &str) -> Value {
    serde_json::from_str(text).unwrap()
}

/// The makers' own roots, as the bank has them without being told any.
fn policy() -> Policy {
    Policy::load(&PolicyOptions {
        android_apps: vec![GOOGLE.parse::<AndroidApp>().unwrap()],
        apple_apps: vec!["V8H6LQ9448.io.uebelacker.AppAttestExample".parse::<AppleApp>().unwrap()],
        ..PolicyOptions::default()
    })
    .unwrap()
}

/// The key of a certificate: the 65 bytes after the header of a P-256 key.
fn certified_key(certificate: &[u8]) -> VerifyingKey {
    let header = [0x03, 0x42, 0x00, 0x04];
    let at = certificate.windows(4).position(|window| window == header).unwrap() + 4;
    let coordinate = |from: usize| Base64UrlUnpadded::encode_string(&certificate[from..from + 32]);
    let jwk = json!({ "kty": "EC", "crv": "P-256", "x": coordinate(at), "y": coordinate(at + 32) });
    VerifyingKey::from_jwk_text(&jwk.to_string()).unwrap()
}

fn android(
    (text, now): (&str, i64),
    policy: &Policy,
    change: impl FnOnce(&mut Vec<Binary>, &mut [u8; 32]),
) -> Result<TrustLevel, Refusal> {
    let sample = sample(text);
    let mut chain: Vec<Binary> =
        sample["chain"].as_array().unwrap().iter().map(|one| Binary(bytes(one))).collect();
    let key = certified_key(&chain[0].0);
    let mut challenge: [u8; 32] = bytes(&sample["challenge"]).try_into().unwrap();
    change(&mut chain, &mut challenge);
    let expected = Expected { key: &key, challenge, client_data_hash: [0; 32], now };
    verify(policy, &Evidence::AndroidKey { chain }, &expected).map(|attested| attested.level())
}

/// The last of all checks: these keys take the phone's PIN too. Everything before it holds.
#[test]
fn chains_of_real_phones_hold_up_to_the_last_check() {
    for sample in [RSA_ROOT, EC_ROOT] {
        assert_eq!(android(sample, &policy(), |_, _| ()), Err(Refusal::NoBiometric));
    }
}

#[test]
fn chains_of_real_phones_are_refused_for_whatever_is_changed() {
    for sample in [RSA_ROOT, EC_ROOT] {
        let wrong = android(sample, &policy(), |_, challenge| challenge[0] ^= 1);
        assert_eq!(wrong, Err(Refusal::OtherChallenge));
        // Somewhere in what is signed, and in the signature itself.
        for from_the_end in [200, 3] {
            let wrong = android(sample, &policy(), |chain, _| {
                let at = chain[0].0.len() - from_the_end;
                chain[0].0[at] ^= 1;
            });
            assert_eq!(wrong, Err(Refusal::Signature), "{from_the_end}");
        }
        let without_root = android(sample, &policy(), |chain, _| drop(chain.pop()));
        assert_eq!(without_root, Err(Refusal::NoBiometric), "the root need not come along");
        let with_a_gap = android(sample, &policy(), |chain, _| drop(chain.remove(2)));
        assert_eq!(with_a_gap, Err(Refusal::NotInOrder));

        let other_app = "org.example.wallet=\
            F0FD6C5B410F25CB25C3B53346C8972FAE30F8EE7411DF910480AD6B2D60DB83";
        let policy_with =
            |app: &str| Policy { android_apps: vec![app.parse().unwrap()], ..policy() };
        assert_eq!(android(sample, &policy_with(other_app), |_, _| ()), Err(Refusal::OtherApp));
        let other_signer = GOOGLE.replace("F0FD", "F0FE");
        let wrong = android(sample, &policy_with(&other_signer), |_, _| ());
        assert_eq!(wrong, Err(Refusal::OtherSigner));
    }
}

#[test]
fn a_chain_of_a_real_phone_ends_with_its_weeks() {
    let (text, now) = RSA_ROOT;
    let late = android((text, now + 60 * 86_400), &policy(), |_, _| ());
    assert_eq!(late, Err(Refusal::OutsideValidity));
}

#[test]
fn one_makers_root_does_not_vouch_for_the_others_keys() {
    let swapped = || {
        let policy = policy();
        Policy {
            android_roots: policy.apple_roots.clone(),
            apple_roots: policy.android_roots.clone(),
            ..policy
        }
    };
    assert_eq!(android(EC_ROOT, &swapped(), |_, _| ()), Err(Refusal::UntrustedRoot));
    let wrong = apple(PRODUCTION, &swapped(), |_, _| ()).map(drop);
    assert_eq!(wrong, Err(Refusal::UntrustedRoot));
}

#[test]
fn a_serial_number_on_the_list_ends_a_real_chain_wherever_it_stands() {
    let (text, _) = EC_ROOT;
    let sample = sample(text);
    for one in sample["chain"].as_array().unwrap() {
        let serial = Certificate::read(&bytes(one)).unwrap().serial();
        let list = json!({ "entries": { serial: { "status": "REVOKED" } } }).to_string();
        let revoked = RevocationList::read(list.as_bytes()).unwrap();
        let policy = Policy { revoked, ..policy() };
        assert_eq!(android(EC_ROOT, &policy, |_, _| ()), Err(Refusal::Revoked));
    }
}

fn apple(
    text: &str,
    policy: &Policy,
    change: impl FnOnce(&mut Vec<u8>, &mut Vec<u8>),
) -> Result<Attested, Refusal> {
    let sample = sample(text);
    let (mut key_id, mut object) = (bytes(&sample["key_id"]), bytes(&sample["object"]));
    change(&mut key_id, &mut object);
    let key = SigningKey::from_scalar(&[9; 32]).unwrap().verifying_key();
    let client_data_hash = Sha256::digest(sample["client_data"].as_str().unwrap()).into();
    let expected = Expected { key: &key, challenge: [0; 32], client_data_hash, now: APPLE_DAY };
    let evidence = Evidence::AppleAppAttest { key_id: Binary(key_id), object: Binary(object) };
    verify(policy, &evidence, &expected)
}

#[test]
fn an_attestation_of_a_real_phone_holds() {
    let attested = apple(PRODUCTION, &policy(), |_, _| ()).unwrap();
    assert_eq!(attested.level(), TrustLevel::SecureEnclave);
    let key = attested.app_attest_key().unwrap();
    assert_eq!(key.key_id, bytes(&sample(PRODUCTION)["key_id"]));
    assert_eq!(key.counter, 0);
}

#[test]
fn an_attestation_of_an_app_under_development_holds_only_where_it_is_asked_for() {
    let refused = apple(DEVELOPMENT, &policy(), |_, _| ()).map(drop);
    assert_eq!(refused, Err(Refusal::OtherEnvironment));
    let policy = Policy { apple_development: true, ..policy() };
    assert!(apple(DEVELOPMENT, &policy, |_, _| ()).is_ok());
    assert!(apple(PRODUCTION, &policy, |_, _| ()).is_ok());
}

#[test]
fn an_attestation_of_a_real_phone_is_refused_for_whatever_is_changed() {
    let changed =
        |change: fn(&mut Vec<u8>, &mut Vec<u8>)| apple(PRODUCTION, &policy(), change).map(drop);
    assert_eq!(changed(|key_id, _| key_id[0] ^= 1), Err(Refusal::OtherKeyId));
    let last = changed(|_, object| *object.last_mut().unwrap() ^= 1);
    assert_eq!(last, Err(Refusal::OtherNonce));
    assert_eq!(changed(|_, object| object.push(0)), Err(Refusal::MalformedObject));
    assert_eq!(changed(|_, object| object[6] ^= 1), Err(Refusal::OtherFormat));
    let other = Policy { apple_apps: vec!["V8H6LQ9448.io.other".parse().unwrap()], ..policy() };
    assert_eq!(apple(PRODUCTION, &other, |_, _| ()).map(drop), Err(Refusal::OtherApp));
}

fn assertion(
    client_data: &str,
    counter: u32,
    change: impl FnOnce(&mut Vec<u8>),
) -> Result<Attested, Refusal> {
    let sample = sample(ASSERTION);
    let point = bytes(&sample["point"]);
    let mut assertion = bytes(&sample["assertion"]);
    change(&mut assertion);
    let known = AppAttestKey {
        key_id: Sha256::digest(&point).to_vec(),
        point,
        app_hash: Sha256::digest(sample["app_id"].as_str().unwrap()).to_vec(),
        counter,
    };
    let key = SigningKey::from_scalar(&[9; 32]).unwrap().verifying_key();
    let client_data_hash = Sha256::digest(client_data).into();
    let expected = Expected { key: &key, challenge: [0; 32], client_data_hash, now: APPLE_DAY };
    let key_id = known.key_id.clone();
    verify_assertion(&policy(), known, (&key_id, &assertion), &expected)
}

#[test]
fn an_assertion_of_a_real_phone_holds_once() {
    let client_data = sample(ASSERTION)["client_data"].as_str().unwrap().to_owned();
    let attested = assertion(&client_data, 0, |_| ()).unwrap();
    assert_eq!(attested.app_attest_key().unwrap().counter, 1);
    assert_eq!(assertion(&client_data, 1, |_| ()).map(drop), Err(Refusal::Replayed));
    assert_eq!(assertion("{}", 0, |_| ()).map(drop), Err(Refusal::AssertionSignature));
    let last = |bytes: &mut Vec<u8>| *bytes.last_mut().unwrap() ^= 2;
    assert_eq!(assertion(&client_data, 0, last).map(drop), Err(Refusal::AssertionSignature));
}
