//! An account.

use guichet_foundation::account_number::AccountNumber;
use guichet_foundation::ids::AccountId;
use guichet_foundation::money::{Currency, Money};
use serde::Deserialize;

use crate::localized::LocalizedText;
use crate::words::open_words;

open_words! {
    /// What sort of account it is.
    AccountKind {
        /// For daily use.
        Current = "current",
        /// For saving.
        Savings = "savings",
        /// A credit card: negative where money is owed.
        Card = "card",
        /// In a foreign currency.
        Foreign = "foreign",
    }
}

/// An account, as the bank described it last.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Account {
    /// Its name at the bank. Not its number.
    #[serde(rename = "account_id")]
    pub id: AccountId,
    /// What sort of account it is.
    pub kind: AccountKind,
    /// Its number.
    pub number: AccountNumber,
    /// What the bank calls it.
    pub name: LocalizedText,
    /// The currency of every amount on it.
    pub currency: Currency,
    /// The balance of booked transactions.
    pub booked: Money,
    /// The booked balance with pending transactions taken off.
    pub available: Money,
    /// Whether transfers may be made from it.
    pub can_pay: bool,
}
