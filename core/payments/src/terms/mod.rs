//! What a customer agrees to: the part of an intent that a person understands, and all that its display text is made of.

mod abroad;
mod codes;
mod orders;
mod transfer;

use guichet_foundation::account_number::AccountNumber;
use guichet_foundation::money::Money;
use guichet_foundation::text::PartyName;
use serde::{Deserialize, Serialize};

pub use abroad::{Charges, CrossBorderTransfer, InvalidRate, PayeeAbroad, Purpose, Quote, Rate};
pub use codes::{
    BillPayment, Biller, CodeMandate, CodeMandateEnd, Merchant, MerchantPayment, RequestPayment,
};
pub use orders::{
    Every, Schedule, StandingOrder, StandingOrderCancel, StandingOrderChange, StandingOrderSkip,
};
pub use transfer::{
    Arrival, Cancellation, InterbankTransfer, OtherBank, OwnAccount, OwnTransfer, Payee, Payer,
    Transfer,
};

/// The terms of an intent (docs/protocol.md, section 9.1). A further kind is a further variant, with its own templates.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Terms {
    /// Money from one of the customer's accounts to somebody's account at this bank.
    Transfer(Transfer),
    /// Money between two of the customer's own accounts.
    OwnTransfer(OwnTransfer),
    /// Money to an account at another bank in the country.
    InterbankTransfer(InterbankTransfer),
    /// A transfer on days to come, once or again and again.
    StandingOrder(StandingOrder),
    /// A standing order becomes another.
    StandingOrderChange(StandingOrderChange),
    /// One payment of a standing order is left out.
    StandingOrderSkip(StandingOrderSkip),
    /// A standing order ends.
    StandingOrderCancel(StandingOrderCancel),
    /// A payment on its way is taken back, or asked back.
    Cancellation(Cancellation),
    /// A bill is paid.
    BillPayment(BillPayment),
    /// A merchant is paid whose code was scanned.
    MerchantPayment(MerchantPayment),
    /// Somebody's request to pay is met.
    RequestPayment(RequestPayment),
    /// Codes that the customer shows may be charged, within limits.
    CodeMandate(CodeMandate),
    /// They may not be charged any more.
    CodeMandateEnd(CodeMandateEnd),
    /// Money to another country, at an offered rate.
    CrossBorderTransfer(Box<CrossBorderTransfer>),
}

/// What terms are of: the variants of [`Terms`], for limits, filters and icons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[expect(missing_docs, reason = "each is described at the variant of Terms with its name")]
pub enum TermsKind {
    Transfer,
    OwnTransfer,
    InterbankTransfer,
    StandingOrder,
    StandingOrderChange,
    StandingOrderSkip,
    StandingOrderCancel,
    Cancellation,
    BillPayment,
    MerchantPayment,
    RequestPayment,
    CodeMandate,
    CodeMandateEnd,
    CrossBorderTransfer,
}

impl Terms {
    /// What they are of.
    pub const fn kind(&self) -> TermsKind {
        match self {
            Self::Transfer(_) => TermsKind::Transfer,
            Self::OwnTransfer(_) => TermsKind::OwnTransfer,
            Self::InterbankTransfer(_) => TermsKind::InterbankTransfer,
            Self::StandingOrder(_) => TermsKind::StandingOrder,
            Self::StandingOrderChange(_) => TermsKind::StandingOrderChange,
            Self::StandingOrderSkip(_) => TermsKind::StandingOrderSkip,
            Self::StandingOrderCancel(_) => TermsKind::StandingOrderCancel,
            Self::Cancellation(_) => TermsKind::Cancellation,
            Self::BillPayment(_) => TermsKind::BillPayment,
            Self::MerchantPayment(_) => TermsKind::MerchantPayment,
            Self::RequestPayment(_) => TermsKind::RequestPayment,
            Self::CodeMandate(_) => TermsKind::CodeMandate,
            Self::CodeMandateEnd(_) => TermsKind::CodeMandateEnd,
            Self::CrossBorderTransfer(_) => TermsKind::CrossBorderTransfer,
        }
    }

