use guichet_foundation::ids::IntentId;
use guichet_foundation::sensitivity::C2;
use guichet_payments::{OutboxItem, Review, Setback, Stage};

use crate::pay::words;
use crate::text::Words;

/// The payment the customer is at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PayCard {
    /// A draft: to be checked with the bank, or thrown away.
    Draft(DraftCard),
    /// The words to approve.
    Review(ReviewCard),
}

/// A draft on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DraftCard {
    /// The payment.
    pub id: IntentId,
    /// `¥12.00 to Li Na`.
    pub line: C2<String>,
    /// Why it is a draft again, or what it waits for.
    pub hint: Option<String>,
    /// The label of the button that leads to the words.
    pub review: String,
    /// The label of the button that throws it away.
    pub discard: String,
}

/// The words to approve. A shell draws `text` letter for letter, and hands back `digest` with the approval.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReviewCard {
    /// The payment.
    pub id: IntentId,
    /// The question above the words.
    pub title: String,
    /// The words, line by line.
    pub text: C2<String>,
    /// The SHA-256 of the words, base64url. Whoever guesses the words can confirm the guess with it.
    pub digest: C2<String>,
    /// Until when they can be approved.
    pub expires: String,
    /// The label of the button that approves: `Approve ¥12.00`.
    pub approve: C2<String>,
    /// The label of the button that throws it away.
    pub discard: String,
}

/// A payment and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ActivityRow {
    /// The payment.
    pub id: IntentId,
    /// Where it stands, for the icon and the colour.
    pub stage: ActivityStage,
    /// Who is paid, or what it is about.
    pub title: C2<String>,
    /// How much; empty where there is no sum.
    pub amount: C2<String>,
    /// Where it stands, in a sentence.
    pub status: String,
    /// What a screen reader says for the row.
    pub spoken: C2<String>,
    /// Whether the bank's receipt can be shown.
    pub has_receipt: bool,
}

/// Where a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ActivityStage {
    /// Not approved.
    Draft,
    /// Waiting for the customer's approval.
    Review,
    /// Approved and on its way.
    Sending,
    /// Sent; whether the bank executed it is not known yet.
    Unknown,
    /// Executed.
    Confirmed,
    /// Refused; never will be executed.
    Rejected,
    /// Approved but never sent; nothing was paid.
    NotSent,
}

impl DraftCard {
    pub(super) fn new(item: &OutboxItem, online: bool, words: &Words) -> Self {
        let hint = match item.stage {
            Stage::Draft { setback: Some(Setback::ReviewExpired) } => Some("refusal-expired"),
            Stage::Draft { setback: Some(Setback::NotSent) } => Some("stage-not-sent"),
            _ => (!online).then_some("pay-draft-offline"),
        };
        Self {
            id: item.id,
            line: C2::new(words::line(&item.terms, words)),
            hint: hint.map(|id| words.say(id)),
            review: words.say("pay-review"),
            discard: words.say("pay-discard"),
        }
    }
}

impl ReviewCard {
    pub(super) fn new(review: &Review, words: &Words) -> Self {
        let expires = words.clock_time(review.expires);
        Self {
            id: review.id,
            title: words.say("pay-review-title"),
            text: review.text.clone(),
            digest: C2::new(review.digest.into()),
            expires: words.say_with("pay-review-expires", &[("time", (&expires).into())]),
            approve: C2::new(words::approve(&review.terms, words)),
            discard: words.say("pay-discard"),
        }
    }
}

impl ActivityRow {
    pub(super) fn new(item: &OutboxItem, words: &Words) -> Self {
        let status = words::status(&item.stage, words);
        let spoken = words::spoken(&item.terms, &status, words);
        let amount = item.terms.amount().map(|amount| words.amount(amount));
        Self {
            id: item.id,
            stage: words::activity_stage(&item.stage),
            title: C2::new(words::title(&item.terms, words)),
            amount: C2::new(amount.unwrap_or_default()),
            status,
            spoken: C2::new(spoken),
            has_receipt: item.stage.is_settled(),
        }
    }
}
