//! What the bank says of the customer's security, in the customer's words.

use guichet_foundation::sensitivity::C2;
use guichet_foundation::time::Timestamp;
use guichet_session::{Device, NoticeKind, PaymentsGate, Platform, SecurityNotice, TrustLevel};

use super::state::{DeviceRow, MovingCard, PaymentsCard, QuestionCard};
use crate::text::Words;

impl QuestionCard {
    /// Asks about `notice`; `more` wait behind it.
    pub(super) fn new(notice: &SecurityNotice, more: usize, words: &Words) -> Self {
        let name = notice.device.as_ref().map(|device| named(device.name.expose(), words));
        let title = match &name {
            Some(name) => {
                words.say_with(happened_on(notice.kind), &[("name", name.as_str().into())])
            }
            None => words.say(happened_at_bank(notice.kind)),
        };
        let time = words.time(notice.at);
        let question = words.say("question-ask");
        let spoken = format!("{title} {time}. {question}");
        Self {
            id: notice.id.clone(),
            title: C2::new(title),
            detail: notice.device.as_ref().map(|device| {
                let platform = words.say(platform(device.platform));
                format!("{platform} · {}", words.say(trust(device.trust_level)))
            }),
            time,
            question,
            mine: words.say("question-mine"),
            not_mine: words.say("question-not-mine"),
            hint: words.say("question-hint"),
            more: (more > 0).then(|| words.say_with("question-more", &[("count", more.into())])),
            spoken: C2::new(spoken),
        }
    }
}

impl PaymentsCard {
    pub(super) fn new(
        gate: Option<PaymentsGate>,
        frozen_at: Option<Timestamp>,
        busy: bool,
        words: &Words,
    ) -> Self {
        let frozen = gate == Some(PaymentsGate::Frozen);
        let message = match (frozen, frozen_at) {
            (false, _) => words.say("security-payments-open"),
            (true, None) => words.say("security-payments-frozen"),
            (true, Some(at)) => {
                let time = words.time(at);
                words.say_with("security-payments-frozen-since", &[("time", (&time).into())])
            }
        };
        Self {
            title: words.say("security-payments-title"),
            frozen,
            message,
            freeze: (!frozen).then(|| words.say("security-freeze")),
            unfreeze: frozen.then(|| words.say("security-unfreeze")),
            busy,
        }
    }
}

impl MovingCard {
    /// About the phones beside this one; `None` if there are none.
    pub(super) fn new(devices: &[Device], words: &Words) -> Option<Self> {
        let others: Vec<&Device> = devices.iter().filter(|device| !device.current).collect();
        let (first, rest) = others.split_first()?;
        let only = rest.is_empty();
        let message = if only {
            let name = named(first.name.expose(), words);
            words.say_with("moving-message", &[("name", (&name).into())])
        } else {
            words.say_with("moving-message-several", &[("count", others.len().into())])
        };
        Some(Self {
            title: words.say("moving-title"),
            message: C2::new(message),
            device: only.then(|| first.id.clone()),
            sign_out: only.then(|| words.say("moving-sign-out")),
            keep: words.say("moving-keep"),
        })
    }
}

impl DeviceRow {
    pub(super) fn new(device: &Device, words: &Words) -> Self {
        let last_seen = words.time(device.last_seen_at);
        let name = named(device.name.expose(), words);
        let platform = words.say(platform(device.platform));
        let detail = if device.current {
            words.say("security-this-phone")
        } else {
            words.say_with("security-last-used", &[("time", (&last_seen).into())])
        };
        let trust = words.say(trust(device.trust_level));
        let spoken = format!("{name}. {platform}. {detail}. {trust}.");
        Self {
            id: device.id.clone(),
            name: C2::new(name),
            platform,
            detail,
            trust,
            current: device.current,
            sign_out: (!device.current).then(|| words.say("security-sign-out-device")),
            spoken: C2::new(spoken),
        }
    }
}

/// A name of which nothing is left to show is none.
fn named(name: &str, words: &Words) -> String {
    if name.is_empty() { words.say("security-unnamed") } else { name.to_owned() }
}

const fn platform(platform: Platform) -> &'static str {
    match platform {
        Platform::Android => "platform-android",
        Platform::Ios => "platform-ios",
        Platform::Other => "platform-other",
    }
}

const fn trust(level: Option<TrustLevel>) -> &'static str {
    match level {
        Some(TrustLevel::Software) => "trust-software",
        Some(TrustLevel::Tee) => "trust-tee",
        Some(TrustLevel::Strongbox | TrustLevel::SecureEnclave) => "trust-security-chip",
        None => "trust-other",
    }
}

const fn happened_on(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::DeviceEnrolled => "happened-device-enrolled",
        NoticeKind::DeviceRevoked => "happened-device-revoked",
        NoticeKind::ApprovalKeyRenewed => "happened-approval-renewed",
        NoticeKind::PaymentsFrozen => "happened-frozen-on",
        NoticeKind::PaymentsUnfrozen => "happened-unfrozen-on",
        NoticeKind::SignedIn => "happened-signed-in-on",
        NoticeKind::Other => "happened-other-on",
    }
}

