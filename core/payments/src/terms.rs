//! What a customer agrees to: the part of an intent that a person understands, and all that its display text is made of.

use guichet_foundation::account_number::AccountNumber;
use guichet_foundation::money::Money;
use guichet_foundation::text::{Note, PartyName};
use serde::{Deserialize, Serialize};

/// The terms of an intent (docs/protocol.md, section 9.1). A further kind is a further variant, with its own templates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Terms {
    /// Money from one of the customer's accounts to somebody's account at this bank.
    Transfer(Transfer),
}

/// The terms of a transfer. Every member is class C2 and prints as dots.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Transfer {
    /// Where the money comes from.
    pub from: Payer,
    /// Where it goes.
    pub to: Payee,
    /// How much; more than zero.
    pub amount: Money,
    /// What goes with it; may be empty.
    pub note: Note,
}

/// The account that pays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payer {
    /// The customer's own account.
    pub account: AccountNumber,
}

/// The account that is paid, and the name it must belong to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payee {
    /// The account.
    pub account: AccountNumber,
    /// The holder's name as the customer gave it; the bank compares it.
    pub name: PartyName,
}

impl Terms {
    /// How much leaves the account.
    pub const fn amount(&self) -> Money {
        match self {
            Self::Transfer(transfer) => transfer.amount,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRANSFER: &str = r#"{"kind":"transfer","from":{"account":"6222021000112233445"},
        "to":{"account":"6222021000998877665","name":"李娜"},
        "amount":{"currency":"CNY","minor":"123450"},"note":"rent"}"#;

    #[test]
    fn terms_read_and_write_as_the_protocol_has_them() {
        let terms: Terms = serde_json::from_str(TRANSFER).unwrap();
        let written = serde_json::to_value(&terms).unwrap();
        assert_eq!(written, serde_json::from_str::<serde_json::Value>(TRANSFER).unwrap());
    }

    #[test]
    fn terms_of_another_shape_are_refused() {
        for (from, to) in [
            ("transfer", "standing_order"),
            (r#""note":"rent""#, r#""note":"rent","fee":"0""#),
            (r#","note":"rent""#, ""),
            (r#""name":"李娜""#, r#""name":"李娜","nick":"x""#),
            (r#""123450""#, "123450"),
            ("李娜", "李\u{202E}娜"),
        ] {
            let altered = TRANSFER.replace(from, to);
            assert!(serde_json::from_str::<Terms>(&altered).is_err(), "{altered}");
        }
    }

    #[test]
    fn invariant_07_silent_terms_print_as_dots() {
        let terms: Terms = serde_json::from_str(TRANSFER).unwrap();
        let shown = format!("{terms:?}");
        for secret in ["6222", "3445", "李娜", "1234", "rent"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
