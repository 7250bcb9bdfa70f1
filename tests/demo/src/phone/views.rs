//! The facade's states as views.

use guichet_app as app;
use guichet_foundation::sensitivity::C2;

use super::talk::{
    AccountRow, ActivityRow, AppView, ApprovalCard, ApprovalView, Card, DeviceRow, DraftCard,
    HomeContent, HomeView, LockDelay, LockSettingsContent, LockSettingsView, LockView, MovingCard,
    NoticeView, PageView, PayContent, PayView, PaymentsCard, Place, QuestionCard, ReceiptText,
    Refused, ReviewCard, SecurityAlert, SecurityContent, SecurityView, Stage, StepUpCard,
    StepUpView, Tone, TransactionRow, View, WayIn, WelcomeView,
};

impl From<app::AppState> for View {
    fn from(state: app::AppState) -> Self {
        let place = match state.place {
            app::Place::Welcome => Place::Welcome,
            app::Place::Locked => Place::Locked,
            app::Place::Open => Place::Open,
        };
        Self::App(AppView { place })
    }
}

impl From<app::WelcomeState> for View {
    fn from(state: app::WelcomeState) -> Self {
        let step = match state.step {
            app::WelcomeStep::SignIn => WayIn::SignIn,
            app::WelcomeStep::Browser => WayIn::Browser,
            app::WelcomeStep::Enrol => WayIn::Enrol,
            app::WelcomeStep::ChoosePin => WayIn::ChoosePin,
            app::WelcomeStep::OfferBiometrics => WayIn::OfferBiometrics,
            app::WelcomeStep::Done => WayIn::Done,
        };
        Self::Welcome(WelcomeView {
            step,
            title: state.title,
            message: state.message,
            action: state.action,
            skip: state.skip,
            browser: state.browser.map(|request| (request.id.0, request.url)),
            busy: state.busy,
            notice: state.notice.map(Into::into),
        })
    }
}

impl From<app::LockState> for View {
    fn from(state: app::LockState) -> Self {
        Self::Lock(LockView {
            locked: state.locked,
            title: state.title,
            message: state.message,
            biometric: state.biometric,
            pin: state.pin,
            busy: state.busy,
            notice: state.notice.map(Into::into),
        })
    }
}

impl From<app::LockSettingsState> for View {
    fn from(state: app::LockSettingsState) -> Self {
        Self::LockSettings(LockSettingsView { content: state.content.map(Into::into) })
    }
}

impl From<app::LockSettingsContent> for LockSettingsContent {
    fn from(content: app::LockSettingsContent) -> Self {
        let delay = |delay: app::LockDelay| LockDelay {
            after: delay_name(delay.after).to_owned(),
            label: delay.label,
            is_chosen: delay.is_chosen,
        };
        Self {
            title: content.title,
            delay_title: content.delay_title,
            delays: content.delays.into_iter().map(delay).collect(),
            biometric: content.biometric,
            is_biometric_on: content.is_biometric_on,
            pin_title: content.pin_title,
            old_pin: content.old_pin,
            new_pin: content.new_pin,
            change_pin: content.change_pin,
            busy: content.busy,
            notice: content.notice.map(Into::into),
        }
    }
}

const fn delay_name(after: app::LockAfter) -> &'static str {
    match after {
        app::LockAfter::AtOnce => "at_once",
        app::LockAfter::OneMinute => "one_minute",
        app::LockAfter::FiveMinutes => "five_minutes",
    }
}

/// The delay of this name.
pub(crate) fn lock_after(name: &str) -> Option<app::LockAfter> {
    app::LockAfter::ALL.into_iter().find(|after| delay_name(*after) == name)
}

impl From<app::ApprovalState> for View {
    fn from(state: app::ApprovalState) -> Self {
        Self::Approval(ApprovalView { card: state.card.map(Into::into) })
    }
}

impl From<app::ApprovalCard> for ApprovalCard {
    fn from(card: app::ApprovalCard) -> Self {
        Self {
            title: card.title,
            message: card.message,
            pin: card.pin,
            renew: card.renew,
            busy: card.busy,
            notice: card.notice.map(Into::into),
        }
    }
}

impl From<app::StepUpState> for View {
    fn from(state: app::StepUpState) -> Self {
        Self::StepUp(StepUpView { card: state.card.map(Into::into) })
    }
}

impl From<app::StepUpCard> for StepUpCard {
    fn from(card: app::StepUpCard) -> Self {
        Self {
            title: card.title,
            message: card.message,
            biometric: card.biometric,
            pin: card.pin,
            bank: card.bank,
            cancel: card.cancel,
            browser: card.browser.map(|request| (request.id.0, request.url)),
            busy: card.busy,
            notice: card.notice.map(Into::into),
        }
    }
}

impl From<app::HomeState> for View {
    fn from(state: app::HomeState) -> Self {
        Self::Home(HomeView { content: state.content.map(Into::into) })
    }
}

impl From<app::HomeContent> for HomeContent {
    fn from(content: app::HomeContent) -> Self {
        Self {
            title: content.title,
            greeting: content.greeting.map(C2::into_exposed),
            accounts: content.accounts.into_iter().map(Into::into).collect(),
            recent_title: content.recent_title,
            recent: content.recent.into_iter().map(Into::into).collect(),
            as_of: content.as_of,
            offline: content.offline,
            progress: content.progress,
            attention: content.attention,
            security: content
                .security
                .map(|alert| SecurityAlert { text: alert.text, action: alert.action }),
            sign_in: content.sign_in,
            empty: content.empty,
            notice: content.notice.map(Into::into),
        }
    }
}

