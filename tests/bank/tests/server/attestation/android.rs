//! The description of a key: each thing that can be wrong in it, one by one.

use guichet_attestor::KeyDescription;
use guichet_attestor::der::{enumerated, integer, octets, sequence, set};
use guichet_bank::attestation::{Policy, Refusal, TrustLevel};

use super::{Makers, PACKAGE, SIGNER};

#[test]
fn the_level_is_that_of_the_weaker_of_keeper_and_witness() {
    let makers = Makers::new();
    let level = |attested_by, kept_by| {
        let description = KeyDescription { attested_by, kept_by, ..makers.description() };
        makers.verify_description(&description)
    };
    assert_eq!(level(2, 2), Ok(TrustLevel::Strongbox));
    assert_eq!(level(2, 1), Ok(TrustLevel::Tee));
    assert_eq!(level(1, 2), Ok(TrustLevel::Tee));
    assert_eq!(level(1, 1), Ok(TrustLevel::Tee));
    for (attested_by, kept_by) in [(0, 0), (0, 1), (1, 0), (2, 0), (0, 2)] {
        assert_eq!(level(attested_by, kept_by), Err(Refusal::NotInHardware));
    }
    assert_eq!(level(3, 2), Err(Refusal::MalformedAttestation));
}

/// Every entry of the hardware's list that is looked at: wrong, and left out.
#[test]
fn every_altered_entry_is_refused_with_its_own_reason() {
    let makers = Makers::new();
    let root = KeyDescription::root_of_trust;
    let wrong = [
        // Signing and deciphering; attesting others; nothing.
        (1, set(&[integer(2), integer(1)]), Refusal::Purpose),
        (1, set(&[integer(7)]), Refusal::Purpose),
        (1, set(&[]), Refusal::Purpose),
        (2, integer(1), Refusal::Algorithm),
        (5, set(&[integer(4), integer(0)]), Refusal::Algorithm),
        (5, set(&[integer(6)]), Refusal::Algorithm),
        (10, integer(2), Refusal::Algorithm),
        (504, integer(1), Refusal::NoBiometric),
        (504, integer(3), Refusal::NoBiometric),
        (504, integer(u64::from(u32::MAX)), Refusal::NoBiometric),
        (505, integer(10), Refusal::NoBiometric),
        (503, KeyDescription::flag(), Refusal::NoBiometric),
        (600, KeyDescription::flag(), Refusal::AnyApp),
        // Derived, imported, securely imported, unknown.
        (702, integer(1), Refusal::Imported),
        (702, integer(2), Refusal::Imported),
        (702, integer(4), Refusal::Imported),
        (704, root(true, 1), Refusal::NotVerifiedBoot),
        (704, root(true, 2), Refusal::NotVerifiedBoot),
        (704, root(true, 3), Refusal::NotVerifiedBoot),
        (704, root(false, 0), Refusal::Unlocked),
    ];
    for (number, value, reason) in wrong {
        let mut description = makers.description();
        description.hardware.insert(number, value);
        assert_eq!(makers.verify_description(&description), Err(reason), "{number}");
    }
    let left_out = [
        (1, Refusal::Purpose),
        (2, Refusal::Algorithm),
        (5, Refusal::Algorithm),
        (10, Refusal::Algorithm),
        (504, Refusal::NoBiometric),
        (702, Refusal::Imported),
        (704, Refusal::NoRootOfTrust),
    ];
    for (number, reason) in left_out {
        let mut description = makers.description();
        description.hardware.remove(&number);
        assert_eq!(makers.verify_description(&description), Err(reason), "{number}");
    }
}

/// The system may be the attacker's: what it says of the key counts for nothing.
#[test]
fn what_the_hardware_does_not_enforce_is_not_believed() {
    let makers = Makers::new();
    for (number, reason) in [
        (1, Refusal::Purpose),
        (504, Refusal::NoBiometric),
        (702, Refusal::Imported),
        (704, Refusal::NoRootOfTrust),
    ] {
        let mut description = makers.description();
        let entry = description.hardware.remove(&number).unwrap();
        description.software.insert(number, entry);
        assert_eq!(makers.verify_description(&description), Err(reason), "{number}");
    }
    let mut description = makers.description();
    description.software.insert(600, KeyDescription::flag());
    assert_eq!(makers.verify_description(&description), Err(Refusal::AnyApp));
}

#[test]
fn a_key_that_may_verify_as_well_is_good_enough() {
    let makers = Makers::new();
    let mut description = makers.description();
    description.hardware.insert(1, set(&[integer(2), integer(3)]));
    assert_eq!(makers.verify_description(&description), Ok(TrustLevel::Strongbox));
}

