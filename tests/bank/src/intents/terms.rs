//! What intents ask for (protocol section 9.1), member for member.

use serde::{Deserialize, Serialize};

use crate::moment::Moment;
use crate::money::Money;

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Terms {
    /// Money to an account of a customer.
    Transfer(Transfer),
    /// Money between accounts of one customer.
    OwnTransfer(OwnTransfer),
    /// Money to another bank in the country.
    InterbankTransfer(InterbankTransfer),
    /// A transfer on days to come.
    StandingOrder(StandingOrder),
    /// What a standing order is from now on.
    StandingOrderChange(StandingOrderChange),
    /// One payment of a standing order is left out.
    StandingOrderSkip(StandingOrderSkip),
    /// A standing order ends.
    StandingOrderCancel(StandingOrderCancel),
    /// A payment is taken back, or asked back.
    Cancellation(Cancellation),
    /// A bill is paid.
    BillPayment(BillPayment),
    /// A merchant is paid whose code was scanned.
    MerchantPayment(MerchantPayment),
    /// A request to pay is met.
    RequestPayment(RequestPayment),
    /// Codes shown at a till may be charged.
    CodeMandate(CodeMandate),
    /// They may not be charged any more.
    CodeMandateEnd(CodeMandateEnd),
    /// Money to another country.
    CrossBorderTransfer(Box<CrossBorderTransfer>),
}

macro_rules! members {
    ($($(#[$doc:meta])* $name:ident { $($(#[$member_doc:meta])* $member:ident: $type:ty,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$member_doc])* pub $member: $type,)+
        }
    )+};
}

members! {
    /// The paying side.
    Payer {
        /// The account's number.
        account: String,
    }
    /// The side that is paid.
    Payee {
        /// The account's number.
        account: String,
        /// The name of its owner, as the payer gave it.
        name: String,
    }
    /// An account of the paying customer.
    OwnAccount {
        /// The account's number.
        account: String,
    }
    /// A bank of the country.
    OtherBank {
        /// Its CNAPS code, 12 digits.
        code: String,
        /// Its name, as the payer was shown it.
        name: String,
    }
    /// The terms of a transfer.
    Transfer {
        /// Whose money.
        from: Payer,
        /// For whom.
        to: Payee,
        /// How much.
        amount: Money,
        /// What is written with it; may be empty.
        note: String,
        /// When the payee gets it.
        arrives: Arrival,
    }
    /// The terms of a transfer between own accounts.
    OwnTransfer {
        /// From which account.
        from: Payer,
        /// To which account.
        to: OwnAccount,
        /// How much.
        amount: Money,
        /// What is written with it; may be empty.
        note: String,
    }
    /// The terms of a transfer to another bank.
    InterbankTransfer {
        /// Whose money.
        from: Payer,
        /// For whom.
        to: Payee,
        /// At which bank.
        bank: OtherBank,
        /// How much arrives.
        amount: Money,
        /// What this bank takes on top.
        fee: Money,
        /// What is written with it; may be empty.
        note: String,
        /// When it leaves this bank.
        arrives: Arrival,
    }
    /// The terms of a standing order.
    StandingOrder {
        /// Whose money.
        from: Payer,
        /// For whom.
        to: Payee,
        /// How much each time.
        amount: Money,
        /// What is written with it; may be empty.
        note: String,
        /// When.
        schedule: Schedule,
    }
    /// The terms of a change of a standing order.
    StandingOrderChange {
        /// The order.
        order_id: String,
        /// Whose money.
        from: Payer,
        /// For whom.
        to: Payee,
        /// How much each time.
        amount: Money,
        /// What is written with it; may be empty.
        note: String,
        /// When.
        schedule: Schedule,
    }
    /// The terms of leaving one payment out.
    StandingOrderSkip {
        /// The order.
        order_id: String,
        /// The day on which it would have paid, as `2026-03-01`.
        date: String,
        /// For whom.
        to: Payee,
        /// How much each time.
        amount: Money,
    }
    /// The terms of ending a standing order.
    StandingOrderCancel {
        /// The order.
        order_id: String,
        /// For whom.
        to: Payee,
        /// How much each time.
        amount: Money,
    }
    /// When a standing order pays.
    Schedule {
        /// How often.
        every: Every,
        /// The first day, as `2026-03-01`.
        first: String,
        /// How many times in all, 0 to 999; 0 is without end.
        times: u16,
    }
    /// The terms of taking a payment back.
    Cancellation {
        /// The intent that was executed.
        payment: String,
        /// Whom it pays.
        to: Payee,
        /// What it pays.
        amount: Money,
    }
    /// The terms of paying a bill.
    BillPayment {
        /// Whose money.
        from: Payer,
        /// For whom.
        biller: Biller,
        /// The payer's number with the biller.
        reference: String,
        /// How much.
        amount: Money,
        /// What is written with it; may be empty.
        note: String,
    }
    /// Somebody who sends bills.
    Biller {
        /// As this bank names them.
        biller_id: String,
        /// Their name, as the payer was shown it.
        name: String,
    }
    /// The terms of paying a merchant.
    MerchantPayment {
        /// Whose money.
        from: Payer,
        /// For whom.
        merchant: Merchant,
        /// How much.
        amount: Money,
        /// What the merchant knows the sale by; may be empty.
        reference: String,
    }
    /// A merchant, as their code says.
    Merchant {
        /// The account's number.
        account: String,
        /// The name.
        name: String,
        /// Where they are; may be empty.
        city: String,
    }
    /// The terms of meeting a request to pay.
    RequestPayment {
        /// The request.
        request_id: String,
        /// Whose money.
        from: Payer,
        /// Who asked.
        to: Payee,
        /// How much.
        amount: Money,
        /// What they wrote; may be empty.
        note: String,
    }
    /// The terms of letting codes be charged.
    CodeMandate {
        /// Whose money.
        from: Payer,
        /// The most for one payment.
        per_payment: Money,
        /// The most for one day.
        per_day: Money,
        /// The last day, as `2026-03-01`.
        until: String,
    }
    /// The terms of ending that.
    CodeMandateEnd {
        /// The account whose codes end.
        from: Payer,
    }
    /// The terms of a transfer to another country.
    CrossBorderTransfer {
        /// Whose money.
        from: Payer,
        /// For whom.
        to: PayeeAbroad,
        /// At what price.
        quote: Quote,
        /// What for.
        purpose: Purpose,
        /// By which every bank on the way knows it.
        uetr: String,
        /// What is written with it; may be empty.
        note: String,
    }
    /// Who is paid in another country.
    PayeeAbroad {
        /// The account's number: an IBAN where the country has them.
        account: String,
        /// The holder's name.
        name: String,
        /// The holder's bank (ISO 9362).
        bic: String,
        /// The bank's country (ISO 3166-1 alpha-2).
        country: String,
    }
    /// This bank's offer.
    Quote {
        /// The offer.
        quote_id: String,
        /// What leaves the account, without the fee.
        sell: Money,
        /// What arrives.
        buy: Money,
        /// What one major unit of what arrives costs, in major units of what leaves.
        rate: String,
        /// What this bank takes on top.
        fee: Money,
        /// Who pays the banks on the way.
        charges: Charges,
        /// The day on which it arrives at the latest, as `2026-03-01`.
        arrives_by: String,
        /// After this the offer is over.
        expires: Moment,
    }
}

