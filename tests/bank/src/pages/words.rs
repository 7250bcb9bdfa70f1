//! Every word on the pages, in both languages side by side.

use super::Locale;

pub(super) struct Words {
    pub(super) bank: &'static str,
    pub(super) sandbox: &'static str,
    pub(super) sign_in_title: &'static str,
    pub(super) sign_in_lead: &'static str,
    pub(super) step_up_lead: &'static str,
    pub(super) username: &'static str,
    pub(super) password: &'static str,
    pub(super) sign_in: &'static str,
    pub(super) wrong_password: &'static str,
    pub(super) other_customer: &'static str,
    pub(super) consent_title: &'static str,
    pub(super) consent_greeting: [&'static str; 2],
    pub(super) consent_asks: [&'static str; 2],
    pub(super) may_see: &'static str,
    pub(super) may_search: &'static str,
    pub(super) may_pay: &'static str,
    pub(super) consent_end: &'static str,
    pub(super) allow: &'static str,
    pub(super) deny: &'static str,
    pub(super) unusable_title: &'static str,
    pub(super) unusable: &'static str,
    pub(super) busy_title: &'static str,
    pub(super) busy: &'static str,
}

pub(super) fn words(locale: Locale) -> &'static Words {
    match locale {
        Locale::English => &ENGLISH,
        Locale::Chinese => &CHINESE,
    }
}

/// How long to wait, in words.
pub(super) fn slow_down(locale: Locale, wait_s: i64) -> String {
    match locale {
        Locale::English => {
            format!("Too many wrong attempts. Please wait {wait_s} seconds, then try again.")
        }
        Locale::Chinese => format!("错误次数过多，请等待 {wait_s} 秒后再试。"),
    }
}

const ENGLISH: Words = Words {
    bank: "Guichet Sandbox Bank",
    sandbox: "A sandbox: invented customers, invented money.",
    sign_in_title: "Sign in",
    sign_in_lead: "Sign in to connect the app on your phone.",
    step_up_lead: "Sign in once more, so that we know it is you.",
    username: "User name",
    password: "Password",
    sign_in: "Sign in",
    wrong_password: "The user name or the password is wrong. Please check both and try again.",
    other_customer: "The app on this phone is another customer's. Please sign in with the user name it was set up with.",
    consent_title: "Connect this phone?",
    consent_greeting: ["Signed in as ", "."],
    consent_asks: ["The app ", " on your phone asks to"],
    may_see: "see your accounts, cards and balances",
    may_search: "see your transactions",
    may_pay: "send payments that you approve one by one with your fingerprint or face",
    consent_end: "You can end this at any time under Devices. The app never learns your password.",
    allow: "Connect",
    deny: "Do not connect",
    unusable_title: "This page cannot be used any more",
    unusable: "It was already used, or it waited too long. Go back to the app and sign in again.",
    busy_title: "The bank is busy",
    busy: "Please go back to the app and try again in a moment.",
};

const CHINESE: Words = Words {
    bank: "柜台沙箱银行",
    sandbox: "沙箱环境：客户与资金均为虚构。",
    sign_in_title: "登录",
    sign_in_lead: "登录后即可连接您手机上的应用。",
    step_up_lead: "请再次登录，以确认是您本人。",
    username: "用户名",
    password: "密码",
    sign_in: "登录",
    wrong_password: "用户名或密码有误，请检查后重试。",
    other_customer: "这部手机上的应用属于另一位客户，请使用当时设置的用户名登录。",
    consent_title: "要连接这部手机吗？",
    consent_greeting: ["您已登录：", "。"],
    consent_asks: ["您手机上的应用“", "”请求以下权限"],
    may_see: "查看您的账户、银行卡和余额",
    may_search: "查看您的交易明细",
    may_pay: "发起付款，每一笔都须由您用指纹或面容确认",
    consent_end: "您可以随时在“设备管理”中解除连接。应用不会获知您的密码。",
    allow: "连接",
    deny: "不连接",
    unusable_title: "此页面已失效",
    unusable: "页面已被使用过，或等待时间过长。请返回应用重新登录。",
    busy_title: "银行系统繁忙",
    busy: "请返回应用，稍后再试。",
};
