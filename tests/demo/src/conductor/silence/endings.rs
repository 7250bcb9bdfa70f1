//! The ways in which a session ends or fails.

use crate::lang::{Locale, say};

/// A way. Each leaves the app locked, signed out or wiped, and from then on nothing of the session may be left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    BrowserClosed,
    SignInDenied,
    CodeExpired,
    TokensLost,
    EnrolmentCancelled,
    Locked,
    DrawingLocked,
    WrongPin,
    WrongFinger,
    PromptCancelled,
    SyncLocked,
    SyncGarbled,
    NetworkLost,
    AnswerLost,
    PromptLocked,
    AwayTooLong,
    Panicked,
    CheckedIn,
    RefreshedLocked,
    RefreshRefused,
    SignedInAgain,
    RevokedLocked,
    RevokedOpen,
    SignedOut,
    TenWrongPins,
}

impl Ending {
    /// Every one, in the order they are tried: on the way in, from an open app to a locked one, and for good.
    pub(super) const ALL: [Self; 25] = [
        Self::BrowserClosed,
        Self::SignInDenied,
        Self::CodeExpired,
        Self::TokensLost,
        Self::EnrolmentCancelled,
        Self::Locked,
        Self::DrawingLocked,
        Self::WrongPin,
        Self::WrongFinger,
        Self::PromptCancelled,
        Self::SyncLocked,
        Self::SyncGarbled,
        Self::NetworkLost,
        Self::AnswerLost,
        Self::PromptLocked,
        Self::AwayTooLong,
        Self::Panicked,
        Self::CheckedIn,
        Self::RefreshedLocked,
        Self::RefreshRefused,
        Self::SignedInAgain,
        Self::RevokedLocked,
        Self::RevokedOpen,
        Self::SignedOut,
        Self::TenWrongPins,
    ];

    /// What is in use still: somebody who has signed in and not enrolled yet has no lock.
    pub(super) const fn keeps(self) -> &'static [&'static str] {
        match self {
            Self::EnrolmentCancelled => &["access token", "refresh token"],
            _ => &[],
        }
    }

    /// Its name in the record.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::BrowserClosed => "browser-closed",
            Self::SignInDenied => "sign-in-denied",
            Self::CodeExpired => "code-expired",
            Self::TokensLost => "tokens-lost",
            Self::EnrolmentCancelled => "enrolment-cancelled",
            Self::Locked => "locked",
            Self::DrawingLocked => "locked-while-drawing",
            Self::WrongPin => "wrong-pin",
            Self::WrongFinger => "wrong-finger",
            Self::PromptCancelled => "prompt-cancelled",
            Self::SyncLocked => "locked-during-a-sync",
            Self::SyncGarbled => "garbled-sync",
            Self::NetworkLost => "network-lost",
            Self::AnswerLost => "answer-lost",
            Self::PromptLocked => "locked-during-a-prompt",
            Self::AwayTooLong => "away-too-long",
            Self::Panicked => "panic",
            Self::CheckedIn => "checked-in-while-locked",
            Self::RefreshedLocked => "refreshed-while-locked",
            Self::RefreshRefused => "refresh-refused",
            Self::SignedInAgain => "signed-in-again",
            Self::RevokedLocked => "revoked-while-locked",
            Self::RevokedOpen => "revoked-while-open",
            Self::SignedOut => "signed-out",
            Self::TenWrongPins => "ten-wrong-pins",
        }
    }

    /// What is said of it.
    pub(super) fn title(self, locale: Locale) -> String {
        match self {
            Self::BrowserClosed => {
                say!(locale, "the browser is closed again", "关闭浏览器，放弃登录")
            }
            Self::SignInDenied => {
                say!(locale, "the customer says no at the bank", "客户在银行网页上拒绝")
            }
            Self::CodeExpired => say!(locale, "the code has expired", "授权码已过期"),
            Self::TokensLost => say!(locale, "the answer with the tokens is lost", "令牌应答丢失"),
            Self::EnrolmentCancelled => say!(locale, "enrolling is cancelled", "取消登记设备"),
            Self::Locked => say!(locale, "locked", "锁定"),
            Self::DrawingLocked => {
                say!(locale, "locked while a screen is filled", "页面填充途中锁定")
            }
            Self::WrongPin => say!(locale, "a wrong PIN", "密码错误"),
            Self::WrongFinger => say!(locale, "another finger", "别人的指纹"),
            Self::PromptCancelled => say!(locale, "the prompt is cancelled", "取消指纹验证"),
            Self::SyncLocked => say!(locale, "locked during a sync", "同步途中锁定"),
            Self::SyncGarbled => say!(locale, "garbled answers, then locked", "应答损坏，随后锁定"),
            Self::NetworkLost => say!(
                locale,
                "the network is lost during a call, then locked",
                "调用途中断网，随后锁定"
            ),
            Self::AnswerLost => say!(
                locale,
                "a payment whose answer is lost, then locked",
                "付款应答丢失，随后锁定"
            ),
            Self::PromptLocked => {
                say!(locale, "locked while a payment waits for a finger", "付款等待指纹时锁定")
            }
            Self::AwayTooLong => say!(locale, "away too long", "离开太久"),
            Self::Panicked => {
                say!(locale, "a panic in the core, then locked", "核心崩溃一次，随后锁定")
            }
            Self::CheckedIn => say!(locale, "locked, and asked the bank", "锁定后仍联系银行"),
            Self::RefreshedLocked => {
                say!(locale, "locked, with new tokens since", "锁定后换了新令牌")
            }
            Self::RefreshRefused => say!(locale, "the refresh is refused", "刷新令牌被拒绝"),
            Self::SignedInAgain => {
                say!(locale, "signed in again, then locked", "重新登录，随后锁定")
            }
            Self::RevokedLocked => say!(locale, "revoked while locked", "锁定时被吊销"),
            Self::RevokedOpen => say!(locale, "revoked while open", "打开时被吊销"),
            Self::SignedOut => say!(locale, "signed out", "退出登录"),
            Self::TenWrongPins => say!(locale, "ten wrong PINs", "十次密码错误"),
        }
    }
}
