//! What conductor and phone say to each other: one JSON object a line, verbs in, news out.
//!
//! The verbs are the facade's and the person's; the news are the facade's states, whole, as the core gives them. Nothing is computed
//! on either side of this: what stands in a view is what a shell would draw.

use serde::{Deserialize, Serialize};

pub(crate) use super::screens::{
    AccountRow, ActivityRow, AppView, ApprovalCard, ApprovalView, Card, DeviceRow, DraftCard,
    HomeContent, HomeView, LockDelay, LockSettingsContent, LockSettingsView, LockView, MovingCard,
    NoticeView, PageView, PayContent, PayView, PaymentsCard, Place, QuestionCard, ReceiptText,
    ReviewCard, SecurityAlert, SecurityContent, SecurityView, Stage, StepUpCard, StepUpView, Tone,
    TransactionRow, WayIn, WelcomeView,
};

/// A verb with a number for its answer.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Asked {
    pub(crate) number: u64,
    #[serde(flatten)]
    pub(crate) verb: Verb,
}

/// What the phone is asked to do.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "verb", rename_all = "snake_case")]
pub(crate) enum Verb {
    /// In the phone's settings: enrols a finger, by its public half (base64url).
    EnrolFinger {
        public: String,
    },
    /// The network came or went.
    Network {
        online: bool,
    },
    Begin,
    BrowserReturned {
        id: u64,
        url: String,
    },
    BrowserClosed {
        id: u64,
    },
    Enrol,
    ChoosePin {
        pin: String,
    },
    UseBiometrics,
    SkipBiometrics,
    UnlockWithBiometrics,
    UnlockWithPin {
        pin: String,
    },
    Lock,
    Background,
    Foreground,
    Refresh,
    Page {
        account: String,
        older: Option<i64>,
    },
    Search {
        query: String,
        older: Option<i64>,
    },
    Draft {
        from: String,
        to_name: String,
        to_account: String,
        amount: String,
        note: String,
    },
    OpenPayment {
        id: String,
    },
    Review {
        id: String,
    },
    Approve {
        id: String,
        digest: String,
    },
    Discard {
        id: String,
    },
    Resolve,
    Receipt {
        id: String,
    },
    RefreshSecurity,
    Freeze,
    Unfreeze,
    ThisWasMe {
        id: String,
    },
    ThisWasNotMe {
        id: String,
    },
    SignOutDevice {
        id: String,
    },
    SignOutOthers,
    KeepPhones,
    SignOut,
    StepUpWithBiometrics,
    StepUpWithPin {
        pin: String,
    },
    StepUpAtBank,
    StepUpReturned {
        id: u64,
        url: String,
    },
    StepUpLeft {
        id: u64,
    },
    CancelStepUp,
    ChooseLockDelay {
        after: String,
    },
    TurnBiometrics {
        on: bool,
    },
    ChangePin {
        old: String,
        new: String,
    },
    RenewApproval {
        pin: String,
    },
    /// A finger on the sensor, or the prompt closed.
    Touch {
        prompt: u64,
        touch: Touch,
    },
    /// Requests and bytes so far.
    Traffic,
}

/// What the person does with a prompt.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Touch {
    /// Lays a finger on the sensor (its secret, base64url).
    Finger(String),
    /// Closes the prompt.
    Cancel,
    /// The platform does not come so far.
    Fail(Failing),
}

/// Why the platform does not come as far as a finger.
#[derive(Clone, Copy, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Failing {
    LockedOut,
    NoHardware,
    NotEnrolled,
    Invalidated,
    Broken,
}

/// What the phone tells.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "news", rename_all = "snake_case")]
pub(crate) enum News {
    /// The answer to a verb, with the revision of each screen ([`Screen::ALL`]) once it was taken: states up to these may still be
    /// on their way.
    Answer { number: u64, answer: Answer, revisions: Revisions },
    /// A screen's state.
    View { revision: u64, view: Box<View> },
    /// The sensor lights up.
    Prompt { prompt: Prompt },
}

