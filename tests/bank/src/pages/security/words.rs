//! Every word on the security page, in both languages side by side.

use maud::{Markup, html};

use super::Event;
use crate::attestation::TrustLevel;
use crate::moment::bank_time;
use crate::pages::Locale;
use crate::security::Kind;

pub(super) struct Words {
    pub(super) title: &'static str,
    pub(super) sign_in_lead: &'static str,
    pub(super) other_language: &'static str,
    pub(super) other_lang: &'static str,
    pub(super) other_href: &'static str,
    pub(super) own_href: &'static str,
    pub(super) greeting: [&'static str; 2],
    pub(super) payments_title: &'static str,
    pub(super) payments_open: &'static str,
    pub(super) freeze: &'static str,
    pub(super) payments_frozen: &'static str,
    pub(super) password_again: &'static str,
    pub(super) unfreeze: &'static str,
    pub(super) devices_title: &'static str,
    pub(super) no_devices: &'static str,
    pub(super) sign_out: &'static str,
    pub(super) confirm_title: &'static str,
    pub(super) confirm: &'static str,
    pub(super) confirm_yes: &'static str,
    pub(super) confirm_no: &'static str,
    pub(super) lately_title: &'static str,
    pub(super) call: &'static str,
    pub(super) leave: &'static str,
    pub(super) left_title: &'static str,
    pub(super) left: &'static str,
    pub(super) sign_in_again: &'static str,
    pub(super) unusable: &'static str,
    pub(super) signed_out: &'static str,
    pub(super) gone: &'static str,
    pub(super) now_frozen: &'static str,
    pub(super) now_open: &'static str,
    pub(super) wrong_password: &'static str,
}

pub(super) fn words(locale: Locale) -> &'static Words {
    match locale {
        Locale::English => &ENGLISH,
        Locale::Chinese => &CHINESE,
    }
}

const ENGLISH: Words = Words {
    title: "Security",
    sign_in_lead: "Lost your phone, or something looks wrong? Sign in to stop payments and to sign phones out.",
    other_language: "中文",
    other_lang: "zh-CN",
    other_href: "/security?ui_locales=zh-CN",
    own_href: "/security?ui_locales=en",
    greeting: ["Signed in as ", "."],
    payments_title: "Payments",
    payments_open: "If something is wrong, stop payments first. Then nobody can pay from any of your phones. Money that comes in still arrives.",
    freeze: "Stop all payments",
    payments_frozen: "Nobody can pay from any of your phones. Money that comes in still arrives.",
    password_again: "To allow payments again, enter your password once more",
    unfreeze: "Allow payments again",
    devices_title: "Your phones",
    no_devices: "No phone is signed in.",
    sign_out: "Sign this phone out",
    confirm_title: "Sign this phone out?",
    confirm: "Everything the app holds on it will be erased as soon as it is online. Your money and your accounts at the bank stay as they are.",
    confirm_yes: "Yes, sign it out",
    confirm_no: "No, go back",
    lately_title: "What happened lately",
    call: "Something here was not you? Stop payments, sign the phone out, and call your bank.",
    leave: "Leave this page",
    left_title: "You have left",
    left: "Nothing on this page can be used any more. You may close it.",
    sign_in_again: "Sign in again",
    unusable: "It was already used, or it waited too long. Nothing was changed.",
    signed_out: "The phone is signed out. It erases what it holds as soon as it is online.",
    gone: "That phone is not on your list any more. Please look at the list again.",
    now_frozen: "Payments are stopped on all your phones.",
    now_open: "Payments are allowed again.",
    wrong_password: "The password is wrong. Payments are still stopped. Please try again.",
};

const CHINESE: Words = Words {
    title: "安全中心",
    sign_in_lead: "手机丢了，或者发现异常？请登录，您可以停止付款，并移除手机。",
    other_language: "English",
    other_lang: "en",
    other_href: "/security?ui_locales=en",
    own_href: "/security?ui_locales=zh-CN",
    greeting: ["您已登录：", "。"],
    payments_title: "付款",
    payments_open: "如果发现异常，请先停止付款。停止后，任何人都不能用您的任何一部手机付款；别人转给您的钱照常到账。",
    freeze: "停止全部付款",
    payments_frozen: "任何人都不能用您的任何一部手机付款；别人转给您的钱照常到账。",
    password_again: "要恢复付款，请再输入一次密码",
    unfreeze: "恢复付款",
    devices_title: "您的手机",
    no_devices: "目前没有手机在使用。",
    sign_out: "移除这部手机",
    confirm_title: "要移除这部手机吗？",
    confirm: "这部手机联网后，应用内的全部内容会被清除。您在银行的钱和账户不受影响。",
    confirm_yes: "是，移除",
    confirm_no: "不，返回",
    lately_title: "最近发生的事",
    call: "有不是您本人的操作？请停止付款，移除那部手机，并致电银行。",
    leave: "离开此页面",
    left_title: "您已离开",
    left: "此页面已不能再用，可以关闭。",
    sign_in_again: "重新登录",
    unusable: "页面已被使用过，或等待时间过长。没有任何改动。",
    signed_out: "手机已移除。它联网后会清除应用内的全部内容。",
    gone: "这部手机已不在列表中，请再看一下列表。",
    now_frozen: "您所有手机的付款都已停止。",
    now_open: "付款已恢复。",
    wrong_password: "密码有误，付款仍处于停止状态，请重试。",
};

