use guichet_foundation::account_number::InvalidAccountNumber;
use guichet_foundation::ids::AccountId;
use guichet_foundation::money::InvalidMoney;
use guichet_foundation::sensitivity::C2;
use guichet_foundation::text::InvalidText;
use guichet_ledger::Ledger;
use guichet_payments::{DraftFailure, FormRefusal, PayingAccount, TransferForm};

use crate::refusal::{Field, Refusal, RefusalReason, Refusals};
use crate::text::{Argument, Words};

/// A transfer as typed. The amount is in the currency of the account it is paid from.
#[derive(Clone, Debug)]
pub struct PayForm {
    /// The account to pay from.
    pub from: AccountId,
    /// The payee's name.
    pub to_name: C2<String>,
    /// The payee's account number: spaces and hyphens are fine.
    pub to_account: C2<String>,
    /// The amount: `1,234.5`.
    pub amount: C2<String>,
    /// The message; may be empty.
    pub note: C2<String>,
}

/// The form with what the phone knows of the paying account.
pub(super) fn transfer(
    form: &PayForm,
    ledger: &Ledger,
    words: &Words,
) -> Result<TransferForm, Refusals> {
    let unknown = || {
        Refusals::of(Refusal::of_field(
            words,
            RefusalReason::Invalid,
            Field::From,
            "refusal-from-unknown",
            &[],
        ))
    };
    let account = ledger.account(&form.from).map_err(|_| unknown())?.ok_or_else(unknown)?;
    Ok(TransferForm {
        from: PayingAccount {
            number: account.number,
            currency: account.booked.currency(),
            can_pay: account.can_pay,
            available: Some(account.available),
        },
        to_account: form.to_account.clone(),
        to_name: form.to_name.clone(),
        amount: form.amount.clone(),
        currency: account.booked.currency(),
        note: form.note.clone(),
    })
}

pub(super) fn refusals(failure: &DraftFailure, words: &Words) -> Refusals {
    match failure {
        DraftFailure::Refused(reasons) => {
            Refusals(reasons.iter().map(|reason| refusal(reason, words)).collect())
        }
        DraftFailure::Outbox(_) => {
            Refusals::of(Refusal::new(words, RefusalReason::Busy, "lock-storage"))
        }
    }
}

fn refusal(refusal: &FormRefusal, words: &Words) -> Refusal {
    let (field, id) = match refusal {
        FormRefusal::CannotPay => (Field::From, "refusal-from-not-payable"),
        FormRefusal::SameAccount => (Field::Account, "refusal-same-account"),
        FormRefusal::PayeeAccount(InvalidAccountNumber::Length) => {
            (Field::Account, "refusal-account-length")
        }
        FormRefusal::PayeeAccount(InvalidAccountNumber::Character) => {
            (Field::Account, "refusal-account-character")
        }
        FormRefusal::PayeeName(InvalidText::Empty) => (Field::Name, "refusal-name-empty"),
        FormRefusal::PayeeName(InvalidText::TooLong { max }) => {
            return invalid(words, Field::Name, "refusal-name-too-long", &[("max", (*max).into())]);
        }
        FormRefusal::PayeeName(_) | FormRefusal::PayeeNameDisguised(_) => {
            (Field::Name, "refusal-name-deceptive")
        }
        FormRefusal::Note(InvalidText::TooLong { max }) => {
            return invalid(words, Field::Note, "refusal-note-too-long", &[("max", (*max).into())]);
        }
        FormRefusal::Note(_) | FormRefusal::NoteDisguised(_) => {
            (Field::Note, "refusal-note-deceptive")
        }
        FormRefusal::Amount(InvalidMoney::TooPrecise { digits }) => {
            let digits = [("digits", (*digits).into())];
            return invalid(words, Field::Amount, "refusal-amount-too-precise", &digits);
        }
        FormRefusal::AboveLimit { limit } => {
            let limit = words.amount(*limit);
            return Refusal::of_field(
                words,
                RefusalReason::OverLimit,
                Field::Amount,
                "refusal-amount-over-limit",
                &[("amount", (&limit).into())],
            );
        }
        FormRefusal::Amount(amount) => (Field::Amount, amount_words(*amount)),
        FormRefusal::OtherCurrency => (Field::Amount, "reason-currency-mismatch"),
    };
    invalid(words, field, id, &[])
}

fn invalid(words: &Words, field: Field, id: &str, arguments: &[(&str, Argument<'_>)]) -> Refusal {
    Refusal::of_field(words, RefusalReason::Invalid, field, id, arguments)
}

const fn amount_words(amount: InvalidMoney) -> &'static str {
    match amount {
        InvalidMoney::Empty => "refusal-amount-empty",
        InvalidMoney::NotANumber | InvalidMoney::TooPrecise { .. } => "refusal-amount-not-a-number",
        InvalidMoney::Negative => "refusal-amount-negative",
        InvalidMoney::Zero => "refusal-amount-zero",
        InvalidMoney::TooLarge => "refusal-amount-too-large",
    }
}
