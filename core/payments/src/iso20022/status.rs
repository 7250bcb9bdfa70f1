//! Where a payment stands (`ExternalPaymentTransactionStatus1Code`).

use super::code::code_set;

code_set!(
    /// The status of one payment, as the banks on its way report it.
    TransactionStatus {
        /// The bank has it.
        Received = "RCVD",
        /// Checks are going on.
        Pending = "PDNG",
        /// Form and content are good.
        TechnicallyAccepted = "ACTC",
        /// The payer's bank has agreed to it.
        CustomerAccepted = "ACCP",
        /// Accepted with a change, as of its date.
        AcceptedWithChange = "ACWC",
        /// On its way between the banks.
        SettlementInProcess = "ACSP",
        /// It has left the payer's account.
        DebtorSettled = "ACSC",
        /// It has arrived on the payee's account.
        CreditorSettled = "ACCC",
        /// It will not be carried out.
        Rejected = "RJCT",
        /// It was cancelled before it was carried out.
        Cancelled = "CANC",
    }
);

/// How a payer may still get out of a payment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Withdrawal {
    /// The payer's bank has not let go of it: it can cancel by itself.
    Cancel,
    /// It is with other banks: they are asked to send it back, and may say no.
    Recall,
    /// It has arrived, or was never carried out: there is nothing to withdraw.
    Over,
}

impl TransactionStatus {
    /// No other status comes after it. A status without a name here is taken for one that another follows.
    pub const fn is_final(self) -> bool {
        matches!(self, Self::CreditorSettled | Self::Rejected | Self::Cancelled)
    }

    /// How the payer may still get out. A status without a name here leaves it to the banks to say no.
    pub const fn withdrawal(self) -> Withdrawal {
        match self {
            Self::Received
            | Self::Pending
            | Self::TechnicallyAccepted
            | Self::CustomerAccepted
            | Self::AcceptedWithChange => Withdrawal::Cancel,
            Self::SettlementInProcess | Self::DebtorSettled | Self::Other(_) => Withdrawal::Recall,
            Self::CreditorSettled | Self::Rejected | Self::Cancelled => Withdrawal::Over,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_status_is_read_and_written_as_its_code() {
        for status in TransactionStatus::NAMED {
            assert_eq!(status.code().parse(), Ok(*status));
            assert!(!matches!(status, TransactionStatus::Other(_)));
        }
        let other: TransactionStatus = serde_json::from_str("\"BLCK\"").unwrap();
        assert!(matches!(other, TransactionStatus::Other(_)));
        assert_eq!(serde_json::to_string(&other).unwrap(), "\"BLCK\"");
        assert!(serde_json::from_str::<TransactionStatus>("\"done\"").is_err());
    }

    #[test]
    fn what_is_final_cannot_be_withdrawn_and_the_rest_can() {
        let other: TransactionStatus = "BLCK".parse().unwrap();
        for status in TransactionStatus::NAMED.iter().copied().chain([other]) {
            assert_eq!(status.is_final(), status.withdrawal() == Withdrawal::Over, "{status:?}");
        }
        assert_eq!(TransactionStatus::Pending.withdrawal(), Withdrawal::Cancel);
        assert_eq!(other.withdrawal(), Withdrawal::Recall);
    }
}
