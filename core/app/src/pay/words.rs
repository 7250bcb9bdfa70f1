//! Stages, refusals and reasons of payments, in the customer's words.

use guichet_foundation::money::Money;
use guichet_foundation::sensitivity::C2;
use guichet_payments::{
    AboveLimit, ApproveRefusal, DraftWarning, OutboxItem, PromptStage, Receipt,
    RefusalReason as BankReason, ReviewFailure, Setback, Stage, Terms, TermsKind,
};

use crate::notice::Notice;
use crate::pay::cards::ActivityStage;
use crate::refusal::{Refusal, RefusalReason};
use crate::text::Words;

pub(super) const fn activity_stage(stage: &Stage) -> ActivityStage {
    match stage {
        Stage::Draft { setback: Some(Setback::NotSent) } => ActivityStage::NotSent,
        Stage::Draft { .. } => ActivityStage::Draft,
        Stage::Reviewed { .. } => ActivityStage::Review,
        Stage::Approved { .. } | Stage::InFlight => ActivityStage::Sending,
        Stage::Unknown { .. } => ActivityStage::Unknown,
        Stage::Confirmed { .. } => ActivityStage::Confirmed,
        Stage::Rejected { .. } => ActivityStage::Rejected,
    }
}

pub(super) fn status(stage: &Stage, words: &Words) -> String {
    match stage {
        Stage::Draft { setback: Some(Setback::NotSent) } => words.say("stage-not-sent"),
        Stage::Draft { .. } => words.say("stage-draft"),
        Stage::Reviewed { .. } => words.say("stage-review"),
        Stage::Approved { .. } | Stage::InFlight => words.say("stage-sending"),
        Stage::Unknown { .. } => words.say("stage-unknown"),
        Stage::Confirmed { at } => {
            words.say_with("stage-confirmed", &[("time", (&words.time(*at)).into())])
        }
        Stage::Rejected { reason, .. } => {
            let reason = words.say(reason_words(*reason));
            words.say_with("stage-rejected", &[("reason", (&reason).into())])
        }
    }
}

pub(super) fn busy(stage: &Stage, words: &Words) -> Option<String> {
    match stage {
        Stage::Reviewed { prompt: PromptStage::Open, .. } => Some(words.say("pay-waiting")),
        Stage::Approved { .. } | Stage::InFlight => Some(words.say("pay-sending")),
        _ => None,
    }
}

/// Who is paid, as the customer gave the name; what it is about, where nobody else is.
pub(super) fn title(terms: &Terms, words: &Words) -> String {
    match terms.payee_name() {
        Some(name) => name.expose().to_owned(),
        None => words.say(kind(terms.kind())),
    }
}

/// `¥12.00 to Li Na`.
pub(super) fn line(terms: &Terms, words: &Words) -> String {
    let title = title(terms, words);
    let Some(amount) = terms.amount() else { return title };
    let id = if terms.payee_name().is_some() { "pay-draft-line" } else { "pay-draft-line-kind" };
    let amount = words.amount(amount);
    words.say_with(id, &[("amount", (&amount).into()), ("name", (&title).into())])
}

/// The label of the button that approves.
pub(super) fn approve(terms: &Terms, words: &Words) -> String {
    match terms.amount() {
        Some(amount) => {
            words.say_with("pay-approve", &[("amount", (&words.amount(amount)).into())])
        }
        None => words.say("pay-approve-kind"),
    }
}

/// What a screen reader says for a payment and where it stands.
pub(super) fn spoken(terms: &Terms, status: &str, words: &Words) -> String {
    let title = title(terms, words);
    let amount = terms.amount().map(|amount: Money| words.spoken_amount(amount));
    let id = match (&amount, terms.payee_name()) {
        (Some(_), Some(_)) => "activity-spoken",
        (Some(_), None) => "activity-spoken-kind",
        (None, _) => "activity-spoken-plain",
    };
    let amount = amount.unwrap_or_default();
    words.say_with(
        id,
        &[("amount", (&amount).into()), ("name", (&title).into()), ("status", status.into())],
    )
}

