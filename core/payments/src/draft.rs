//! The door: what a person typed becomes terms, or is refused field by field with a reason.
//!
//! Works without a network. What the phone knows may be old, so only what cannot become right by waiting is refused here: form,
//! names, the same account twice, a limit told a moment ago. An amount above the balance on screen is a *warning*: the salary may
//! arrive before the payment leaves, and the bank decides with the balance it has.

use guichet_foundation::account_number::{AccountNumber, InvalidAccountNumber};
use guichet_foundation::ids::IntentId;
use guichet_foundation::money::{Currency, InvalidMoney, Money};
use guichet_foundation::sensitivity::C2;
use guichet_foundation::text::{InvalidText, Note, PartyName};
use guichet_foundation::time::Timestamp;

use crate::disguise::{self, Disguise};
use crate::limits::{AboveLimit, KnownLimits, exceeds};
use crate::outbox::{Draft, OutboxFailure};
use crate::payments::Payments;
use crate::terms::{Arrival, Payee, Payer, Terms, Transfer};

/// A transfer as typed. Debug shows dots.
#[derive(Clone, Debug)]
pub struct TransferForm {
    /// The account the customer chose, with what the phone knows of it.
    pub from: PayingAccount,
    /// The payee's account number: spaces, hyphens and full-width digits are fine.
    pub to_account: C2<String>,
    /// The payee's name.
    pub to_name: C2<String>,
    /// The amount: `1,234.5`.
    pub amount: C2<String>,
    /// The currency of the amount.
    pub currency: Currency,
    /// The message; may be empty.
    pub note: C2<String>,
}

/// One of the customer's accounts, as the phone has it stored.
#[derive(Clone, Debug)]
pub struct PayingAccount {
    /// Its number.
    pub number: AccountNumber,
    /// Its currency.
    pub currency: Currency,
    /// Whether the bank lets transfers be made from it.
    pub can_pay: bool,
    /// The available balance, if known.
    pub available: Option<Money>,
}

/// A draft was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Drafted {
    /// Its id: the payment's, and the intent's, for good.
    pub id: IntentId,
    /// What the customer should know before going on.
    pub warnings: Vec<DraftWarning>,
}

/// Why the bank will probably refuse, as far as the phone knows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DraftWarning {
    /// More than the account had when it was last seen.
    AboveBalance {
        /// The balance last seen.
        available: Money,
    },
    /// Above a limit that the bank told some time ago.
    AboveLimit(AboveLimit),
}

/// Why there is no draft.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DraftFailure {
    /// The form is refused, for every reason in the list; it has one at least.
    #[error("the form is refused for {} reasons", .0.len())]
    Refused(Vec<FormRefusal>),
    /// The draft could not be recorded.
    #[error(transparent)]
    Outbox(#[from] OutboxFailure),
}

/// What is wrong with a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum FormRefusal {
    /// No transfers can be made from the account; choose another.
    #[error("no transfers can be made from this account")]
    CannotPay,
    /// The amount is not in the account's currency.
    #[error("the amount is not in the account's currency")]
    OtherCurrency,
    /// The payee's account number.
    #[error("the payee's account: {0}")]
    PayeeAccount(InvalidAccountNumber),
    /// Payer and payee are the same account.
    #[error("payer and payee are the same account")]
    SameAccount,
    /// The payee's name.
    #[error("the payee's name: {0}")]
    PayeeName(InvalidText),
    /// The payee's name would show as another.
    #[error("the payee's name: {0}")]
    PayeeNameDisguised(Disguise),
    /// The amount.
    #[error("the amount: {0}")]
    Amount(InvalidMoney),
    /// The amount is above the limit for one payment, which the bank told a moment ago.
    #[error("the amount is above the limit for one payment")]
    AboveLimit {
        /// The limit.
        limit: Money,
    },
    /// The message.
    #[error("the message: {0}")]
    Note(InvalidText),
    /// The message would show as another.
    #[error("the message: {0}")]
    NoteDisguised(Disguise),
}

/// The fields of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    /// The account that pays.
    From,
    /// The payee's account.
    PayeeAccount,
    /// The payee's name.
    PayeeName,
    /// The amount.
    Amount,
    /// The message.
    Note,
}

