use guichet_foundation::account_number::AccountNumber;
use guichet_foundation::ids::{BillerId, RequestId};
use guichet_foundation::money::Money;
use guichet_foundation::text::{City, Note, PartyName, Reference};
use guichet_foundation::time::Day;
use serde::{Deserialize, Serialize};

use super::{Payee, Payer};

/// The terms of paying a bill.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct BillPayment {
    /// Where the money comes from.
    pub from: Payer,
    /// Who sent the bill.
    pub biller: Biller,
    /// The customer's number with them; not empty.
    pub reference: Reference,
    /// How much; more than zero.
    pub amount: Money,
    /// What goes with it; may be empty.
    pub note: Note,
}

/// Somebody who sends bills.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Biller {
    /// As the bank names them.
    pub biller_id: BillerId,
    /// Their name, as the customer was shown it.
    pub name: PartyName,
}

/// The terms of paying a merchant whose code was scanned.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MerchantPayment {
    /// Where the money comes from.
    pub from: Payer,
    /// Who is paid.
    pub merchant: Merchant,
    /// How much; more than zero.
    pub amount: Money,
    /// What the merchant knows the sale by; empty for a code that serves every sale. One that is not is paid once.
    pub reference: Reference,
}

/// A merchant, as their code says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Merchant {
    /// The account that is paid.
    pub account: AccountNumber,
    /// The name.
    pub name: PartyName,
    /// Where they are; may be empty.
    pub city: City,
}

/// The terms of meeting a request to pay.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RequestPayment {
    /// The request.
    pub request_id: RequestId,
    /// Where the money comes from.
    pub from: Payer,
    /// Who asked.
    pub to: Payee,
    /// How much they asked for.
    pub amount: Money,
    /// What they wrote; may be empty.
    pub note: Note,
}

/// The terms of letting codes be charged that the customer shows at a till.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeMandate {
    /// Where the money comes from.
    pub from: Payer,
    /// The most for one payment; more than zero.
    pub per_payment: Money,
    /// The most for one day of the bank; more than zero.
    pub per_day: Money,
    /// The last day.
    pub until: Day,
}

/// The terms of ending that.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct CodeMandateEnd {
    /// The account whose codes end.
    pub from: Payer,
}
