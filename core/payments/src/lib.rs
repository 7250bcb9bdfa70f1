//! Payments, from a form to the bank's receipt: the room auditors read.
//!
//! A transfer is [drafted](Payments::draft), also without a network; [reviewed](Payments::review) with the bank, which freezes an
//! intent; [approved](Payments::approve) with a biometric over exactly the words that were shown; sent; and settled by the bank's
//! signed receipt, or shown as unknown until there is one. The story is told in `outbox`, the states in `outbox::machine`, what is
//! signed in `frozen` and `display`, what is believed in `receipt`. Protocol: docs/protocol.md, sections 6 and 9.
//!
//! What always holds, each with a test named after it: an intent moves money at most once; what was executed was approved over
//! the very words on the screen; confirmed and rejected are proved by a receipt, everything else is unknown; every unknown
//! settles once the network heals; nothing executes after its expiry; a bad answer changes nothing.

mod approval;
mod desk;
mod digest;
mod disguise;
mod display;
mod draft;
mod frozen;
mod intent;
mod limits;
mod outbox;
mod payments;
mod receipt;
mod resolve;
mod review;
mod submit;
mod terms;

pub use approval::{ApprovalFailure, ApproveRefusal};
pub use digest::{ApprovalDigest, IntentDigest, InvalidDigest, TextDigest};
pub use disguise::Disguise;
pub use display::{NoTemplate, render};
pub use draft::{
    DraftFailure, DraftWarning, Drafted, Field, FormRefusal, PayingAccount, TransferForm,
};
pub use frozen::{Circumstances, Frozen, LIFETIME_MAX_SECONDS, NotFrozen, Signed};
pub use intent::{Challenge, Display, Intent, InvalidMember, Suite, Version};
pub use limits::{AboveLimit, Limits};
pub use outbox::{OutboxFailure, OutboxItem, PromptStage, Setback, Stage, schema};
pub use payments::{DiscardRefusal, Payments};
pub use receipt::{EntryId, Outcome, Receipt, RefusalReason, Unbelievable};
pub use resolve::Resolved;
pub use review::{Review, ReviewFailure};
pub use terms::{
    Arrival, BillPayment, Biller, Cancellation, Charges, CodeMandate, CodeMandateEnd,
    CrossBorderTransfer, Every, InterbankTransfer, InvalidRate, Merchant, MerchantPayment,
    OtherBank, OwnAccount, OwnTransfer, Payee, PayeeAbroad, Payer, Purpose, Quote, Rate,
    RequestPayment, Schedule, StandingOrder, StandingOrderCancel, StandingOrderChange,
    StandingOrderSkip, Terms, TermsKind, Transfer,
};
