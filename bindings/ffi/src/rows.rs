use crate::cross::{Cross, record};
use crate::private_text::PrivateText;

record! {
    /// An account on a screen.
    AccountRow mirrors guichet_app::AccountRow {
        /// To ask for its page. C1: the bank's id, not the number.
        id: String,
        /// `Everyday account`. C2.
        name: PrivateText,
        /// `••3445`. C2.
        number: PrivateText,
        /// What kind of account it is, in words. C1.
        kind: String,
        /// The booked balance: `¥1,234.50`. C2.
        balance: PrivateText,
        /// `Available ¥1,200.00`, where it differs from the balance. C2.
        available: Option<PrivateText>,
        /// What a screen reader says for the row. C2.
        spoken: PrivateText,
        /// Whether a payment can be made from it. C1.
        can_pay: bool,
    }
}

record! {
    /// A transaction on a screen.
    TransactionRow mirrors guichet_app::TransactionRow {
        /// The bank's id. C1.
        id: String,
        /// Who the money came from or went to. C2.
        title: PrivateText,
        /// `23 Nov 2026 · Food`, with the note if there is one. C2.
        detail: PrivateText,
        /// `−¥12.00`, `+¥8,000.00`. C2.
        amount: PrivateText,
        /// `Pending`, as long as it is not booked. C1.
        pending: Option<String>,
        /// Whether money came in, for the colour of the amount. C1.
        incoming: bool,
        /// What a screen reader says for the row. C2.
        spoken: PrivateText,
    }
}

record! {
    /// A stretch of transactions, newest first.
    TransactionPage mirrors guichet_app::TransactionPage {
        /// The heading: what was found, or nothing. C2: it may repeat what was searched for.
        heading: Option<PrivateText>,
        /// The rows. C2.
        rows: Vec<TransactionRow>,
        /// To ask for the next, older page; opaque. `None` at the end. C1.
        older: Option<i64>,
    }
}

impl Cross<i64> for guichet_app::PageMark {
    fn cross(self) -> i64 {
        self.0
    }
}