/// The answer to a verb.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Answer {
    /// Taken; what becomes of it is a state.
    Taken,
    /// Refused at the door.
    Refused(Vec<Refused>),
    /// A stretch of transactions.
    Page(PageView),
    /// A receipt, if there is one.
    Receipt(Option<ReceiptText>),
    /// Requests and bytes of the core's own count.
    Traffic { requests: u64, bytes_sent: u64, bytes_received: u64 },
    /// The verb makes no sense here.
    Senseless(String),
}

/// A refusal at the door.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Refused {
    /// The facade's reason, by name.
    pub(crate) reason: String,
    /// The field it is about, by name.
    pub(crate) field: Option<String>,
    /// What the customer reads.
    pub(crate) text: String,
}

/// A prompt that waits for a finger.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Prompt {
    pub(crate) id: u64,
    pub(crate) kind: PromptKind,
    pub(crate) reason: String,
}

/// What a prompt is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum PromptKind {
    /// A signature by the approval key.
    Approval,
    /// A guarded item.
    Release,
}

impl PromptKind {
    /// Its name.
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Approval => "approval",
            Self::Release => "release",
        }
    }
}

/// The screens that have a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Screen {
    App,
    Welcome,
    Lock,
    Home,
    Pay,
    Security,
    StepUp,
    LockSettings,
    Approval,
}

/// A revision of each screen's state, in the order of [`Screen::ALL`].
pub(crate) type Revisions = [u64; Screen::ALL.len()];

impl Screen {
    /// Every screen.
    pub(crate) const ALL: [Self; 9] = [
        Self::App,
        Self::Welcome,
        Self::Lock,
        Self::Home,
        Self::Pay,
        Self::Security,
        Self::StepUp,
        Self::LockSettings,
        Self::Approval,
    ];
}

impl View {
    /// Whose state it is.
    pub(crate) const fn screen(&self) -> Screen {
        match self {
            Self::App(_) => Screen::App,
            Self::Welcome(_) => Screen::Welcome,
            Self::Lock(_) => Screen::Lock,
            Self::Home(_) => Screen::Home,
            Self::Pay(_) => Screen::Pay,
            Self::Security(_) => Screen::Security,
            Self::StepUp(_) => Screen::StepUp,
            Self::LockSettings(_) => Screen::LockSettings,
            Self::Approval(_) => Screen::Approval,
        }
    }
}

/// A screen's state.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(tag = "screen", rename_all = "snake_case")]
pub(crate) enum View {
    App(AppView),
    Welcome(WelcomeView),
    Lock(LockView),
    Home(HomeView),
    Pay(PayView),
    Security(Box<SecurityView>),
    StepUp(StepUpView),
    LockSettings(LockSettingsView),
    Approval(ApprovalView),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_verb_is_one_line_of_json() {
        let asked = Asked { number: 7, verb: Verb::ChoosePin { pin: "739184".to_owned() } };
        let line = serde_json::to_string(&asked).unwrap();
        assert_eq!(line, r#"{"number":7,"verb":"choose_pin","pin":"739184"}"#);
        let read: Asked = serde_json::from_str(&line).unwrap();
        assert!(matches!(read.verb, Verb::ChoosePin { .. }));
    }

    #[test]
    fn news_survive_the_way() {
        let view = View::Pay(PayView {
            content: Some(PayContent {
                card: Some(Card::Draft(DraftCard {
                    id: "1".to_owned(),
                    line: "x\ny".to_owned(),
                    hint: None,
                    review: String::new(),
                    discard: String::new(),
                })),
                ..PayContent::default()
            }),
        });
        let line =
            serde_json::to_string(&News::View { revision: 3, view: Box::new(view) }).unwrap();
        assert!(!line.contains('\n'), "one line");
        let read: News = serde_json::from_str(&line).unwrap();
        let News::View { view, .. } = read else { panic!("no view: {line}") };
        let View::Pay(pay) = *view else { panic!("another view: {line}") };
        assert!(
            matches!(pay.content.unwrap().card, Some(Card::Draft(card)) if card.line == "x\ny")
        );
    }
}