const fn kind(kind: TermsKind) -> &'static str {
    match kind {
        TermsKind::Transfer => "kind-transfer",
        TermsKind::OwnTransfer => "kind-own-transfer",
        TermsKind::InterbankTransfer => "kind-interbank-transfer",
        TermsKind::StandingOrder => "kind-standing-order",
        TermsKind::StandingOrderChange => "kind-standing-order-change",
        TermsKind::StandingOrderSkip => "kind-standing-order-skip",
        TermsKind::StandingOrderCancel => "kind-standing-order-cancel",
        TermsKind::Cancellation => "kind-cancellation",
        TermsKind::BillPayment => "kind-bill-payment",
        TermsKind::MerchantPayment => "kind-merchant-payment",
        TermsKind::RequestPayment => "kind-request-payment",
        TermsKind::CodeMandate => "kind-code-mandate",
        TermsKind::CodeMandateEnd => "kind-code-mandate-end",
        TermsKind::CrossBorderTransfer => "kind-cross-border-transfer",
    }
}

/// The words of a receipt: what was decided, and about what.
pub(super) fn receipt(item: &OutboxItem, receipt: &Receipt, words: &Words) -> C2<String> {
    let line = line(&item.terms, words);
    C2::new(format!("{line}\n{}\n{}", status(&item.stage, words), receipt.id()))
}

pub(super) fn warning(warning: DraftWarning, words: &Words) -> String {
    match warning {
        DraftWarning::AboveBalance { .. } => words.say("refusal-insufficient-funds"),
        DraftWarning::AboveLimit(limit) => above_limit(limit, words),
    }
}

fn above_limit(limit: AboveLimit, words: &Words) -> String {
    let most = match limit {
        AboveLimit::PerPayment { limit } => limit,
        AboveLimit::Today { remaining } => remaining,
    };
    words.say_with("refusal-amount-over-limit", &[("amount", (&words.amount(most)).into())])
}

pub(super) fn review_failure(failure: &ReviewFailure, words: &Words) -> Notice {
    match failure {
        ReviewFailure::Bank(failure) => Notice::of_call(*failure, words),
        ReviewFailure::AboveLimit(limit) => Notice::trouble(above_limit(*limit, words)),
        ReviewFailure::AlreadyApproved => Notice::info(words.say("stage-sending")),
        ReviewFailure::Busy => Notice::info(words.say("refusal-busy")),
        ReviewFailure::Unreadable => Notice::trouble(words.say("trouble-unreadable")),
        ReviewFailure::NotFrozen(_) => Notice::trouble(words.say("trouble-update")),
        ReviewFailure::Outbox(_) => Notice::trouble(words.say("refusal-not-found")),
    }
}

pub(super) fn approve_refusal(refusal: &ApproveRefusal, words: &Words) -> Refusal {
    let (reason, id) = match refusal {
        ApproveRefusal::Obscured => (RefusalReason::Obscured, "refusal-obscured"),
        ApproveRefusal::NotReviewed | ApproveRefusal::Outbox(_) => {
            (RefusalReason::NotFound, "refusal-not-found")
        }
        ApproveRefusal::Expired => (RefusalReason::Expired, "refusal-expired"),
        ApproveRefusal::OtherWords | ApproveRefusal::OtherDevice => {
            (RefusalReason::Changed, "refusal-changed")
        }
        ApproveRefusal::Busy => (RefusalReason::Busy, "refusal-busy"),
    };
    Refusal::new(words, reason, id)
}

const fn reason_words(reason: BankReason) -> &'static str {
    match reason {
        BankReason::ApprovalInvalid => "reason-approval-invalid",
        BankReason::WrongDevice => "reason-wrong-device",
        BankReason::Expired => "reason-expired",
        BankReason::ChallengeInvalid => "reason-challenge-invalid",
        BankReason::PaymentsFrozen => "reason-payments-frozen",
        BankReason::DisplayMismatch => "reason-display-mismatch",
        BankReason::KindUnsupported => "reason-kind-unsupported",
        BankReason::TermsInvalid => "reason-terms-invalid",
        BankReason::AccountNotPayable => "reason-account-not-payable",
        BankReason::CurrencyMismatch => "reason-currency-mismatch",
        BankReason::PayeeUnknown => "reason-payee-unknown",
        BankReason::PayeeNameMismatch => "reason-payee-name-mismatch",
        BankReason::SameAccount => "reason-same-account",
        BankReason::LimitExceeded => "reason-limit-exceeded",
        BankReason::InsufficientFunds => "reason-insufficient-funds",
        BankReason::Other => "reason-other",
    }
}
