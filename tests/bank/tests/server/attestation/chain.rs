//! The path to the root: what does not lead there, and what only seems to.

use guichet_attestor::{Authority, Extension, Form, KEY_DESCRIPTION};
use guichet_bank::attestation::{Certificate, Policy, Refusal, RevocationList, TrustLevel};
use guichet_bank::jws::SigningKey;
use serde_json::json;

use super::Makers;

#[test]
fn a_chain_from_the_key_to_a_configured_root_holds() {
    let makers = Makers::new();
    let chain = makers.android_chain(&makers.description());
    assert_eq!(chain.len(), 4);
    assert_eq!(makers.verify_chain(&chain), Ok(TrustLevel::Strongbox));
    assert_eq!(makers.verify_chain(&chain[..3]), Ok(TrustLevel::Strongbox), "the root left out");
}

#[test]
fn a_chain_with_a_piece_missing_swapped_or_repeated_is_refused() {
    let makers = Makers::new();
    let chain = makers.android_chain(&makers.description());
    let without = |at: usize| {
        let mut chain = chain.clone();
        chain.remove(at);
        makers.verify_chain(&chain)
    };
    // Without its leaf, what remains is a chain of an authority.
    assert_eq!(without(0), Err(Refusal::LeafIsAuthority));
    assert_eq!(without(1), Err(Refusal::NotInOrder));
    assert_eq!(without(2), Err(Refusal::UntrustedRoot));
    let mut swapped = chain.clone();
    swapped.swap(1, 2);
    assert_eq!(makers.verify_chain(&swapped), Err(Refusal::NotInOrder));
    let twice = [&chain[..1], &chain].concat();
    assert_eq!(makers.verify_chain(&twice), Err(Refusal::NotInOrder));
    assert_eq!(makers.verify_chain(&[]), Err(Refusal::ChainLength));
    let long = vec![chain[0].clone(); 11];
    assert_eq!(makers.verify_chain(&long), Err(Refusal::ChainLength));
    let behind_the_root = [&chain[..], &chain[2..3]].concat();
    assert_eq!(makers.verify_chain(&behind_the_root), Err(Refusal::NotInOrder));
}

#[test]
fn a_root_nobody_configured_is_not_believed_by_its_name() {
    let makers = Makers::new();
    let strangers = Makers::new();
    let foreign = strangers
        .android
        .chain(&Makers::described(&makers.description()), &makers.key.to_uncompressed());
    let foreign = foreign.unwrap();
    assert_eq!(makers.verify_chain(&foreign), Err(Refusal::UntrustedRoot));
    assert_eq!(makers.verify_chain(&foreign[..3]), Err(Refusal::UntrustedRoot));
    // A foreign authority with our root's certificate behind it.
    let ours = makers.android_chain(&makers.description());
    let mixed = [&foreign[..3], &ours[3..]].concat();
    assert_eq!(makers.verify_chain(&mixed), Err(Refusal::UntrustedRoot));
    let mixed = [&foreign[..2], &ours[2..]].concat();
    assert_eq!(makers.verify_chain(&mixed), Err(Refusal::Signature));
}

/// Google has certified one root key several times. Old phones send a certificate that has expired.
#[test]
fn a_root_is_its_name_and_its_key_and_only_the_configured_certificate_has_to_be_valid() {
    let named = |until: i32| Form { until_year: until, ..Form::authority("Android root") };
    let first = Authority::root("Android root").unwrap();
    let key = first.key_pem();
    let expired = Authority::from_pem("Android root", &key).unwrap();
    let makers = Makers::new();
    let chain = expired
        .under(&Form::authority("Factory"))
        .unwrap()
        .chain(&Makers::described(&makers.description()), &makers.key.to_uncompressed())
        .unwrap();
    let trusting = |until: i32| {
        let pair = rcgen::KeyPair::from_pem(&key).unwrap();
        let root = Authority::root_with(&named(until), pair).unwrap();
        let root = Certificate::read(root.certificate()).unwrap();
        let policy = Policy { android_roots: vec![root], ..makers.policy.clone() };
        let evidence = super::android_evidence(&chain);
        guichet_bank::attestation::verify(&policy, &evidence, &makers.expected())
            .map(|attested| attested.level())
    };
    assert_eq!(trusting(2040), Ok(TrustLevel::Strongbox));
    assert_eq!(trusting(2025), Err(Refusal::UntrustedRoot));
}

