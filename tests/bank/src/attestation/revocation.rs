//! Certificates that are no longer believed: a file in the form of the status list that Google
//! publishes for Android's attestation keys (`{"entries": {"<serial number>": {"status": ...}}}`).

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use super::certificate::Certificate;

/// Serial numbers of certificates that are no longer believed. An entry counts whatever its status:
/// one that is suspended now is not believed now.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RevocationList(BTreeSet<String>);

#[derive(Deserialize)]
struct File {
    entries: BTreeMap<String, serde_json::Value>,
}

impl RevocationList {
    /// Reads the list's JSON. `None` if it is not such a list, or names something that is not a serial
    /// number.
    pub fn read(json: &[u8]) -> Option<Self> {
        let File { entries } = serde_json::from_slice(json).ok()?;
        entries.into_keys().map(|serial| normal(&serial)).collect::<Option<_>>().map(Self)
    }

    /// How many serial numbers are on it.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nothing is on it.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    pub(super) fn names(&self, certificate: &Certificate) -> bool {
        self.0.contains(&certificate.serial())
    }
}

fn normal(serial: &str) -> Option<String> {
    let is_serial = !serial.is_empty() && serial.chars().all(|c| c.is_ascii_hexdigit());
    is_serial.then(|| serial.to_ascii_lowercase().trim_start_matches('0').to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_read_whatever_the_status_and_the_spelling() {
        let list =
            br#"{"entries": {"2c8cdddfd5e03bfc": {"expires": "2030-11-13", "status": "REVOKED",
            "reason": "KEY_COMPROMISE"}, "00C8966FCB2FBB0D7A": {"status": "SUSPENDED"}}}"#;
        let list = RevocationList::read(list).unwrap();
        assert_eq!(list.len(), 2);
        assert!(list.0.contains("c8966fcb2fbb0d7a"));
    }

    #[test]
    fn what_is_no_list_is_not_taken_for_an_empty_one() {
        for text in ["", "{}", "[]", r#"{"entries": []}"#, r#"{"entries": {"zz": {}}}"#] {
            assert_eq!(RevocationList::read(text.as_bytes()), None, "{text}");
        }
        assert!(RevocationList::read(br#"{"entries": {}}"#).unwrap().is_empty());
    }
}
