//! Ids of the books, each a type of its own, so that one is never taken for another.

use rusqlite::ToSql;
use rusqlite::types::{FromSql, FromSqlResult, ToSqlOutput, ValueRef};
use serde::Serialize;
use sha2::{Digest, Sha256};

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $prefix:literal) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(String);

        impl $name {
            /// An id that always comes out the same for the same parts, and that tells nothing of
            /// them.
            pub fn derived(parts: &[&str]) -> Self {
                Self(derive($prefix, parts))
            }

            /// The id as the protocol writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl From<&str> for $name {
            fn from(id: &str) -> Self {
                Self(id.to_owned())
            }
        }

        impl ToSql for $name {
            fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
                self.0.to_sql()
            }
        }

        impl FromSql for $name {
            fn column_result(value: ValueRef<'_>) -> FromSqlResult<Self> {
                String::column_result(value).map(Self)
            }
        }
    };
}

id!(
    /// An account, a customer's or the bank's own.
    AccountId,
    "a-"
);
id!(
    /// An entry of the ledger.
    EntryId,
    "e-"
);
id!(
    /// What the protocol calls a transaction: one row a customer sees.
    MovementId,
    "t-"
);
id!(
    /// A receipt on an intent.
    ReceiptId,
    "r-"
);

/// `prefix` and 96 bits of a digest over the parts, each preceded by its length so that no two
/// lists of parts collide.
fn derive(prefix: &str, parts: &[&str]) -> String {
    let mut hasher = Sha256::new_with_prefix(prefix);
    for part in parts {
        hasher.update((part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    let hex = hasher.finalize().iter().take(12).fold(String::new(), |mut hex, byte| {
        for nibble in [byte >> 4, byte & 15] {
            hex.extend(char::from_digit(u32::from(nibble), 16));
        }
        hex
    });
    format!("{prefix}{hex}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn derived_ids_depend_on_where_the_parts_are_cut() {
        assert_ne!(EntryId::derived(&["ab", "c"]), EntryId::derived(&["a", "bc"]));
        assert_eq!(EntryId::derived(&["ab", "c"]), EntryId::derived(&["ab", "c"]));
        assert_eq!(EntryId::derived(&["ab"]).as_str().len(), 26);
    }
}
