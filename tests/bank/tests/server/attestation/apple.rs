//! App Attest: each thing that can be wrong in an attestation and in an assertion, one by one.

use guichet_attestor::{AppAttest, AppAttestKey, DEVELOPMENT, Form, NONCE, der};
use guichet_bank::attestation::{
    Attested, Binary, Evidence, Policy, Refusal, TrustLevel, verify_assertion,
};

use super::{APPLE_APP, Makers, apple_evidence};

fn attest(makers: &Makers, change: impl FnOnce(&mut AppAttest)) -> Result<TrustLevel, Refusal> {
    let key = AppAttestKey::generate().unwrap();
    let mut attestation = makers.app_attest();
    change(&mut attestation);
    makers.verify(&apple_evidence(&key, attestation.object(&makers.apple, &key).unwrap()))
}

type Change = fn(&mut AppAttest);

#[test]
fn a_new_key_that_vouches_for_the_approval_key_holds() {
    let makers = Makers::new();
    assert_eq!(attest(&makers, |_| ()), Ok(TrustLevel::SecureEnclave));
}

#[test]
fn every_altered_field_is_refused_with_its_own_reason() {
    let makers = Makers::new();
    let refused = |change: Change| attest(&makers, change).unwrap_err();
    let cases: [(Change, Refusal); 8] = [
        (|it| it.client_data_hash[0] ^= 1, Refusal::OtherNonce),
        (|it| it.app_id.push('x'), Refusal::OtherApp),
        (|it| it.counter = 1, Refusal::UsedBefore),
        (|it| it.environment = *DEVELOPMENT, Refusal::OtherEnvironment),
        (|it| it.environment = [0; 16], Refusal::OtherEnvironment),
        (|it| it.credential = Some(vec![1; 32]), Refusal::OtherCredential),
        (|it| it.format = "apple".to_owned(), Refusal::OtherFormat),
        (|it| it.form.until_year = 2021, Refusal::OutsideValidity),
    ];
    for (change, reason) in cases {
        assert_eq!(refused(change), reason);
    }
}

#[test]
fn the_development_environment_holds_where_it_is_asked_for() {
    let mut makers = Makers::new();
    makers.policy.apple_development = true;
    let level = attest(&makers, |it| it.environment = *DEVELOPMENT);
    assert_eq!(level, Ok(TrustLevel::SecureEnclave));
    assert_eq!(attest(&makers, |_| ()), Ok(TrustLevel::SecureEnclave));
}

/// The client data names the approval key: evidence for one key says nothing of another.
#[test]
fn evidence_for_another_approval_key_is_refused() {
    let mut makers = Makers::new();
    let key = AppAttestKey::generate().unwrap();
    let object = makers.app_attest().object(&makers.apple, &key).unwrap();
    let evidence = apple_evidence(&key, object);
    assert_eq!(makers.verify(&evidence), Ok(TrustLevel::SecureEnclave));
    makers.key = guichet_bank::jws::SigningKey::from_scalar(&[8; 32]).unwrap().verifying_key();
    assert_eq!(makers.verify(&evidence), Err(Refusal::OtherNonce));
}

#[test]
fn the_key_id_is_the_certified_keys() {
    let makers = Makers::new();
    let (key, other) = (AppAttestKey::generate().unwrap(), AppAttestKey::generate().unwrap());
    let object = makers.app_attest().object(&makers.apple, &key).unwrap();
    let wrong = makers.verify(&apple_evidence(&other, object));
    assert_eq!(wrong, Err(Refusal::OtherKeyId));
}

