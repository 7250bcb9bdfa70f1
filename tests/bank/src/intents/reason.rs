//! Why an intent is refused: the protocol's words, in the order the checks run.

use serde::Serialize;

/// Why an intent was not executed. Declared in the order of the checks: the first that applies is
/// the one the receipt names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// Not signed by the approval key enrolled for the device that sent it. Decides this approval
    /// only, not the intent's id.
    ApprovalInvalid,
    /// Made for another device or another bank.
    WrongDevice,
    /// After its end, or made more than a minute ahead of the bank's clock.
    Expired,
    /// The challenge is not one this client may use now.
    ChallengeInvalid,
    /// The customer's payments are frozen. Before anything is said about the terms: whoever holds the
    /// phone learns nothing more.
    PaymentsFrozen,
    /// The customer was shown other words than these terms give.
    DisplayMismatch,
    /// The bank does not do this kind of thing.
    KindUnsupported,
    /// The amount is not above zero, or a text breaks the rules of section 9.1.
    TermsInvalid,
    /// The paying account is not the customer's, or cannot pay.
    AccountNotPayable,
    /// The amount is in another currency than one of the accounts.
    CurrencyMismatch,
    /// No customer has the account to be paid.
    PayeeUnknown,
    /// The account to be paid is not in this name.
    PayeeNameMismatch,
    /// The account to be paid is the paying one.
    SameAccount,
    /// More than one payment, or one day's payments, may come to.
    LimitExceeded,
    /// More than is available.
    InsufficientFunds,
}

impl Reason {
    /// Every reason, in the order of the checks.
    pub const ALL: [Self; 15] = [
        Self::ApprovalInvalid,
        Self::WrongDevice,
        Self::Expired,
        Self::ChallengeInvalid,
        Self::PaymentsFrozen,
        Self::DisplayMismatch,
        Self::KindUnsupported,
        Self::TermsInvalid,
        Self::AccountNotPayable,
        Self::CurrencyMismatch,
        Self::PayeeUnknown,
        Self::PayeeNameMismatch,
        Self::SameAccount,
        Self::LimitExceeded,
        Self::InsufficientFunds,
    ];

    /// The protocol's word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::ApprovalInvalid => "approval_invalid",
            Self::WrongDevice => "wrong_device",
            Self::Expired => "expired",
            Self::ChallengeInvalid => "challenge_invalid",
            Self::PaymentsFrozen => "payments_frozen",
            Self::DisplayMismatch => "display_mismatch",
            Self::KindUnsupported => "kind_unsupported",
            Self::TermsInvalid => "terms_invalid",
            Self::AccountNotPayable => "account_not_payable",
            Self::CurrencyMismatch => "currency_mismatch",
            Self::PayeeUnknown => "payee_unknown",
            Self::PayeeNameMismatch => "payee_name_mismatch",
            Self::SameAccount => "same_account",
            Self::LimitExceeded => "limit_exceeded",
            Self::InsufficientFunds => "insufficient_funds",
        }
    }
}
