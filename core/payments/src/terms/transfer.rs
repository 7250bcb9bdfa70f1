use guichet_foundation::account_number::AccountNumber;
use guichet_foundation::ids::IntentId;
use guichet_foundation::institution::BankCode;
use guichet_foundation::money::Money;
use guichet_foundation::text::{Note, PartyName};
use serde::{Deserialize, Serialize};

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
    /// When the payee gets it.
    pub arrives: Arrival,
}

/// The terms of a transfer between the customer's own accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnTransfer {
    /// Where the money comes from.
    pub from: Payer,
    /// Where it goes.
    pub to: OwnAccount,
    /// How much; more than zero.
    pub amount: Money,
    /// What goes with it; may be empty.
    pub note: Note,
}

/// The terms of a transfer to another bank in the country.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct InterbankTransfer {
    /// Where the money comes from.
    pub from: Payer,
    /// Where it goes.
    pub to: Payee,
    /// The payee's bank.
    pub bank: OtherBank,
    /// How much arrives; more than zero.
    pub amount: Money,
    /// What the bank takes on top, from the same account; may be zero.
    pub fee: Money,
    /// What goes with it; may be empty.
    pub note: Note,
    /// When it leaves the bank.
    pub arrives: Arrival,
}

/// The terms of taking a payment back: one that has not arrived is cancelled, one that left the bank is asked back.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cancellation {
    /// The intent that was executed.
    pub payment: IntentId,
    /// Whom it pays.
    pub to: Payee,
    /// What it pays.
    pub amount: Money,
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

/// Another of the customer's accounts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OwnAccount {
    /// The account.
    pub account: AccountNumber,
}

/// A bank in the country that is not this one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct OtherBank {
    /// Its CNAPS code.
    pub code: BankCode,
    /// Its name, as the customer was shown it.
    pub name: PartyName,
}

/// When the payee gets the money (closed). Until then the customer can cancel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Arrival {
    /// At once.
    Now,
    /// Two hours after execution.
    #[serde(rename = "in_2_hours")]
    In2Hours,
    /// Twenty-four hours after execution.
    NextDay,
}

impl Arrival {
    /// The protocol's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Now => "now",
            Self::In2Hours => "in_2_hours",
            Self::NextDay => "next_day",
        }
    }
}
