//! The security page: who may act for the customer, and how to stop them.

mod words;

use axum::http::StatusCode;
use axum::http::header::RETRY_AFTER;
use axum::response::Response;
use maud::{Markup, html};

use self::words::{Words, event, last_used, platform, since, trust, words};
use super::sign_in::{credentials, status};
use super::words::slow_down;
use super::{Locale, Trouble, shell};
use crate::devices::Device;
use crate::security::Kind;

/// The sign-in page before it.
#[derive(Debug)]
pub struct SignIn<'a> {
    /// The language.
    pub locale: Locale,
    /// What was typed before.
    pub username: &'a str,
    /// What went wrong before.
    pub trouble: Option<Trouble>,
}

/// What the page shows.
#[derive(Debug)]
pub struct Centre<'a> {
    /// The page handle for the hidden fields.
    pub page: &'a str,
    /// The language.
    pub locale: Locale,
    /// Who has signed in.
    pub customer_name: &'a str,
    /// Since when payments are frozen, in seconds since 1970.
    pub frozen_at: Option<i64>,
    /// The devices that are not revoked.
    pub devices: Vec<&'a Device>,
    /// What happened lately, newest first.
    pub events: Vec<Event<'a>>,
    /// What came of the form before.
    pub said: Option<Said>,
}

/// Something that happened.
#[derive(Debug)]
pub struct Event<'a> {
    /// What.
    pub kind: Kind,
    /// When, in seconds since 1970.
    pub at: i64,
    /// The device it is about.
    pub device: Option<&'a Device>,
}

/// What came of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Said {
    /// A phone was signed out.
    SignedOut,
    /// There is no such phone, or not any more.
    Gone,
    /// Payments are frozen.
    Frozen,
    /// Payments go again.
    Unfrozen,
    /// Payments stay frozen: the password is wrong.
    WrongPassword,
    /// Payments stay frozen: too many attempts.
    SlowDown {
        /// Seconds to wait.
        wait_s: i64,
    },
}

impl Said {
    fn text(self, locale: Locale) -> String {
        let words = words(locale);
        match self {
            Self::SignedOut => words.signed_out.to_owned(),
            Self::Gone => words.gone.to_owned(),
            Self::Frozen => words.now_frozen.to_owned(),
            Self::Unfrozen => words.now_open.to_owned(),
            Self::WrongPassword => words.wrong_password.to_owned(),
            Self::SlowDown { wait_s } => slow_down(locale, wait_s),
        }
    }

    fn is_trouble(self) -> bool {
        matches!(self, Self::Gone | Self::WrongPassword | Self::SlowDown { .. })
    }

    fn status(self) -> StatusCode {
        match self {
            Self::WrongPassword => StatusCode::FORBIDDEN,
            Self::SlowDown { .. } => StatusCode::TOO_MANY_REQUESTS,
            _ => StatusCode::OK,
        }
    }
}

/// Shows the sign-in page.
pub fn sign_in(shown: &SignIn<'_>) -> Response {
    let words = words(shown.locale);
    let content = html! {
        p { (words.sign_in_lead) }
        form method="post" action="/security/sign-in" {
            input type="hidden" name="ui_locales" value=(shown.locale.as_str());
            (credentials(shown.locale, shown.username, shown.trouble))
        }
        p.other-language {
            a href=(words.other_href) lang=(words.other_lang) hreflang=(words.other_lang) {
                (words.other_language)
            }
        }
    };
    let status = status(shown.trouble);
    let mut response = shell::page(status, shown.locale, words.title, None, content);
    if let Some(Trouble::SlowDown { wait_s }) = shown.trouble {
        response.headers_mut().insert(RETRY_AFTER, wait_s.into());
    }
    response
}