    /// The sum they are about, without a fee: what leaves the account, what will leave it at each run, what comes back. Of a code
    /// mandate the most in a day. `None` where there is no sum.
    pub const fn amount(&self) -> Option<Money> {
        Some(match self {
            Self::Transfer(terms) => terms.amount,
            Self::OwnTransfer(terms) => terms.amount,
            Self::InterbankTransfer(terms) => terms.amount,
            Self::StandingOrder(terms) => terms.amount,
            Self::StandingOrderChange(terms) => terms.amount,
            Self::StandingOrderSkip(terms) => terms.amount,
            Self::StandingOrderCancel(terms) => terms.amount,
            Self::Cancellation(terms) => terms.amount,
            Self::BillPayment(terms) => terms.amount,
            Self::MerchantPayment(terms) => terms.amount,
            Self::RequestPayment(terms) => terms.amount,
            Self::CodeMandate(terms) => terms.per_day,
            Self::CodeMandateEnd(_) => return None,
            Self::CrossBorderTransfer(terms) => terms.quote.sell,
        })
    }

    /// The customer's account they are about; `None` where an order or a payment is only named.
    pub const fn payer(&self) -> Option<&AccountNumber> {
        Some(match self {
            Self::Transfer(terms) => &terms.from.account,
            Self::OwnTransfer(terms) => &terms.from.account,
            Self::InterbankTransfer(terms) => &terms.from.account,
            Self::StandingOrder(terms) => &terms.from.account,
            Self::StandingOrderChange(terms) => &terms.from.account,
            Self::StandingOrderSkip(_) | Self::StandingOrderCancel(_) | Self::Cancellation(_) => {
                return None;
            }
            Self::BillPayment(terms) => &terms.from.account,
            Self::MerchantPayment(terms) => &terms.from.account,
            Self::RequestPayment(terms) => &terms.from.account,
            Self::CodeMandate(terms) => &terms.from.account,
            Self::CodeMandateEnd(terms) => &terms.from.account,
            Self::CrossBorderTransfer(terms) => &terms.from.account,
        })
    }

    /// Who is paid, by name; `None` where it is the customer, or nobody.
    pub const fn payee_name(&self) -> Option<&PartyName> {
        Some(match self {
            Self::Transfer(terms) => &terms.to.name,
            Self::InterbankTransfer(terms) => &terms.to.name,
            Self::StandingOrder(terms) => &terms.to.name,
            Self::StandingOrderChange(terms) => &terms.to.name,
            Self::StandingOrderSkip(terms) => &terms.to.name,
            Self::StandingOrderCancel(terms) => &terms.to.name,
            Self::Cancellation(terms) => &terms.to.name,
            Self::BillPayment(terms) => &terms.biller.name,
            Self::MerchantPayment(terms) => &terms.merchant.name,
            Self::RequestPayment(terms) => &terms.to.name,
            Self::CrossBorderTransfer(terms) => &terms.to.name,
            Self::OwnTransfer(_) | Self::CodeMandate(_) | Self::CodeMandateEnd(_) => return None,
        })
    }

    /// The account that is paid; `None` where there is none, or the bank knows it.
    pub const fn payee_account(&self) -> Option<&AccountNumber> {
        Some(match self {
            Self::Transfer(terms) => &terms.to.account,
            Self::OwnTransfer(terms) => &terms.to.account,
            Self::InterbankTransfer(terms) => &terms.to.account,
            Self::StandingOrder(terms) => &terms.to.account,
            Self::StandingOrderChange(terms) => &terms.to.account,
            Self::StandingOrderSkip(terms) => &terms.to.account,
            Self::StandingOrderCancel(terms) => &terms.to.account,
            Self::Cancellation(terms) => &terms.to.account,
            Self::MerchantPayment(terms) => &terms.merchant.account,
            Self::RequestPayment(terms) => &terms.to.account,
            Self::CrossBorderTransfer(terms) => &terms.to.account,
            Self::BillPayment(_) | Self::CodeMandate(_) | Self::CodeMandateEnd(_) => return None,
        })
    }

    /// Whether every sum is what a customer can agree to: amounts are more than zero, fees are not less.
    pub(crate) fn has_sound_sums(&self) -> bool {
        let is_positive = |money: Money| money.minor() > 0;
        let fee_is_sound = match self {
            Self::InterbankTransfer(terms) => terms.fee.minor() >= 0,
            Self::CrossBorderTransfer(terms) => {
                terms.quote.fee.minor() >= 0 && is_positive(terms.quote.buy)
            }
            Self::CodeMandate(terms) => is_positive(terms.per_payment),
            _ => true,
        };
        fee_is_sound && self.amount().is_none_or(is_positive)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRANSFER: &str = r#"{"kind":"transfer","from":{"account":"6222021000112233445"},
        "to":{"account":"6222021000998877665","name":"李娜"},
        "amount":{"currency":"CNY","minor":"123450"},"note":"rent","arrives":"now"}"#;

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
            (r#","arrives":"now""#, ""),
            (r#""now""#, r#""later""#),
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
