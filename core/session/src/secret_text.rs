//! A text of class C3 that can be kept in the secure store: tokens and verifiers.

use guichet_foundation::sensitivity::C3;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// Prints as dots, zeroised when dropped. Serialises as its text, into a record that is itself a secret.
#[derive(Debug)]
pub(crate) struct SecretText(C3<String>);

impl SecretText {
    pub(crate) const fn new(text: String) -> Self {
        Self(C3::new(text))
    }

    pub(crate) fn expose_secret(&self) -> &str {
        self.0.expose_secret()
    }
}

impl Clone for SecretText {
    fn clone(&self) -> Self {
        Self(self.0.duplicate())
    }
}

impl Serialize for SecretText {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.expose_secret())
    }
}

impl<'de> Deserialize<'de> for SecretText {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Self::new)
    }
}