impl FormRefusal {
    /// The field to which the reason belongs.
    pub const fn field(&self) -> Field {
        match self {
            Self::CannotPay => Field::From,
            Self::PayeeAccount(_) | Self::SameAccount => Field::PayeeAccount,
            Self::PayeeName(_) | Self::PayeeNameDisguised(_) => Field::PayeeName,
            Self::Amount(_) | Self::OtherCurrency | Self::AboveLimit { .. } => Field::Amount,
            Self::Note(_) | Self::NoteDisguised(_) => Field::Note,
        }
    }
}

impl Payments {
    /// Checks the form and records a draft. Needs an open vault and no network; nothing is signed and nothing is sent.
    pub fn draft(&self, form: &TransferForm) -> Result<Drafted, DraftFailure> {
        let now = self.room.now();
        let known = self.room.outbox().limits()?;
        let (terms, warnings) = check(form, known, now).map_err(DraftFailure::Refused)?;
        let id = self.draft_terms(terms)?;
        Ok(Drafted { id, warnings })
    }

    /// Records a draft of terms that were checked at a door of their kind.
    pub(crate) fn draft_terms(&self, terms: Terms) -> Result<IntentId, OutboxFailure> {
        let id = self.room.random_id();
        self.room.outbox().add(&Draft { id, terms, made_at: self.room.now() })?;
        Ok(id)
    }
}

/// The terms that the form means, or everything that is wrong with it.
fn check(
    form: &TransferForm,
    known: Option<KnownLimits>,
    now: Timestamp,
) -> Result<(Terms, Vec<DraftWarning>), Vec<FormRefusal>> {
    let mut refusals = Vec::new();
    if !form.from.can_pay {
        refusals.push(FormRefusal::CannotPay);
    }
    let account = take(payee_account(form), &mut refusals);
    let name = take(payee_name(form), &mut refusals);
    let amount = take(amount(form, known, now), &mut refusals);
    let note = take(note(form), &mut refusals);
    let (Some(account), Some(name), Some(amount), Some(note), true) =
        (account, name, amount, note, refusals.is_empty())
    else {
        return Err(refusals);
    };
    let from = Payer { account: form.from.number.clone() };
    let terms = Terms::Transfer(Transfer {
        from,
        to: Payee { account, name },
        amount,
        note,
        arrives: Arrival::Now,
    });
    Ok((terms, warnings(form, amount, known)))
}

fn take<T>(result: Result<T, FormRefusal>, refusals: &mut Vec<FormRefusal>) -> Option<T> {
    result.map_err(|refusal| refusals.push(refusal)).ok()
}

fn payee_account(form: &TransferForm) -> Result<AccountNumber, FormRefusal> {
    let account =
        AccountNumber::from_entry(form.to_account.expose()).map_err(FormRefusal::PayeeAccount)?;
    if account == form.from.number { Err(FormRefusal::SameAccount) } else { Ok(account) }
}

fn payee_name(form: &TransferForm) -> Result<PartyName, FormRefusal> {
    let name = PartyName::from_entry(form.to_name.expose()).map_err(FormRefusal::PayeeName)?;
    disguise::look_at_name(name.expose()).map_err(FormRefusal::PayeeNameDisguised)?;
    Ok(name)
}

fn amount(
    form: &TransferForm,
    known: Option<KnownLimits>,
    now: Timestamp,
) -> Result<Money, FormRefusal> {
    if form.currency != form.from.currency {
        return Err(FormRefusal::OtherCurrency);
    }
    let amount =
        Money::from_entry(form.currency, form.amount.expose()).map_err(FormRefusal::Amount)?;
    match known {
        Some(known) if known.is_firm(now) && exceeds(amount, known.limits.per_payment) => {
            Err(FormRefusal::AboveLimit { limit: known.limits.per_payment })
        }
        _ => Ok(amount),
    }
}

fn note(form: &TransferForm) -> Result<Note, FormRefusal> {
    let note = Note::from_entry(form.note.expose()).map_err(FormRefusal::Note)?;
    disguise::look_at_note(note.expose()).map_err(FormRefusal::NoteDisguised)?;
    Ok(note)
}

fn warnings(form: &TransferForm, amount: Money, known: Option<KnownLimits>) -> Vec<DraftWarning> {
    let balance = form
        .from
        .available
        .filter(|available| exceeds(amount, *available))
        .map(|available| DraftWarning::AboveBalance { available });
    let limit =
        known.and_then(|known| known.limits.allow(amount).err()).map(DraftWarning::AboveLimit);
    balance.into_iter().chain(limit).collect()
}
