//! Why a payment stands where it stands (`ExternalStatusReason1Code`).

use super::code::code_set;

code_set!(
    /// The reason for a status, mostly of why a payment was rejected or comes back.
    StatusReason {
        /// The account number is wrong.
        IncorrectAccountNumber = "AC01",
        /// The payee's account number is invalid or missing.
        InvalidCreditorAccountNumber = "AC03",
        /// The account is closed.
        ClosedAccountNumber = "AC04",
        /// The account is blocked.
        BlockedAccount = "AC06",
        /// Such a payment may not go to or from this kind of account.
        TransactionForbidden = "AG01",
        /// The amount is above or below what is allowed.
        NotAllowedAmount = "AM02",
        /// The currency cannot be processed, or not on this account.
        NotAllowedCurrency = "AM03",
        /// There is not enough money on the account.
        InsufficientFunds = "AM04",
        /// The same payment was there already.
        Duplication = "AM05",
        /// The amount is not the one agreed or expected.
        WrongAmount = "AM09",
        /// The name does not belong to the account.
        InconsistentWithEndCustomer = "BE01",
        /// The payee's address is missing or wrong.
        MissingCreditorAddress = "BE04",
        /// The payee is not known at the account's bank.
        UnknownEndCustomer = "BE06",
        /// The payer's address is missing or wrong.
        MissingDebtorAddress = "BE07",
        /// The currency of the payment is wrong.
        IncorrectCurrency = "CURR",
        /// The payer asked for it.
        RequestedByCustomer = "CUST",
        /// The date is invalid.
        InvalidDate = "DT01",
        /// It follows a request to cancel.
        FollowingCancellationRequest = "FOCR",
        /// Fraud is suspected.
        FraudulentOrigin = "FRAD",
        /// The holder of the account has died.
        EndCustomerDeceased = "MD07",
        /// The payee refused it and gave no reason.
        NotSpecifiedByCustomer = "MS02",
        /// The bank gave no reason.
        NotSpecifiedByAgent = "MS03",
        /// The reason is told in words that go with it.
        Narrative = "NARR",
        /// The bank's identifier is wrong.
        BankIdentifierIncorrect = "RC01",
        /// The payee's name or address is missing, which the law asks for.
        MissingCreditorNameOrAddress = "RR03",
        /// A law or a regulation stands against it.
        RegulatoryReason = "RR04",
        /// It came after the bank's closing time.
        CutOffTime = "TM01",
    }
);

/// What a reason is about, and so what a customer can do. Closed: an unknown code is unsaid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Concern {
    /// The payee's account number: compare it, and pay again.
    AccountNumber,
    /// The payee's account takes no money: ask the payee for another.
    AccountState,
    /// The payee's name or address: ask the payee how they are written.
    PayeeDetails,
    /// The payer's own address at the bank.
    PayerDetails,
    /// The payee's bank: compare its identifier.
    Bank,
    /// Amount or currency: pay another one.
    Amount,
    /// The payer's balance.
    Funds,
    /// It was there already: look before paying again.
    Repeated,
    /// The payer wanted it so.
    Wanted,
    /// Fraud: speak to the bank.
    Fraud,
    /// A rule of the bank or of the law: speak to the bank.
    Rules,
    /// Date or time: pay again on another day.
    Time,
    /// Nobody said: ask the bank.
    Unsaid,
}

impl StatusReason {
    /// What it is about.
    pub const fn concern(self) -> Concern {
        match self {
            Self::IncorrectAccountNumber | Self::InvalidCreditorAccountNumber => {
                Concern::AccountNumber
            }
            Self::ClosedAccountNumber | Self::BlockedAccount | Self::EndCustomerDeceased => {
                Concern::AccountState
            }
            Self::InconsistentWithEndCustomer
            | Self::MissingCreditorAddress
            | Self::UnknownEndCustomer
            | Self::MissingCreditorNameOrAddress => Concern::PayeeDetails,
            Self::MissingDebtorAddress => Concern::PayerDetails,
            Self::BankIdentifierIncorrect => Concern::Bank,
            Self::NotAllowedAmount
            | Self::NotAllowedCurrency
            | Self::WrongAmount
            | Self::IncorrectCurrency => Concern::Amount,
            Self::InsufficientFunds => Concern::Funds,
            Self::Duplication => Concern::Repeated,
            Self::RequestedByCustomer | Self::FollowingCancellationRequest => Concern::Wanted,
            Self::FraudulentOrigin => Concern::Fraud,
            Self::TransactionForbidden | Self::RegulatoryReason => Concern::Rules,
            Self::InvalidDate | Self::CutOffTime => Concern::Time,
            Self::NotSpecifiedByCustomer
            | Self::NotSpecifiedByAgent
            | Self::Narrative
            | Self::Other(_) => Concern::Unsaid,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_reason_is_read_and_written_as_its_code() {
        for reason in StatusReason::NAMED {
            assert_eq!(reason.code().parse(), Ok(*reason));
            assert!(!matches!(reason, StatusReason::Other(_)));
        }
    }

    #[test]
    fn a_new_reason_is_kept_and_says_nothing() {
        let reason: StatusReason = "XT99".parse().unwrap();
        assert_eq!((reason.code(), reason.concern()), ("XT99", Concern::Unsaid));
        assert!("fraud".parse::<StatusReason>().is_err());
    }
}