macro_rules! closed {
    ($($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// The protocol's word.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$variant => $word,)+
                }
            }
        }
    )+};
}

closed! {
    /// When a payee gets the money.
    Arrival {
        /// At once.
        Now = "now",
        /// Two hours later.
        In2Hours = "in_2_hours",
        /// Twenty-four hours later.
        NextDay = "next_day",
    }
    /// How often a standing order pays.
    Every {
        /// One time.
        Once = "once",
        /// Each week.
        Week = "week",
        /// Each month.
        Month = "month",
        /// Each year.
        Year = "year",
    }
    /// Who pays the banks on the way.
    Charges {
        /// The payer.
        Our = "OUR",
        /// Each their own side.
        Shared = "SHA",
    }
    /// What money abroad is for (ISO 20022 `ExternalPurpose1Code`).
    Purpose {
        /// Education.
        Education = "EDUC",
        /// Goods.
        Goods = "GDDS",
        /// A gift.
        Gift = "GIFT",
        /// Medical services.
        Medical = "MDCS",
        /// Something else.
        Other = "OTHR",
        /// Rent.
        Rent = "RENT",
        /// Savings.
        Savings = "SAVG",
        /// Services.
        Services = "SCVE",
    }
}

impl Terms {
    /// The word in `kind`.
    pub const fn kind(&self) -> &'static str {
        match self {
            Self::Transfer(_) => "transfer",
            Self::OwnTransfer(_) => "own_transfer",
            Self::InterbankTransfer(_) => "interbank_transfer",
            Self::StandingOrder(_) => "standing_order",
            Self::StandingOrderChange(_) => "standing_order_change",
            Self::StandingOrderSkip(_) => "standing_order_skip",
            Self::StandingOrderCancel(_) => "standing_order_cancel",
            Self::Cancellation(_) => "cancellation",
            Self::BillPayment(_) => "bill_payment",
            Self::MerchantPayment(_) => "merchant_payment",
            Self::RequestPayment(_) => "request_payment",
            Self::CodeMandate(_) => "code_mandate",
            Self::CodeMandateEnd(_) => "code_mandate_end",
            Self::CrossBorderTransfer(_) => "cross_border_transfer",
        }
    }
}