const fn happened_at_bank(kind: NoticeKind) -> &'static str {
    match kind {
        NoticeKind::PaymentsFrozen => "happened-frozen-at-bank",
        NoticeKind::PaymentsUnfrozen => "happened-unfrozen-at-bank",
        NoticeKind::SignedIn => "happened-signed-in-at-bank",
        NoticeKind::DeviceEnrolled
        | NoticeKind::DeviceRevoked
        | NoticeKind::ApprovalKeyRenewed
        | NoticeKind::Other => "happened-other",
    }
}

#[cfg(test)]
mod tests {
    use guichet_foundation::locale::Locale;
    use guichet_session::NoticeDevice;

    use super::*;

    const KINDS: [NoticeKind; 7] = [
        NoticeKind::DeviceEnrolled,
        NoticeKind::DeviceRevoked,
        NoticeKind::ApprovalKeyRenewed,
        NoticeKind::PaymentsFrozen,
        NoticeKind::PaymentsUnfrozen,
        NoticeKind::SignedIn,
        NoticeKind::Other,
    ];

    fn notice(kind: NoticeKind, name: Option<&str>) -> SecurityNotice {
        let device = name.map(|name| NoticeDevice {
            id: "device-1".parse().unwrap(),
            name: C2::new(name.to_owned()),
            platform: Platform::Android,
            trust_level: Some(TrustLevel::Tee),
        });
        SecurityNotice {
            id: "notice-1".parse().unwrap(),
            kind,
            at: "2026-03-01T09:30:00Z".parse().unwrap(),
            device,
        }
    }

    fn device(name: &str, current: bool) -> Device {
        let then = "2026-03-01T09:30:00Z".parse().unwrap();
        Device {
            id: "device-1".parse().unwrap(),
            name: C2::new(name.to_owned()),
            platform: Platform::Ios,
            enrolled_at: then,
            last_seen_at: then,
            current,
            trust_level: None,
        }
    }

    #[test]
    fn every_kind_has_words_of_its_own_in_both_languages() {
        for locale in Locale::ALL {
            let words = Words::new(locale);
            let mut seen = std::collections::BTreeSet::new();
            for kind in KINDS {
                let named = QuestionCard::new(&notice(kind, Some("Plum")), 0, &words);
                assert!(named.title.expose().contains("Plum"), "{kind:?}");
                assert!(seen.insert(named.title.into_exposed()), "{kind:?}");
                let bare = QuestionCard::new(&notice(kind, None), 0, &words).title.into_exposed();
                assert!(!bare.is_empty() && !bare.contains("happened-"), "{kind:?}: {bare}");
            }
        }
    }

    #[test]
    fn a_question_says_what_when_and_where_and_what_waits_behind_it() {
        let words = Words::new(Locale::En);
        let card = QuestionCard::new(&notice(NoticeKind::DeviceEnrolled, Some("Plum")), 2, &words);
        assert_eq!(card.title.expose(), "A phone was added to your account: Plum");
        assert_eq!(
            card.detail.as_deref(),
            Some("Android phone · Protected by the phone's hardware")
        );
        assert_eq!(card.time, "1 Mar 2026, 17:30");
        assert_eq!(card.more.as_deref(), Some("2 more after this."));
        assert!(card.spoken.expose().ends_with("Was this you?"));
        assert!(!format!("{card:?}").contains("Plum"));
    }

    #[test]
    fn a_phone_without_a_name_is_still_called_something() {
        let words = Words::new(Locale::ZhCn);
        let row = DeviceRow::new(&device("", false), &words);
        assert_eq!(row.name.expose(), "没有名称的手机");
        assert!(
            row.sign_out.is_some() && DeviceRow::new(&device("x", true), &words).sign_out.is_none()
        );
    }

    #[test]
    fn an_old_phone_is_named_where_there_is_one_and_counted_where_there_are_more() {
        let words = Words::new(Locale::En);
        let this = device("New", true);
        assert_eq!(MovingCard::new(std::slice::from_ref(&this), &words), None);
        let one = MovingCard::new(&[this.clone(), device("Old", false)], &words).unwrap();
        assert!(one.message.expose().contains("Old") && one.device.is_some());
        let two = [this, device("Old", false), device("Older", false)];
        let two = MovingCard::new(&two, &words).unwrap();
        assert!(two.message.expose().starts_with("2 other phones") && two.sign_out.is_none());
    }

    #[test]
    fn payments_are_called_stopped_only_when_the_bank_has_said_so() {
        let words = Words::new(Locale::En);
        for gate in [None, Some(PaymentsGate::Open)] {
            let card = PaymentsCard::new(gate, None, false, &words);
            assert!(!card.frozen && card.freeze.is_some() && card.unfreeze.is_none());
        }
        let at = Some("2026-03-01T09:30:00Z".parse().unwrap());
        let card = PaymentsCard::new(Some(PaymentsGate::Frozen), at, false, &words);
        assert!(card.frozen && card.freeze.is_none() && card.unfreeze.is_some());
        assert!(card.message.starts_with("Payments are stopped since 1 Mar 2026, 17:30."));
    }
}
