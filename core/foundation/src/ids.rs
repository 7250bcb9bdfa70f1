//! Names of things, each its own type so that they cannot be mistaken for each other.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Why a text is not an id: 1 to 64 characters of `A-Z a-z 0-9 - _ .` (docs/protocol.md, section 1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id: 1 to 64 characters of A-Z a-z 0-9 - _ .")]
pub struct InvalidId;

fn checked(text: String) -> Result<String, InvalidId> {
    let good = (1..=64).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_' | b'.'));
    if good { Ok(text) } else { Err(InvalidId) }
}

macro_rules! bank_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The id as the bank wrote it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                checked(text).map(Self)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                checked(text.to_owned()).map(Self)
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(&self.0)
            }
        }
    };
}

bank_id!(
    /// An account, as the bank names it. Not its number.
    AccountId
);
bank_id!(
    /// A transaction on an account.
    TransactionId
);
bank_id!(
    /// An OAuth client: one installation of the app (RFC 7591).
    ClientId
);
bank_id!(
    /// An enrolled installation with its keys.
    DeviceId
);
bank_id!(
    /// A customer of the bank.
    CustomerId
);
bank_id!(
    /// A bank's signed answer to an intent.
    ReceiptId
);
bank_id!(
    /// Something the bank tells a customer's devices.
    NoticeId
);

macro_rules! random_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Uuid);

        impl $name {
            /// The id made of 16 random bytes; version and variant bits are set as RFC 9562 section 5.4 has it.
            pub fn from_random(bytes: [u8; 16]) -> Self {
                Self(uuid::Builder::from_random_bytes(bytes).into_uuid())
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                let uuid = Uuid::try_parse(text).map_err(|_| InvalidId)?;
                let id = Self(uuid);
                if uuid.get_version_num() == 4 && id.to_string() == text {
                    Ok(id)
                } else {
                    Err(InvalidId)
                }
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }
    };
}

random_id!(
    /// What a customer is asked to approve, by name: a random UUID (version 4) that the phone draws once.
    IntentId
);
random_id!(
    /// A standing order: a random UUID (version 4) of the bank.
    OrderId
);
random_id!(
    /// A request to pay: a random UUID (version 4) of the bank.
    RequestId
);
random_id!(
    /// The unique end-to-end transaction reference of a cross-border payment: a random UUID (version 4) that the phone draws.
    Uetr
);
bank_id!(
    /// An offer of the bank to exchange money at a rate.
    QuoteId
);
bank_id!(
    /// Somebody who sends bills.
    BillerId
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_refuse_what_could_alter_a_path() {
        for bad in ["", "a/b", "a b", "ä", "a?b", &"x".repeat(65)] {
            assert_eq!(bad.parse::<DeviceId>(), Err(InvalidId), "{bad}");
        }
        assert_eq!("dev_1.x-Y".parse::<DeviceId>().map(String::from), Ok("dev_1.x-Y".to_owned()));
    }

    #[test]
    fn an_intent_id_has_one_spelling() {
        let id = IntentId::from_random([0xAB; 16]);
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!(id.to_string().to_uppercase().parse::<IntentId>(), Err(InvalidId));
        assert_eq!("00000000-0000-1000-8000-000000000000".parse::<IntentId>(), Err(InvalidId));
    }
}
