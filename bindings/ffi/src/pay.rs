use std::sync::Arc;

use guichet_foundation::ids::IntentId;
use guichet_silence::contained;

use crate::cross::{Cross, enumeration, record};
use crate::notice::Notice;
use crate::observe::observable;
use crate::private_text::PrivateText;
use crate::refusal::{Refused, not_found};

record! {
    /// What the pay screen shows.
    PayState mirrors guichet_app::PayState {
        /// Grows with every change. C1.
        revision: u64,
        /// `None` while locked or signed out. C2.
        content: Option<PayContent>,
    }
}

record! {
    /// The pay screen of an unlocked app.
    PayContent mirrors guichet_app::PayContent {
        /// The title. C1.
        title: String,
        /// The payment the customer is at: a draft to check, or words to approve. C2.
        card: Option<PayCard>,
        /// Said above everything while the customer's payments are stopped: drafts can be kept, nothing can be approved. C1.
        frozen: Option<String>,
        /// Every payment with where it stands, newest first. C2.
        activity: Vec<ActivityRow>,
        /// What is under way; the card's buttons wait. C1.
        busy: Option<String>,
        /// What became of the last verb. C2.
        notice: Option<Notice>,
    }
}

/// The payment the customer is at.
#[derive(Clone, Debug, PartialEq, Eq, uniffi::Enum)]
pub enum PayCard {
    /// A draft: to be checked with the bank, or thrown away.
    Draft {
        /// What it shows. C2.
        draft: DraftCard,
    },
    /// The words to approve.
    Review {
        /// What it shows. C2.
        review: ReviewCard,
    },
}

impl Cross<PayCard> for guichet_app::PayCard {
    fn cross(self) -> PayCard {
        match self {
            Self::Draft(draft) => PayCard::Draft { draft: draft.cross() },
            Self::Review(review) => PayCard::Review { review: review.cross() },
        }
    }
}

record! {
    /// A draft on the screen.
    DraftCard mirrors guichet_app::DraftCard {
        /// The payment. C1.
        id: String,
        /// `¥12.00 to Li Na`. C2.
        line: PrivateText,
        /// Why it is a draft again, or what it waits for. C1.
        hint: Option<String>,
        /// The label of the button that leads to the words. C1.
        review: String,
        /// The label of the button that throws it away. C1.
        discard: String,
    }
}

record! {
    /// The words to approve. A shell draws `text` letter for letter, and hands back `digest` with the approval.
    ReviewCard mirrors guichet_app::ReviewCard {
        /// The payment. C1.
        id: String,
        /// The question above the words. C1.
        title: String,
        /// The words, line by line. C2.
        text: PrivateText,
        /// The SHA-256 of the words, base64url. C2: few payments are likely, so that it could be guessed backwards.
        digest: PrivateText,
        /// Until when they can be approved. C1.
        expires: String,
        /// The label of the button that approves: `Approve ¥12.00`. C2.
        approve: PrivateText,
        /// The label of the button that throws it away. C1.
        discard: String,
    }
}

record! {
    /// A payment and where it stands.
    ActivityRow mirrors guichet_app::ActivityRow {
        /// The payment. C1.
        id: String,
        /// Where it stands, for the icon and the colour. C1.
        stage: ActivityStage,
        /// Who is paid. C2.
        title: PrivateText,
        /// How much. C2.
        amount: PrivateText,
        /// Where it stands, in a sentence. C1.
        status: String,
        /// What a screen reader says for the row. C2.
        spoken: PrivateText,
        /// Whether the bank's receipt can be shown. C1.
        has_receipt: bool,
    }
}

enumeration! {
    /// Where a payment stands.
    ActivityStage mirrors guichet_app::ActivityStage {
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
}

record! {
    /// A receipt on the screen.
    ReceiptView mirrors guichet_app::ReceiptView {
        /// What was decided, in the customer's words. C2.
        text: PrivateText,
        /// The bank's signed receipt, a compact JWS: proof for anybody who knows the bank's receipt keys. C2.
        signed: PrivateText,
    }
}

/// A transfer as typed. The amount is in the currency of the account it is paid from.
#[derive(Clone, Debug, uniffi::Record)]
pub struct PayForm {
    /// The account to pay from: the id of its row. C1.
    pub from: String,
    /// The payee's name. C2.
    pub to_name: PrivateText,
    /// The payee's account number: spaces and hyphens are fine. C2.
    pub to_account: PrivateText,
    /// The amount: `1,234.5`. C2.
    pub amount: PrivateText,
    /// The message; may be empty. C2.
    pub note: PrivateText,
}

/// The pay screen.
#[derive(uniffi::Object)]
pub struct Pay(pub(crate) Arc<guichet_app::Pay>);

observable!(Pay tells PayListener PayState);

#[uniffi::export]
impl Pay {
    /// Checks the form and records a draft, also without a network; the draft is the next state's card.
    pub fn draft(&self, form: PayForm) -> Result<(), Refused> {
        contained(|| {
            let PayForm { from, to_name, to_account, amount, note } = form;
            let form = guichet_app::PayForm {
                from: from.parse().map_err(|_| not_found())?,
                to_name: to_name.into(),
                to_account: to_account.into(),
                amount: amount.into(),
                note: note.into(),
            };
            Ok(self.0.draft(&form)?)
        })
    }

    /// Makes a payment of the activity the one on the card. An id that is none changes nothing.
    pub fn open(&self, id: &str) {
        contained(|| named(id, |id| self.0.open(id)));
    }

    /// Asks the bank for a challenge and freezes the words to approve. Returns at once; the result is a state. An id that is none
    /// changes nothing.
    pub fn review(&self, id: &str) {
        contained(|| named(id, |id| self.0.review(id)));
    }

    /// Approves exactly what was shown: `digest_shown` is the digest of the card that was drawn. Asks for a finger or face, then
    /// sends. Returns before anything is signed or sent; the result is a state.
    pub fn approve(&self, id: &str, digest_shown: &PrivateText) -> Result<(), Refused> {
        contained(|| Ok(self.0.approve(intent(id)?, digest_shown.expose())?))
    }

    /// Throws a payment away of which nothing has left the phone.
    pub fn discard(&self, id: &str) -> Result<(), Refused> {
        contained(|| Ok(self.0.discard(intent(id)?)?))
    }

    /// Asks the bank about every payment that is not settled. Returns at once; the result is a state.
    pub fn resolve(&self) {
        contained(|| self.0.resolve());
    }

    /// The bank's receipt of a settled payment. `None` while there is none, or while locked.
    pub fn receipt(&self, id: &str) -> Option<ReceiptView> {
        contained(|| id.parse().ok().and_then(|id| self.0.receipt(id)).cross())
    }

    /// Whether something is drawn over the app. While it is, nothing can be approved.
    pub fn set_obscured(&self, obscured: bool) {
        contained(|| self.0.set_obscured(obscured));
    }
}

fn intent(id: &str) -> Result<IntentId, Refused> {
    id.parse().map_err(|_| not_found())
}

fn named(id: &str, verb: impl FnOnce(IntentId)) {
    if let Ok(id) = id.parse() {
        verb(id);
    }
}
