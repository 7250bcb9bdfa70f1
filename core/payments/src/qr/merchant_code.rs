//! Merchant-presented codes: what a merchant shows and a customer scans.

use guichet_foundation::account_number::AccountNumber;
use guichet_foundation::institution::BankCode;
use guichet_foundation::locale::Locale;
use guichet_foundation::money::{Currency, Money};
use guichet_foundation::text::{City, PartyName, Reference};

use super::content::{Content, Detail};
use super::labels::{Label, Language};
use super::{reading, writing};

/// A merchant-presented code (EMV QRCPS, Merchant-Presented Mode, version 1.1) that names an account a Guichet bank can pay. There
/// is none that cannot be written and read again.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MerchantCode(Content);

/// Why a text is not a code that can be paid. The numbers are those of the specification's data objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum InvalidCode {
    /// Something else: an address of the web, a contact, a ticket.
    #[error("not a merchant's payment code; scan the code that the merchant shows")]
    NotAMerchantCode,
    /// More than 512 characters.
    #[error("the code is longer than 512 characters; ask the merchant for another")]
    TooLong,
    /// The checksum does not fit, or the end is missing: it was misread, or altered by somebody who cannot count.
    #[error("the code was misread or is damaged; scan it again")]
    Damaged,
    /// A length is wrong.
    #[error("the lengths in the code do not add up; ask the merchant for another")]
    Malformed,
    /// This data object stands twice.
    #[error("data object {0:02} stands twice; ask the merchant for another code")]
    Repeated(u8),
    /// This data object is missing.
    #[error("data object {0:02} is missing; ask the merchant for another code")]
    Missing(u8),
    /// This data object is not of its form.
    #[error("data object {0:02} is not of its form; ask the merchant for another code")]
    Value(u8),
    /// The currency is none of ISO 4217.
    #[error("the code's currency does not exist; ask the merchant for another code")]
    Currency,
    /// Not for a Guichet bank: it names accounts of other schemes only.
    #[error("the code is for other apps; pay in another way")]
    OtherScheme,
    /// A fee comes on top of the amount. What is signed is one amount, so that it is not paid in part by mistake.
    #[error("the code adds a fee to its amount; ask for a code with the whole amount")]
    AddedFee,
}

impl MerchantCode {
    /// Reads what was scanned.
    pub fn parse(text: &str) -> Result<Self, InvalidCode> {
        reading::content(text).map(Self)
    }

    /// The code that says `content`, if it can be written: the error is what a reader of it would say.
    pub fn new(content: Content) -> Result<Self, InvalidCode> {
        let read = reading::content(&writing::text(&content))?;
        if read == content { Ok(Self(content)) } else { Err(InvalidCode::Malformed) }
    }

    /// The text to be drawn as a QR code.
    pub fn encode(&self) -> String {
        writing::text(&self.0)
    }

    /// All that it says.
    pub const fn content(&self) -> &Content {
        &self.0
    }

    /// Made for one payment.
    pub const fn is_dynamic(&self) -> bool {
        self.0.is_dynamic
    }

    /// The account to be paid.
    pub const fn account_number(&self) -> &AccountNumber {
        &self.0.account
    }

    /// The bank that keeps it; `None` for the bank of whoever scans.
    pub const fn bank_code(&self) -> Option<&BankCode> {
        self.0.bank.as_ref()
    }

    /// The merchant's name as every app can show it.
    pub const fn merchant_name(&self) -> &PartyName {
        &self.0.name
    }

    /// The merchant's name for a reader of this language.
    pub fn merchant_name_in(&self, locale: Locale) -> &PartyName {
        let chinese = self.0.local.as_ref().filter(|local| local.language == Language::ZH);
        match (locale, chinese) {
            (Locale::ZhCn, Some(local)) => &local.name,
            _ => &self.0.name,
        }
    }

    /// The merchant's city.
    pub const fn city(&self) -> &City {
        &self.0.city
    }

    /// The currency of the payment.
    pub const fn currency(&self) -> Currency {
        self.0.currency
    }

    /// How much is to be paid; `None` where the customer says it.
    pub const fn amount(&self) -> Option<Money> {
        self.0.amount
    }

    /// The reference of the payment: the reference label, or else the bill number.
    pub fn reference(&self) -> Option<Reference> {
        let label = self.0.details.reference.as_ref().and_then(Detail::given);
        // A label has at most 25 characters, a reference 35.
        label.or_else(|| self.bill_number())?.expose().parse().ok()
    }

    /// The number of the bill.
    pub fn bill_number(&self) -> Option<&Label> {
        self.0.details.bill_number.as_ref().and_then(Detail::given)
    }
}
