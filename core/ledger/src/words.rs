//! Open enumerations: words of the protocol to which a bank may add.

/// The longest word that is kept of a value this version does not know, in characters.
pub(crate) const WORD_MAX: usize = 64;

/// Defines an open enumeration with the protocol's words and `Other` for every word this version does not know. The word is kept, so
/// that a later version understands rows that are stored already.
macro_rules! open_words {
    (
        $(#[$doc:meta])*
        $name:ident { $( $(#[$variant_doc:meta])* $variant:ident = $word:literal, )+ }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Hash, serde::Deserialize)]
        #[serde(from = "String")]
        pub enum $name {
            $( $(#[$variant_doc])* $variant, )+
            /// A word this version does not know: shown neutrally.
            Other(String),
        }

        impl $name {
            /// The protocol's word.
            pub fn as_str(&self) -> &str {
                match self {
                    $( Self::$variant => $word, )+
                    Self::Other(word) => word,
                }
            }
        }

        impl From<String> for $name {
            fn from(word: String) -> Self {
                match word.as_str() {
                    $( $word => Self::$variant, )+
                    _ => Self::Other(word.chars().take($crate::words::WORD_MAX).collect()),
                }
            }
        }
    };
}

pub(crate) use open_words;