impl From<app::AccountRow> for AccountRow {
    fn from(row: app::AccountRow) -> Self {
        Self {
            id: row.id.into(),
            name: row.name.into_exposed(),
            number: row.number.into_exposed(),
            kind: row.kind,
            balance: row.balance.into_exposed(),
            available: row.available.map(C2::into_exposed),
            can_pay: row.can_pay,
        }
    }
}

impl From<app::TransactionRow> for TransactionRow {
    fn from(row: app::TransactionRow) -> Self {
        Self {
            id: row.id.into(),
            title: row.title.into_exposed(),
            detail: row.detail.into_exposed(),
            amount: row.amount.into_exposed(),
            pending: row.pending,
            incoming: row.incoming,
        }
    }
}

impl From<app::TransactionPage> for PageView {
    fn from(page: app::TransactionPage) -> Self {
        Self {
            heading: page.heading,
            rows: page.rows.into_iter().map(Into::into).collect(),
            older: page.older.map(|mark| mark.0),
        }
    }
}

impl From<app::PayState> for View {
    fn from(state: app::PayState) -> Self {
        Self::Pay(PayView { content: state.content.map(Into::into) })
    }
}

impl From<app::PayContent> for PayContent {
    fn from(content: app::PayContent) -> Self {
        Self {
            title: content.title,
            card: content.card.map(Into::into),
            frozen: content.frozen,
            activity: content.activity.into_iter().map(Into::into).collect(),
            busy: content.busy,
            notice: content.notice.map(Into::into),
        }
    }
}

impl From<app::PayCard> for Card {
    fn from(card: app::PayCard) -> Self {
        match card {
            app::PayCard::Draft(card) => Self::Draft(DraftCard {
                id: card.id.into(),
                line: card.line.into_exposed(),
                hint: card.hint,
                review: card.review,
                discard: card.discard,
            }),
            app::PayCard::Review(card) => Self::Review(ReviewCard {
                id: card.id.into(),
                title: card.title,
                text: card.text.into_exposed(),
                digest: card.digest,
                expires: card.expires,
                approve: card.approve.into_exposed(),
                discard: card.discard,
            }),
        }
    }
}

impl From<app::ActivityRow> for ActivityRow {
    fn from(row: app::ActivityRow) -> Self {
        let stage = match row.stage {
            app::ActivityStage::Draft => Stage::Draft,
            app::ActivityStage::Review => Stage::Review,
            app::ActivityStage::Sending => Stage::Sending,
            app::ActivityStage::Unknown => Stage::Unknown,
            app::ActivityStage::Confirmed => Stage::Confirmed,
            app::ActivityStage::Rejected => Stage::Rejected,
            app::ActivityStage::NotSent => Stage::NotSent,
        };
        Self {
            id: row.id.into(),
            stage,
            title: row.title.into_exposed(),
            amount: row.amount.into_exposed(),
            status: row.status,
            has_receipt: row.has_receipt,
        }
    }
}

impl From<app::ReceiptView> for ReceiptText {
    fn from(receipt: app::ReceiptView) -> Self {
        Self { text: receipt.text.into_exposed(), signed: receipt.signed.into_exposed() }
    }
}

impl From<app::SecurityState> for View {
    fn from(state: app::SecurityState) -> Self {
        Self::Security(Box::new(SecurityView { content: state.content.map(Into::into) }))
    }
}

impl From<app::SecurityContent> for SecurityContent {
    fn from(content: app::SecurityContent) -> Self {
        Self {
            title: content.title,
            question: content.question.map(Into::into),
            payments: content.payments.into(),
            moving: content.moving.map(Into::into),
            devices_title: content.devices_title,
            devices: content.devices.into_iter().map(Into::into).collect(),
            sign_out_others: content.sign_out_others,
            sign_out: content.sign_out,
            busy: content.busy,
            notice: content.notice.map(Into::into),
        }
    }
}

impl From<app::QuestionCard> for QuestionCard {
    fn from(card: app::QuestionCard) -> Self {
        Self {
            id: card.id.into(),
            title: card.title.into_exposed(),
            detail: card.detail,
            time: card.time,
            question: card.question,
            mine: card.mine,
            not_mine: card.not_mine,
            hint: card.hint,
            more: card.more,
        }
    }
}

impl From<app::PaymentsCard> for PaymentsCard {
    fn from(card: app::PaymentsCard) -> Self {
        Self {
            title: card.title,
            frozen: card.frozen,
            message: card.message,
            freeze: card.freeze,
            unfreeze: card.unfreeze,
            busy: card.busy,
        }
    }
}

impl From<app::MovingCard> for MovingCard {
    fn from(card: app::MovingCard) -> Self {
        Self {
            title: card.title,
            message: card.message.into_exposed(),
            device: card.device.map(Into::into),
            sign_out: card.sign_out,
            keep: card.keep,
        }
    }
}

impl From<app::DeviceRow> for DeviceRow {
    fn from(row: app::DeviceRow) -> Self {
        Self {
            id: row.id.into(),
            name: row.name.into_exposed(),
            platform: row.platform,
            detail: row.detail,
            trust: row.trust,
            current: row.current,
            sign_out: row.sign_out,
        }
    }
}

impl From<app::Notice> for NoticeView {
    fn from(notice: app::Notice) -> Self {
        let tone = match notice.tone {
            app::Tone::Info => Tone::Info,
            app::Tone::Trouble => Tone::Trouble,
            app::Tone::Danger => Tone::Danger,
        };
        Self { tone, text: notice.text }
    }
}

impl From<app::Refusal> for Refused {
    fn from(refusal: app::Refusal) -> Self {
        Self {
            reason: format!("{:?}", refusal.reason),
            field: refusal.field.map(|field| format!("{field:?}")),
            text: refusal.text,
        }
    }
}