/// An attested key can sign anything, also what looks like a certificate below its own: an app whose key
/// lives in real hardware makes up a description of another key, which lives nowhere.
#[test]
fn a_forged_leaf_below_a_real_one_is_refused() {
    let makers = Makers::new();
    let description = makers.description();
    // The attacker's key, attested by real hardware for an app of the attacker's own.
    let real = Makers::described(&description);
    let attacker = makers.android.under(&real).unwrap();
    let forged =
        attacker.chain(&Makers::described(&description), &makers.key.to_uncompressed()).unwrap();
    assert_eq!(forged.len(), 5);
    assert_eq!(makers.verify_chain(&forged), Err(Refusal::NotAnIssuer));

    // Newer phones have keys that may attest others: authorities, with a description of their own.
    let attest_key = Form { authority: Some(None), may_sign: true, ..real };
    let attacker = makers.android.under(&attest_key).unwrap();
    let forged =
        attacker.chain(&Makers::described(&description), &makers.key.to_uncompressed()).unwrap();
    assert_eq!(makers.verify_chain(&forged), Err(Refusal::SecondAttestation));
    // Without a description of its own that authority would be like any other: the twin.
    let plain = makers.android.under(&Form::authority("One more")).unwrap();
    let chain =
        plain.chain(&Makers::described(&description), &makers.key.to_uncompressed()).unwrap();
    assert_eq!(makers.verify_chain(&chain), Ok(TrustLevel::Strongbox));
}

#[test]
fn the_description_counts_on_the_leaf_only() {
    let makers = Makers::new();
    let point = makers.key.to_uncompressed();
    let bare = makers.android.chain(&Form::leaf("Key"), &point).unwrap();
    assert_eq!(makers.verify_chain(&bare), Err(Refusal::NoAttestation));
    let mut above = Makers::described(&makers.description());
    above.authority = Some(None);
    above.may_sign = true;
    let above = makers.android.under(&above).unwrap();
    let chain = above.chain(&Form::leaf("Key"), &point).unwrap();
    assert_eq!(makers.verify_chain(&chain), Err(Refusal::SecondAttestation));
}

#[test]
fn only_authorities_issue_and_no_further_than_they_may() {
    let makers = Makers::new();
    let point = makers.key.to_uncompressed();
    let root = Authority::root("Root").unwrap();
    let policy = Policy {
        android_roots: vec![Certificate::read(root.certificate()).unwrap()],
        ..makers.policy.clone()
    };
    let below = |factory: Form, chip: Form| {
        let chain = root
            .under(&factory)
            .unwrap()
            .under(&chip)
            .unwrap()
            .chain(&Makers::described(&makers.description()), &point)
            .unwrap();
        let evidence = super::android_evidence(&chain);
        guichet_bank::attestation::verify(&policy, &evidence, &makers.expected())
            .map(|attested| attested.level())
    };
    let authority = || Form::authority("A");
    let limited = |most| Form { authority: Some(Some(most)), ..Form::authority("B") };
    assert_eq!(below(authority(), authority()), Ok(TrustLevel::Strongbox));
    assert_eq!(below(limited(1), limited(0)), Ok(TrustLevel::Strongbox));
    assert_eq!(below(limited(0), authority()), Err(Refusal::NotAnIssuer));
    let no_authority = Form { authority: None, may_sign: true, ..Form::authority("C") };
    let signs_nothing = Form { may_sign: false, ..Form::authority("D") };
    for broken in [no_authority, signs_nothing] {
        assert_eq!(below(authority(), broken.clone()), Err(Refusal::NotAnIssuer));
        assert_eq!(below(broken, authority()), Err(Refusal::NotAnIssuer));
    }
}

