//! A transaction on an account.

use guichet_foundation::account_number::AccountNumber;
use guichet_foundation::ids::{AccountId, IntentId, TransactionId};
use guichet_foundation::money::Money;
use guichet_foundation::sensitivity::C2;
use guichet_foundation::time::Timestamp;
use serde::{Deserialize, Deserializer};

use crate::localized::{LocalizedText, shown_text};
use crate::words::open_words;

/// Whether it is final. Closed: another word makes the page invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Status {
    /// Announced; it will be booked or vanish.
    Pending,
    /// Final.
    Booked,
}

open_words! {
    /// How the money moved.
    TransactionKind {
        /// Pay.
        Salary = "salary",
        /// A pension.
        Pension = "pension",
        /// From account to account.
        Transfer = "transfer",
        /// With a card.
        Card = "card",
        /// With a QR code.
        Qr = "qr",
        /// A recurring charge.
        Subscription = "subscription",
        /// Rent.
        Rent = "rent",
        /// A charge of the bank.
        Fee = "fee",
        /// Interest.
        Interest = "interest",
        /// Money back for an earlier transaction.
        Refund = "refund",
        /// At a machine or a counter.
        Cash = "cash",
        /// Between currencies.
        Exchange = "exchange",
        /// A bill.
        Bill = "bill",
    }
}

open_words! {
    /// What it was for.
    Category {
        /// Money earned.
        Income = "income",
        /// Rent, mortgage, upkeep.
        Housing = "housing",
        /// Groceries and eating out.
        Food = "food",
        /// Getting about.
        Transport = "transport",
        /// Things.
        Shopping = "shopping",
        /// Pastimes.
        Leisure = "leisure",
        /// Doctors, medicine, insurance.
        Health = "health",
        /// Schools and courses.
        Education = "education",
        /// Electricity, water, telephone.
        Bills = "bills",
        /// Between people and accounts.
        Transfers = "transfers",
        /// Charges of the bank.
        Fees = "fees",
        /// None of these.
        Unsorted = "other",
    }
}

/// Who stands on the other side.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Counterparty {
    /// Their name.
    pub name: LocalizedText,
    /// Their account number, where there is one.
    pub account: Option<AccountNumber>,
}

/// A transaction, as the bank described it last.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Transaction {
    /// Its name at the bank; it stays when a pending transaction is booked.
    #[serde(rename = "transaction_id")]
    pub id: TransactionId,
    /// The account it is on.
    pub account_id: AccountId,
    /// Whether it is final.
    pub status: Status,
    /// When it happened.
    pub at: Timestamp,
    /// Negative where money left the account.
    pub amount: Money,
    /// How the money moved.
    pub kind: TransactionKind,
    /// What it was for.
    pub category: Category,
    /// Who stands on the other side.
    pub counterparty: Counterparty,
    /// The message that came with it; never empty.
    #[serde(default, deserialize_with = "note")]
    pub note: Option<C2<String>>,
    /// The intent of ours that it carries out.
    pub intent_id: Option<IntentId>,
    /// The transaction whose money it gives back.
    pub refund_of: Option<TransactionId>,
}

fn note<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<C2<String>>, D::Error> {
    let text = Option::<String>::deserialize(deserializer)?.map(|text| shown_text(&text));
    Ok(text.filter(|text| !text.is_empty()).map(C2::new))
}
