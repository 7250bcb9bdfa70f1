//! The screens' states on their way from phone to conductor: what the facade's states hold, as plain text.

use serde::{Deserialize, Serialize};

/// Where the customer is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Place {
    #[default]
    Welcome,
    Locked,
    Open,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AppView {
    pub(crate) place: Place,
}

/// Where on the way in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WayIn {
    #[default]
    SignIn,
    Browser,
    Enrol,
    ChoosePin,
    OfferBiometrics,
    Done,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct WelcomeView {
    pub(crate) step: WayIn,
    pub(crate) title: String,
    pub(crate) message: String,
    pub(crate) action: Option<String>,
    pub(crate) skip: Option<String>,
    /// Prompt id and address.
    pub(crate) browser: Option<(u64, String)>,
    pub(crate) busy: bool,
    pub(crate) notice: Option<NoticeView>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct NoticeView {
    pub(crate) tone: Tone,
    pub(crate) text: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Tone {
    Info,
    Trouble,
    Danger,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LockView {
    pub(crate) locked: bool,
    pub(crate) title: String,
    pub(crate) message: String,
    pub(crate) biometric: Option<String>,
    pub(crate) pin: String,
    pub(crate) busy: bool,
    pub(crate) notice: Option<NoticeView>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LockSettingsView {
    pub(crate) content: Option<LockSettingsContent>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LockSettingsContent {
    pub(crate) title: String,
    pub(crate) delay_title: String,
    pub(crate) delays: Vec<LockDelay>,
    pub(crate) biometric: String,
    pub(crate) is_biometric_on: bool,
    pub(crate) pin_title: String,
    pub(crate) old_pin: String,
    pub(crate) new_pin: String,
    pub(crate) change_pin: String,
    pub(crate) busy: bool,
    pub(crate) notice: Option<NoticeView>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct LockDelay {
    pub(crate) after: String,
    pub(crate) label: String,
    pub(crate) is_chosen: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ApprovalView {
    pub(crate) card: Option<ApprovalCard>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ApprovalCard {
    pub(crate) title: String,
    pub(crate) message: String,
    pub(crate) pin: String,
    pub(crate) renew: String,
    pub(crate) busy: bool,
    pub(crate) notice: Option<NoticeView>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StepUpView {
    pub(crate) card: Option<StepUpCard>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StepUpCard {
    pub(crate) title: String,
    pub(crate) message: String,
    pub(crate) biometric: Option<String>,
    pub(crate) pin: Option<String>,
    pub(crate) bank: Option<String>,
    pub(crate) cancel: String,
    /// Prompt id and address.
    pub(crate) browser: Option<(u64, String)>,
    pub(crate) busy: bool,
    pub(crate) notice: Option<NoticeView>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HomeView {
    pub(crate) content: Option<HomeContent>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct HomeContent {
    pub(crate) title: String,
    pub(crate) greeting: Option<String>,
    pub(crate) accounts: Vec<AccountRow>,
    pub(crate) recent_title: String,
    pub(crate) recent: Vec<TransactionRow>,
    pub(crate) as_of: String,
    pub(crate) offline: Option<String>,
    pub(crate) progress: Option<String>,
    pub(crate) attention: Option<String>,
    pub(crate) security: Option<SecurityAlert>,
    pub(crate) sign_in: Option<String>,
    pub(crate) empty: Option<String>,
    pub(crate) notice: Option<NoticeView>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SecurityAlert {
    pub(crate) text: String,
    pub(crate) action: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct AccountRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) number: String,
    pub(crate) kind: String,
    pub(crate) balance: String,
    pub(crate) available: Option<String>,
    pub(crate) can_pay: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct TransactionRow {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) detail: String,
    pub(crate) amount: String,
    pub(crate) pending: Option<String>,
    pub(crate) incoming: bool,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PageView {
    pub(crate) heading: Option<String>,
    pub(crate) rows: Vec<TransactionRow>,
    pub(crate) older: Option<i64>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PayView {
    pub(crate) content: Option<PayContent>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PayContent {
    pub(crate) title: String,
    pub(crate) card: Option<Card>,
    pub(crate) frozen: Option<String>,
    pub(crate) activity: Vec<ActivityRow>,
    pub(crate) busy: Option<String>,
    pub(crate) notice: Option<NoticeView>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "card", rename_all = "snake_case")]
pub(crate) enum Card {
    Draft(DraftCard),
    Review(ReviewCard),
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DraftCard {
    pub(crate) id: String,
    pub(crate) line: String,
    pub(crate) hint: Option<String>,
    pub(crate) review: String,
    pub(crate) discard: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReviewCard {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) text: String,
    pub(crate) digest: String,
    pub(crate) expires: String,
    pub(crate) approve: String,
    pub(crate) discard: String,
}

/// Where a payment stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Stage {
    Draft,
    Review,
    Sending,
    Unknown,
    Confirmed,
    Rejected,
    NotSent,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ActivityRow {
    pub(crate) id: String,
    pub(crate) stage: Stage,
    pub(crate) title: String,
    pub(crate) amount: String,
    pub(crate) status: String,
    pub(crate) has_receipt: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct ReceiptText {
    pub(crate) text: String,
    /// Compact JWS.
    pub(crate) signed: String,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SecurityView {
    pub(crate) content: Option<SecurityContent>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct SecurityContent {
    pub(crate) title: String,
    pub(crate) question: Option<QuestionCard>,
    pub(crate) payments: PaymentsCard,
    pub(crate) moving: Option<MovingCard>,
    pub(crate) devices_title: String,
    pub(crate) devices: Vec<DeviceRow>,
    pub(crate) sign_out_others: Option<String>,
    pub(crate) sign_out: String,
    pub(crate) busy: bool,
    pub(crate) notice: Option<NoticeView>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct QuestionCard {
    pub(crate) id: String,
    pub(crate) title: String,
    pub(crate) detail: Option<String>,
    pub(crate) time: String,
    pub(crate) question: String,
    pub(crate) mine: String,
    pub(crate) not_mine: String,
    pub(crate) hint: String,
    pub(crate) more: Option<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct PaymentsCard {
    pub(crate) title: String,
    pub(crate) frozen: bool,
    pub(crate) message: String,
    pub(crate) freeze: Option<String>,
    pub(crate) unfreeze: Option<String>,
    pub(crate) busy: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct MovingCard {
    pub(crate) title: String,
    pub(crate) message: String,
    pub(crate) device: Option<String>,
    pub(crate) sign_out: Option<String>,
    pub(crate) keep: String,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct DeviceRow {
    pub(crate) id: String,
    pub(crate) name: String,
    pub(crate) platform: String,
    pub(crate) detail: String,
    pub(crate) trust: String,
    pub(crate) current: bool,
    pub(crate) sign_out: Option<String>,
}