/// Shows the page.
pub fn centre(shown: &Centre<'_>) -> Response {
    let words = words(shown.locale);
    let [greeting, greeting_end] = words.greeting;
    let content = html! {
        p { (greeting) strong { (shown.customer_name) } (greeting_end) }
        @if let Some(said) = shown.said {
            @if said.is_trouble() {
                p.trouble role="alert" { (said.text(shown.locale)) }
            } @else {
                p.done role="status" { (said.text(shown.locale)) }
            }
        }
        (payments(shown, words))
        h2 { (words.devices_title) }
        @if shown.devices.is_empty() {
            p { (words.no_devices) }
        } @else {
            ul.cards {
                @for device in &shown.devices { li { (card(shown, device, words)) } }
            }
        }
        @if !shown.events.is_empty() {
            h2 { (words.lately_title) }
            ul.events {
                @for it in &shown.events { li { (event(shown.locale, it)) } }
            }
        }
        p.hint { (words.call) }
        (button(shown.page, "leave", None, words.leave, "quiet"))
    };
    let status = shown.said.map_or(StatusCode::OK, Said::status);
    let mut response = shell::page(status, shown.locale, words.title, None, content);
    if let Some(Said::SlowDown { wait_s }) = shown.said {
        response.headers_mut().insert(RETRY_AFTER, wait_s.into());
    }
    response
}

fn payments(shown: &Centre<'_>, words: &Words) -> Markup {
    let Some(frozen_at) = shown.frozen_at else {
        return html! {
            h2 { (words.payments_title) }
            p { (words.payments_open) }
            (button(shown.page, "freeze", None, words.freeze, "stop"))
        };
    };
    html! {
        h2 { (words.payments_title) }
        p.frozen { strong { (since(shown.locale, frozen_at)) } " " (words.payments_frozen) }
        form method="post" action="/security/act" {
            input type="hidden" name="page" value=(shown.page);
            label for="password" { (words.password_again) }
            input #password type="password" name="password" required
                autocomplete="current-password";
            button type="submit" name="action" value="unfreeze" { (words.unfreeze) }
        }
    }
}

fn card(shown: &Centre<'_>, device: &Device, words: &Words) -> Markup {
    html! {
        p.name { bdi { (device.name) } }
        p.detail { (platform(shown.locale, &device.platform)) }
        p.detail { (last_used(shown.locale, device.last_seen_at.as_second())) }
        p.detail { (trust(shown.locale, device.trust_level)) }
        (button(shown.page, "ask_sign_out", Some(&device.device_id), words.sign_out, "quiet"))
    }
}

/// A form with one button.
fn button(page: &str, action: &str, device: Option<&str>, label: &str, class: &str) -> Markup {
    html! {
        form method="post" action="/security/act" {
            input type="hidden" name="page" value=(page);
            @if let Some(device) = device {
                input type="hidden" name="device" value=(device);
            }
            button class=(class) type="submit" name="action" value=(action) { (label) }
        }
    }
}

/// Asks whether a phone is to be signed out.
pub fn confirm_sign_out(page: &str, locale: Locale, device: &Device) -> Response {
    let words = words(locale);
    let content = html! {
        p.name { bdi { (device.name) } }
        p.detail { (last_used(locale, device.last_seen_at.as_second())) }
        p { (words.confirm) }
        (button(page, "sign_out", Some(&device.device_id), words.confirm_yes, "stop"))
        (button(page, "back", None, words.confirm_no, "quiet"))
    };
    shell::page(StatusCode::OK, locale, words.confirm_title, None, content)
}

/// Says goodbye; nothing on the page can be used.
pub fn farewell(locale: Locale) -> Response {
    let words = words(locale);
    let content = html! {
        p { (words.left) }
        p { a href=(words.own_href) { (words.sign_in_again) } }
    };
    shell::page(StatusCode::OK, locale, words.left_title, None, content)
}

/// What a page says that cannot be used any more.
pub(super) fn unusable(locale: Locale) -> Markup {
    let words = words(locale);
    html! {
        p { (words.unusable) }
        p { a href=(words.own_href) { (words.sign_in_again) } }
    }
}