/// `2 Mar 2026, 16:00`, as the bank's clocks show it.
fn time(locale: Locale, second: i64) -> String {
    let format = match locale {
        Locale::English => "%-d %b %Y, %H:%M",
        Locale::Chinese => "%Y年%-m月%-d日 %H:%M",
    };
    bank_time(second).strftime(format).to_string()
}

pub(super) fn since(locale: Locale, second: i64) -> String {
    let time = time(locale, second);
    match locale {
        Locale::English => format!("Payments are stopped since {time}."),
        Locale::Chinese => format!("付款自 {time} 起已停止。"),
    }
}

pub(super) fn last_used(locale: Locale, second: i64) -> String {
    let time = time(locale, second);
    match locale {
        Locale::English => format!("Last used {time}"),
        Locale::Chinese => format!("上次使用 {time}"),
    }
}

pub(super) fn platform(locale: Locale, platform: &str) -> &'static str {
    match (platform, locale) {
        ("android", Locale::English) => "Android phone",
        ("android", Locale::Chinese) => "安卓手机",
        ("ios", _) => "iPhone",
        (_, Locale::English) => "Other device",
        (_, Locale::Chinese) => "其他设备",
    }
}

pub(super) fn trust(locale: Locale, level: TrustLevel) -> &'static str {
    match (level, locale) {
        (TrustLevel::Software, Locale::English) => "Not protected by the phone's hardware",
        (TrustLevel::Software, Locale::Chinese) => "没有硬件保护",
        (TrustLevel::Tee, Locale::English) => "Protected by the phone's hardware",
        (TrustLevel::Tee, Locale::Chinese) => "由手机硬件保护",
        (_, Locale::English) => "Protected by a security chip",
        (_, Locale::Chinese) => "由安全芯片保护",
    }
}

/// When, then what, with the device's name where there is one.
pub(super) fn event(locale: Locale, event: &Event<'_>) -> Markup {
    let text = match (event.kind, event.device.is_some(), locale) {
        (Kind::DeviceEnrolled, _, Locale::English) => "Added: ",
        (Kind::DeviceEnrolled, _, Locale::Chinese) => "新增手机：",
        (Kind::DeviceRevoked, _, Locale::English) => "Signed out: ",
        (Kind::DeviceRevoked, _, Locale::Chinese) => "已移除：",
        (Kind::ApprovalKeyRenewed, _, Locale::English) => "Approval set up anew on ",
        (Kind::ApprovalKeyRenewed, _, Locale::Chinese) => "付款确认已重新设置：",
        (Kind::PaymentsFrozen, true, Locale::English) => "Payments stopped from ",
        (Kind::PaymentsFrozen, true, Locale::Chinese) => "付款已停止，操作手机：",
        (Kind::PaymentsFrozen, false, Locale::English) => "Payments stopped at the bank",
        (Kind::PaymentsFrozen, false, Locale::Chinese) => "付款已在银行停止",
        (Kind::PaymentsUnfrozen, true, Locale::English) => "Payments allowed again from ",
        (Kind::PaymentsUnfrozen, true, Locale::Chinese) => "付款已恢复，操作手机：",
        (Kind::PaymentsUnfrozen, false, Locale::English) => "Payments allowed again at the bank",
        (Kind::PaymentsUnfrozen, false, Locale::Chinese) => "付款已在银行恢复",
        (Kind::SignedIn, true, Locale::English) => "Signed in again on ",
        (Kind::SignedIn, true, Locale::Chinese) => "重新登录：",
        (Kind::SignedIn, false, Locale::English) => "Signed in on the bank's page",
        (Kind::SignedIn, false, Locale::Chinese) => "在银行页面登录",
    };
    html! {
        span.when { (time(locale, event.at)) }
        span {
            (text)
            @if let Some(device) = event.device { bdi { (device.name) } }
        }
    }
}
