use guichet_foundation::ids::{DeviceId, NoticeId};
use guichet_foundation::sensitivity::C2;

use crate::notice::Notice;
use crate::observe::view_state;

/// What the security centre shows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SecurityState {
    /// Grows with every change.
    pub revision: u64,
    /// `None` while locked or signed out.
    pub content: Option<SecurityContent>,
}
view_state!(SecurityState);

/// The security centre of an unlocked app.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SecurityContent {
    /// The title.
    pub title: String,
    /// Something that happened and the customer is asked about: one at a time, the oldest first.
    pub question: Option<QuestionCard>,
    /// Whether payments go.
    pub payments: PaymentsCard,
    /// After moving to this phone: what becomes of those that were there before.
    pub moving: Option<MovingCard>,
    /// The heading above the phones.
    pub devices_title: String,
    /// The phones, as the bank listed them last. Empty until it was asked.
    pub devices: Vec<DeviceRow>,
    /// The label of the button that signs all other phones out; `None` where there is no other.
    pub sign_out_others: Option<String>,
    /// The label of the button that signs this phone out and erases it.
    pub sign_out: String,
    /// The bank is being asked: the buttons wait, all but the one that stops payments.
    pub busy: bool,
    /// What became of the last verb.
    pub notice: Option<Notice>,
}

/// Was this you?
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QuestionCard {
    /// To answer it.
    pub id: NoticeId,
    /// What happened: `A new phone was added to your account: Li Na's phone.`
    pub title: C2<String>,
    /// The phone's kind and protection, where it is about a phone.
    pub detail: Option<String>,
    /// When.
    pub time: String,
    /// `Was this you?`
    pub question: String,
    /// The label of the button that says yes.
    pub mine: String,
    /// The label of the button that says no.
    pub not_mine: String,
    /// What saying no does.
    pub hint: String,
    /// `2 more after this one.`
    pub more: Option<String>,
    /// What a screen reader says for the card.
    pub spoken: C2<String>,
}

/// Whether payments go, and the button that changes it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PaymentsCard {
    /// The heading.
    pub title: String,
    /// Whether they are stopped, for the icon and the colour.
    pub frozen: bool,
    /// How things stand, in words.
    pub message: String,
    /// The label of the button that stops all payments; `None` while they are stopped.
    pub freeze: Option<String>,
    /// The label of the button that allows them again; `None` while they go.
    pub unfreeze: Option<String>,
    /// They are being stopped.
    pub busy: bool,
}

/// The phones that were there before this one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MovingCard {
    /// The question.
    pub title: String,
    /// Which phone it is about, and what signing it out does.
    pub message: C2<String>,
    /// The old phone, where there is just one.
    pub device: Option<DeviceId>,
    /// The label of the button that signs it out, where there is just one.
    pub sign_out: Option<String>,
    /// The label of the button that leaves everything as it is.
    pub keep: String,
}

/// A phone on the screen.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeviceRow {
    /// To sign it out.
    pub id: DeviceId,
    /// Its name.
    pub name: C2<String>,
    /// `Android phone`.
    pub platform: String,
    /// `This phone`, or when it was last used.
    pub detail: String,
    /// How well its keys are protected.
    pub trust: String,
    /// Whether it is this phone.
    pub current: bool,
    /// The label of the button that signs it out; `None` for this phone.
    pub sign_out: Option<String>,
    /// What a screen reader says for the row.
    pub spoken: C2<String>,
}