#[test]
fn a_leaf_that_could_issue_certificates_is_refused() {
    let makers = Makers::new();
    let mut form = Makers::described(&makers.description());
    form.authority = Some(None);
    let chain = makers.android.chain(&form, &makers.key.to_uncompressed()).unwrap();
    assert_eq!(makers.verify_chain(&chain), Err(Refusal::LeafIsAuthority));
}

#[test]
fn every_certificate_is_valid_now_or_the_chain_is_not() {
    let makers = Makers::new();
    let point = makers.key.to_uncompressed();
    let forms = |leaf: (i32, i32), chip: (i32, i32)| {
        let mut chip_form = Form::authority("Chip");
        (chip_form.from_year, chip_form.until_year) = chip;
        let mut leaf_form = Makers::described(&makers.description());
        (leaf_form.from_year, leaf_form.until_year) = leaf;
        let chip = makers.android.under(&chip_form).unwrap();
        makers.verify_chain(&chip.chain(&leaf_form, &point).unwrap())
    };
    // The makers' time is in 2026.
    let (now, past, future) = ((2026, 2027), (2020, 2026), (2027, 2030));
    assert_eq!(forms(now, now), Ok(TrustLevel::Strongbox));
    for other in [past, future] {
        assert_eq!(forms(other, now), Err(Refusal::OutsideValidity));
        assert_eq!(forms(now, other), Err(Refusal::OutsideValidity));
    }
}

#[test]
fn a_revoked_certificate_ends_the_chain_and_no_other_does() {
    let makers = Makers::new();
    let chain = makers.android_chain(&makers.description());
    let listing = |serial: &str| {
        let list = json!({ "entries": { serial: { "status": "SUSPENDED" } } }).to_string();
        let revoked = RevocationList::read(list.as_bytes()).unwrap();
        let policy = Policy { revoked, ..makers.policy.clone() };
        let evidence = super::android_evidence(&chain);
        guichet_bank::attestation::verify(&policy, &evidence, &makers.expected())
            .map(|attested| attested.level())
    };
    for one in &chain {
        let serial = Certificate::read(one).unwrap().serial();
        assert_eq!(listing(&serial), Err(Refusal::Revoked));
        assert_eq!(listing(&serial.to_uppercase()), Err(Refusal::Revoked));
    }
    assert_eq!(listing("1234"), Ok(TrustLevel::Strongbox));
}

#[test]
fn a_critical_extension_that_is_not_understood_ends_the_chain() {
    let makers = Makers::new();
    let with = |is_critical| {
        let mut form = Makers::described(&makers.description());
        form.extensions.push(Extension { id: &[1, 2, 3, 4], is_critical, content: vec![5, 0] });
        let chain = makers.android.chain(&form, &makers.key.to_uncompressed()).unwrap();
        makers.verify_chain(&chain)
    };
    assert_eq!(with(false), Ok(TrustLevel::Strongbox));
    assert_eq!(with(true), Err(Refusal::UnknownCritical));
}

#[test]
fn a_description_given_twice_is_none() {
    let makers = Makers::new();
    let description = makers.description().to_der();
    let form = Makers::described(&makers.description()).with(KEY_DESCRIPTION, description);
    let chain = makers.android.chain(&form, &makers.key.to_uncompressed()).unwrap();
    assert_eq!(makers.verify_chain(&chain), Err(Refusal::MalformedCertificate));
}

#[test]
fn every_altered_byte_of_every_certificate_is_noticed() {
    let makers = Makers::new();
    let chain = makers.android_chain(&makers.description());
    for (number, certificate) in chain.iter().enumerate().take(3) {
        for at in (0..certificate.len()).step_by(3) {
            let mut altered = chain.clone();
            altered[number][at] ^= 0x01;
            assert!(makers.verify_chain(&altered).is_err(), "certificate {number}, byte {at}");
        }
    }
}

#[test]
fn evidence_for_another_key_or_another_challenge_is_refused() {
    let makers = Makers::new();
    let other = SigningKey::from_scalar(&[8; 32]).unwrap().verifying_key();
    let chain = makers
        .android
        .chain(&Makers::described(&makers.description()), &other.to_uncompressed())
        .unwrap();
    assert_eq!(makers.verify_chain(&chain), Err(Refusal::OtherKey));
}