#[test]
fn a_certificate_of_another_root_without_or_with_a_strange_nonce_is_refused() {
    let makers = Makers::new();
    let key = AppAttestKey::generate().unwrap();
    let object = makers.app_attest().object(&makers.android, &key).unwrap();
    assert_eq!(makers.verify(&apple_evidence(&key, object)), Err(Refusal::UntrustedRoot));

    let attestation = makers.app_attest();
    let data = attestation.authenticator_data(&key);
    let with = |form: &Form| {
        let mut chain = makers.apple.chain(form, key.point()).unwrap();
        chain.pop();
        makers.verify(&apple_evidence(&key, attestation.written(&chain, &data)))
    };
    assert_eq!(with(&Form::leaf("Key")), Err(Refusal::NoAttestation));
    for nonce in [
        Vec::new(),
        der::octets(&[0; 32]),
        der::sequence(&[der::octets(&[0; 32])]),
        der::sequence(&[der::explicit(2, &der::octets(&[0; 32]))]),
    ] {
        let form = Form::leaf("Key").with(NONCE, nonce);
        assert_eq!(with(&form), Err(Refusal::MalformedAttestation));
    }
    let short = der::sequence(&[der::explicit(1, &der::octets(&[0; 31]))]);
    assert_eq!(with(&Form::leaf("Key").with(NONCE, short)), Err(Refusal::OtherNonce));
}

#[test]
fn without_a_configured_app_nothing_holds() {
    let mut makers = Makers::new();
    makers.policy = Policy { apple_apps: Vec::new(), ..makers.policy };
    assert_eq!(attest(&makers, |_| ()), Err(Refusal::NoApp));
}

struct Known {
    makers: Makers,
    key: AppAttestKey,
    attested: Attested,
}

impl Known {
    fn new() -> Self {
        let makers = Makers::new();
        let key = AppAttestKey::generate().unwrap();
        let object = makers.app_attest().object(&makers.apple, &key).unwrap();
        let attested = makers.attested(&apple_evidence(&key, object)).unwrap();
        Self { makers, key, attested }
    }

    fn assert_with(
        &self,
        key: &AppAttestKey,
        app: &str,
        counter: u32,
        hash: &[u8],
    ) -> Result<Attested, Refusal> {
        let assertion = key.assert(app, counter, hash).unwrap();
        let known = self.attested.app_attest_key().unwrap().clone();
        let expected = self.makers.expected();
        verify_assertion(&self.makers.policy, known, (&self.key.key_id(), &assertion), &expected)
    }
}

#[test]
fn an_assertion_holds_while_its_counter_grows() {
    let mut known = Known::new();
    let hash = known.makers.expected().client_data_hash;
    for counter in [1, 2, 7] {
        known.attested = known.assert_with(&known.key, APPLE_APP, counter, &hash).unwrap();
        assert_eq!(known.attested.level(), TrustLevel::SecureEnclave);
        assert_eq!(known.attested.app_attest_key().unwrap().counter, counter);
    }
    for counter in [7, 6, 0] {
        let replayed = known.assert_with(&known.key, APPLE_APP, counter, &hash).map(drop);
        assert_eq!(replayed, Err(Refusal::Replayed));
    }
}

#[test]
fn an_assertion_of_another_key_app_or_client_data_is_refused() {
    let known = Known::new();
    let hash = known.makers.expected().client_data_hash;
    let other = AppAttestKey::generate().unwrap();
    let refused = |outcome: Result<Attested, Refusal>| outcome.map(drop).unwrap_err();
    let signature = Refusal::AssertionSignature;
    assert_eq!(refused(known.assert_with(&other, APPLE_APP, 1, &hash)), signature);
    assert_eq!(refused(known.assert_with(&known.key, APPLE_APP, 1, &[0; 32])), signature);
    let elsewhere = "AB12345678.bank.other";
    let other_app = refused(known.assert_with(&known.key, elsewhere, 1, &hash));
    assert_eq!(other_app, Refusal::OtherApp);

    let assertion = other.assert(APPLE_APP, 1, &hash).unwrap();
    let expected = known.makers.expected();
    let attested = known.attested.app_attest_key().unwrap().clone();
    let unknown =
        verify_assertion(&known.makers.policy, attested, (&other.key_id(), &assertion), &expected);
    assert_eq!(refused(unknown), Refusal::UnknownKey);
}

/// There is nothing to hold a first assertion against.
#[test]
fn an_assertion_does_not_stand_for_itself() {
    let known = Known::new();
    let hash = known.makers.expected().client_data_hash;
    let evidence = Evidence::AppleAppAttestAssertion {
        key_id: Binary(known.key.key_id()),
        assertion: Binary(known.key.assert(APPLE_APP, 1, &hash).unwrap()),
    };
    assert_eq!(known.makers.verify(&evidence), Err(Refusal::UnknownKey));
}