#[test]
fn another_challenge_is_refused_also_one_that_begins_alike() {
    let makers = Makers::new();
    let good = makers.description().challenge;
    for challenge in [Vec::new(), good[..31].to_vec(), [&good[..], &[0]].concat(), vec![0; 32]] {
        let description = KeyDescription { challenge, ..makers.description() };
        assert_eq!(makers.verify_description(&description), Err(Refusal::OtherChallenge));
    }
}

#[test]
fn the_key_belongs_to_the_app_and_to_whoever_signed_it() {
    let makers = Makers::new();
    let with = |packages: &[&str], signers: &[&[u8]]| {
        let mut description = makers.description();
        description.software.insert(709, KeyDescription::application(packages, signers));
        makers.verify_description(&description)
    };
    let held = Ok(TrustLevel::Strongbox);
    assert_eq!(with(&[PACKAGE], &[&SIGNER]), held);
    assert_eq!(with(&["org.other", PACKAGE], &[&SIGNER]), held, "apps that share a user id");
    assert_eq!(with(&["org.other"], &[&SIGNER]), Err(Refusal::OtherApp));
    assert_eq!(with(&["bank.guichet.androi"], &[&SIGNER]), Err(Refusal::OtherApp));
    assert_eq!(with(&[], &[&SIGNER]), Err(Refusal::OtherApp));
    assert_eq!(with(&[PACKAGE], &[]), Err(Refusal::OtherSigner));
    assert_eq!(with(&[PACKAGE], &[&[1; 32]]), Err(Refusal::OtherSigner));
    assert_eq!(with(&[PACKAGE], &[&SIGNER, &[1; 32]]), Err(Refusal::OtherSigner));
    assert_eq!(with(&[PACKAGE], &[&SIGNER[..31]]), Err(Refusal::OtherSigner));

    let mut description = makers.description();
    let app = description.software.remove(&709).unwrap();
    assert_eq!(makers.verify_description(&description), Err(Refusal::OtherApp));
    // The hardware does not know the app: there it is nobody's word.
    description.hardware.insert(709, app);
    assert_eq!(makers.verify_description(&description), Err(Refusal::OtherApp));
}

#[test]
fn without_a_configured_app_nothing_holds() {
    let mut makers = Makers::new();
    let chain = makers.android_chain(&makers.description());
    makers.policy = Policy { android_apps: Vec::new(), ..makers.policy };
    assert_eq!(makers.verify_chain(&chain), Err(Refusal::NoApp));
}

#[test]
fn a_description_of_another_shape_is_none() {
    let makers = Makers::new();
    let mut cases = Vec::new();
    for value in [integer(1), sequence(&[octets(&[7; 32])]), octets(&[1])] {
        let mut description = makers.description();
        description.hardware.insert(704, value);
        cases.push(description.to_der());
    }
    let mut description = makers.description();
    description.software.insert(709, octets(&[0x30, 0x05]));
    cases.push(description.to_der());
    description = makers.description();
    description.hardware.insert(504, enumerated(2));
    cases.push(description.to_der());
    let whole = makers.description().to_der();
    cases.push(whole[..whole.len() - 1].to_vec());
    cases.push([&whole[..], &[5, 0]].concat());
    cases.push(Vec::new());
    for content in cases {
        let form = guichet_attestor::Form::leaf("Key")
            .with(guichet_attestor::KEY_DESCRIPTION, content.clone());
        let chain = makers.android.chain(&form, &makers.key.to_uncompressed()).unwrap();
        let refused = makers.verify_chain(&chain);
        assert_eq!(refused, Err(Refusal::MalformedAttestation), "{content:02x?}");
    }
}

/// Two answers to one question are none, whichever of them is read.
#[test]
fn an_entry_that_stands_twice_is_refused() {
    let makers = Makers::new();
    let twice = sequence(&[
        guichet_attestor::der::explicit(702, &integer(0)),
        guichet_attestor::der::explicit(702, &integer(2)),
    ]);
    let content = sequence(&[
        integer(300),
        enumerated(2),
        integer(300),
        enumerated(2),
        octets(&makers.description().challenge),
        octets(&[]),
        sequence(&[]),
        twice,
    ]);
    let form = guichet_attestor::Form::leaf("Key").with(guichet_attestor::KEY_DESCRIPTION, content);
    let chain = makers.android.chain(&form, &makers.key.to_uncompressed()).unwrap();
    assert_eq!(makers.verify_chain(&chain), Err(Refusal::MalformedAttestation));
}
