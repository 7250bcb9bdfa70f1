//! How a customer has shown to be there: authentication context class references (RFC 9470).

use core::fmt;

/// One way of showing it. `docs/protocol.md`, section 5.1, says what each of them takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Acr {
    /// A finger or face: the approval key has signed.
    Biometric,
    /// The app's PIN: the phone let the device key sign after it.
    Pin,
    /// The bank's own sign-in page.
    Bank,
}

impl Acr {
    /// Every way.
    pub const ALL: [Self; 3] = [Self::Biometric, Self::Pin, Self::Bank];

    /// The word on the wire.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Biometric => "urn:guichet:acr:biometric",
            Self::Pin => "urn:guichet:acr:pin",
            Self::Bank => "urn:guichet:acr:bank",
        }
    }

    /// The way of a word.
    pub fn from_word(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|acr| acr.as_str() == word)
    }

    /// Whether having shown `shown` will do where this one is asked for: a finger is worth a PIN,
    /// everything else only itself.
    pub fn is_met_by(self, shown: Self) -> bool {
        self == shown || (self == Self::Pin && shown == Self::Biometric)
    }
}

impl fmt::Display for Acr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
