//! What a merchant-presented code says.

use guichet_foundation::account_number::AccountNumber;
use guichet_foundation::institution::{BankCode, Country};
use guichet_foundation::money::{Currency, Money};
use guichet_foundation::text::{City, PartyName};

use super::labels::{Category, Label, Language};

/// All that a merchant-presented code says and Guichet acts upon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Content {
    /// Made for one payment (point of initiation 12), not for many (11, or not said).
    pub is_dynamic: bool,
    /// The account to be paid.
    pub account: AccountNumber,
    /// The bank that keeps it; `None` for the bank of whoever scans.
    pub bank: Option<BankCode>,
    /// Whose account it is, in at most 25 characters.
    pub name: PartyName,
    /// Where that is, in 1 to 15 characters.
    pub city: City,
    /// In which country.
    pub country: Country,
    /// In which trade.
    pub category: Category,
    /// The currency of the payment.
    pub currency: Currency,
    /// How much is to be paid, in that currency; `None` where the customer says it.
    pub amount: Option<Money>,
    /// The merchant would like the app to ask for a tip.
    pub asks_for_tip: bool,
    /// Name and city once more, in another language.
    pub local: Option<LocalNames>,
    /// What the payment is for.
    pub details: Details,
}

/// A merchant's name in the language of the place (template 64).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LocalNames {
    /// That language.
    pub language: Language,
    /// The name, in at most 25 characters.
    pub name: PartyName,
    /// The city, in 1 to 15 characters.
    pub city: Option<City>,
}

/// What a payment is for (template 62). Together at most 99 characters as they are written.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Details {
    /// The invoice.
    pub bill_number: Option<Detail>,
    /// The shop.
    pub store: Option<Detail>,
    /// The merchant's or the payment's reference.
    pub reference: Option<Detail>,
    /// The till.
    pub terminal: Option<Detail>,
    /// The purpose.
    pub purpose: Option<Detail>,
}

/// One detail of a payment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Detail {
    /// The code says it.
    Given(Label),
    /// The customer is to say it (`***`).
    Asked,
}

impl Detail {
    /// What the code says.
    pub const fn given(&self) -> Option<&Label> {
        match self {
            Self::Given(label) => Some(label),
            Self::Asked => None,
        }
    }
}
