//! Android's key attestation: the extension in which the key storage describes a key it made.

use std::collections::BTreeMap;

use crate::der::{boolean, enumerated, explicit, integer, null, octets, sequence, set};

/// The extension's object identifier.
pub const KEY_DESCRIPTION: &[u64] = &[1, 3, 6, 1, 4, 1, 11_129, 2, 1, 17];

/// A key description. The two lists hold what Android's schema has under each number, as DER.
#[derive(Clone, Debug)]
pub struct KeyDescription {
    /// Who describes: 0 software, 1 the trusted execution environment, 2 a security chip.
    pub attested_by: u8,
    /// Who keeps the key, in the same numbers.
    pub kept_by: u8,
    /// What the app gave when it asked for the key.
    pub challenge: Vec<u8>,
    /// What the system says.
    pub software: BTreeMap<u32, Vec<u8>>,
    /// What the hardware says.
    pub hardware: BTreeMap<u32, Vec<u8>>,
}

impl KeyDescription {
    /// An approval key as it should be, in a security chip: made there, for this app alone, asking for a
    /// biometric for every signature, on a phone that started what its maker signed.
    pub fn of_approval_key(challenge: &[u8], package: &str, signer: &[u8]) -> Self {
        let software = BTreeMap::from([(709, Self::application(&[package], &[signer]))]);
        let hardware = BTreeMap::from([
            (1, set(&[integer(2)])),
            (2, integer(3)),
            (3, integer(256)),
            (5, set(&[integer(4)])),
            (10, integer(1)),
            (504, integer(2)),
            (702, integer(0)),
            (704, Self::root_of_trust(true, 0)),
            (705, integer(160_000)),
        ]);
        Self { attested_by: 2, kept_by: 2, challenge: challenge.to_vec(), software, hardware }
    }

    /// Entry 704: whether the boot loader is locked, and the state of verified boot (0 verified, 1 by the
    /// owner's key, 2 unverified, 3 failed).
    pub fn root_of_trust(is_locked: bool, state: u8) -> Vec<u8> {
        sequence(&[octets(&[7; 32]), boolean(is_locked), enumerated(state), octets(&[8; 32])])
    }

    /// Entry 709: the packages that share the app's user id, and their signers.
    pub fn application(packages: &[&str], signers: &[&[u8]]) -> Vec<u8> {
        let packages: Vec<Vec<u8>> = packages
            .iter()
            .map(|package| sequence(&[octets(package.as_bytes()), integer(1)]))
            .collect();
        let signers: Vec<Vec<u8>> = signers.iter().map(|signer| octets(signer)).collect();
        octets(&sequence(&[set(&packages), set(&signers)]))
    }

    /// An entry that is there or not, and says nothing else.
    pub fn flag() -> Vec<u8> {
        null()
    }

    /// The extension's content.
    pub fn to_der(&self) -> Vec<u8> {
        sequence(&[
            integer(300),
            enumerated(self.attested_by),
            integer(300),
            enumerated(self.kept_by),
            octets(&self.challenge),
            octets(&[]),
            list(&self.software),
            list(&self.hardware),
        ])
    }
}

fn list(entries: &BTreeMap<u32, Vec<u8>>) -> Vec<u8> {
    let entries: Vec<Vec<u8>> =
        entries.iter().map(|(number, value)| explicit(*number, value)).collect();
    sequence(&entries)
}
