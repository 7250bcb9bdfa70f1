//! The machine under random sequences of events, true and stray, in any order.

use std::collections::BTreeSet;

use base64ct::{Base64UrlUnpadded, Encoding as _};
use guichet_foundation::ids::IntentId;
use guichet_foundation::key::{P256PublicKey, P256Signature};
use guichet_foundation::locale::Locale;
use guichet_foundation::time::Timestamp;
use proptest::prelude::*;
use serde_json::json;

use super::backoff::Wait;
use super::machine::{Attempt, Effect, Event, Payment, Setback, State, step};
use crate::frozen::{Circumstances, Frozen, Signed};
use crate::receipt::Receipt;
use crate::terms::Terms;

const START: i64 = 1_772_000_000;

fn time(seconds: i64) -> Timestamp {
    Timestamp::from_unix_seconds(START + seconds).unwrap()
}

fn terms(minor: u32) -> Terms {
    serde_json::from_value(json!({
        "kind": "transfer",
        "from": {"account": "6222021000112233445"},
        "to": {"account": "6222021000998877665", "name": "李娜"},
        "amount": {"currency": "CNY", "minor": minor.to_string()},
        "note": "", "arrives": "now",
    }))
    .unwrap()
}

fn id(byte: u8) -> IntentId {
    IntentId::from_random([byte; 16])
}

fn frozen(whose: u8, minor: u32, challenge: u8, created: i64) -> Frozen {
    let challenge = Base64UrlUnpadded::encode_string(&[challenge; 32]);
    let around = Circumstances {
        id: id(whose),
        issuer: "https://bank.example".to_owned(),
        device: "dev-1".parse().unwrap(),
        challenge: challenge.try_into().unwrap(),
        created: time(created),
        expires: time(created + 300),
        locale: Locale::En,
    };
    Frozen::freeze(terms(minor), around).unwrap()
}

fn signed(frozen: Frozen, by: u8) -> Signed {
    Signed::new(frozen, P256Signature::from_raw(&[by.max(1); 64]).unwrap())
}

/// A receipt as if its signature had been verified: the machine takes no others.
fn receipt(about: &Signed, executed: bool) -> Receipt {
    let mut payload = json!({
        "iss": "https://bank.example", "receipt_id": "r-1", "device_id": "dev-1",
        "intent_id": about.frozen().intent().id, "intent_sha256": about.intent_digest(),
        "approval_sha256": about.approval_digest(), "iat": START,
    });
    let rest = if executed {
        json!({"outcome": "executed", "entry_id": "e-1"})
    } else {
        json!({"outcome": "refused", "reason": "expired"})
    };
    payload.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
    let compact =
        format!("h.{}.s", Base64UrlUnpadded::encode_string(payload.to_string().as_bytes()));
    Receipt::recall(&compact, P256PublicKey::from_coordinates([1; 32], [2; 32]), about).unwrap()
}

fn draft() -> Payment {
    Payment {
        id: id(1),
        terms: terms(100),
        made_at: time(0),
        changed_at: time(0),
        state: State::Draft { setback: None },
    }
}

/// What may happen. Indices choose among what has been seen so far, so that events are often old, and sometimes never true.
#[derive(Clone, Debug)]
enum Happening {
    Freeze { whose: u8, minor: u32, challenge: u8 },
    Sign { which: usize, by: u8 },
    Leave,
    EndAttempt { which: usize, how: Ending },
    Decide { which: usize, executed: bool },
    SenderLost,
    TimePassed,
}

#[derive(Clone, Copy, Debug)]
enum Ending {
    NotSent,
    GivenUp,
    Unanswered,
}

fn ending() -> impl Strategy<Value = Ending> {
    prop_oneof![
        1 => Just(Ending::NotSent),
        1 => Just(Ending::GivenUp),
        2 => Just(Ending::Unanswered)
    ]
}

fn happening() -> impl Strategy<Value = Happening> {
    prop_oneof![
        3 => (prop_oneof![5 => Just(1_u8), 1 => Just(2)], prop_oneof![5 => Just(100_u32), 1 => Just(999)], 0..4_u8)
            .prop_map(|(whose, minor, challenge)| Happening::Freeze { whose, minor, challenge }),
        4 => (0..8_usize, 1..3_u8).prop_map(|(which, by)| Happening::Sign { which, by }),
        5 => Just(Happening::Leave),
        4 => (0..8_usize, ending()).prop_map(|(which, how)| Happening::EndAttempt { which, how }),
        1 => (0..8_usize, any::<bool>()).prop_map(|(which, executed)| Happening::Decide { which, executed }),
        1 => Just(Happening::SenderLost),
        2 => Just(Happening::TimePassed),
    ]
}

/// What the world knows besides the machine.
#[derive(Default)]
struct World {
    frozen: Vec<Frozen>,
    signed: Vec<Signed>,
    /// Attempts with their bytes, latest last.
    attempts: Vec<(Attempt, Signed)>,
    /// Indices of attempts that certainly did not reach the bank.
    not_sent: BTreeSet<usize>,
}

impl World {
    fn event(&mut self, happening: &Happening, now: i64) -> Option<Event> {
        let wait = Wait::default();
        Some(match happening {
            Happening::Freeze { whose, minor, challenge } => {
                let frozen = frozen(*whose, *minor, *challenge, now);
                self.frozen.push(frozen.clone());
                Event::Frozen(frozen)
            }
            Happening::Sign { which, by } => {
                let signed = signed(latest(&self.frozen, *which)?.clone(), *by);
                self.signed.push(signed.clone());
                Event::Signed(signed)
            }
            Happening::Leave => Event::Leaving,
            Happening::EndAttempt { which, how } => {
                let index = self.attempts.len().checked_sub(which + 1)?;
                let (attempt, _) = self.attempts[index];
                if !matches!(how, Ending::Unanswered) {
                    self.not_sent.insert(index);
                }
                match how {
                    Ending::NotSent => Event::NotSent { attempt, wait },
                    Ending::GivenUp => Event::GivenUp { attempt, wait },
                    Ending::Unanswered => Event::Unanswered { attempt, wait },
                }
            }
            Happening::Decide { which, executed } => {
                Event::Decided(receipt(latest(&self.signed, *which)?, *executed))
            }
            Happening::SenderLost => Event::SenderLost,
            Happening::TimePassed => Event::TimePassed,
        })
    }

    /// Bytes that the bank may have, as far as anyone can know.
    fn perhaps_at_bank(&self) -> Vec<&Signed> {
        let attempts = self.attempts.iter().enumerate();
        attempts.filter(|(at, _)| !self.not_sent.contains(at)).map(|(_, (_, s))| s).collect()
    }
}

fn latest<T>(seen: &[T], back: usize) -> Option<&T> {
    seen.len().checked_sub(back + 1).and_then(|at| seen.get(at))
}

fn settled(state: &State) -> bool {
    matches!(state, State::Confirmed(_) | State::Rejected(_))
}

fn check(before: &Payment, event: &Event, after: &State, now: Timestamp) {
    match &before.state {
        State::Confirmed(_) | State::Rejected(_) => {
            assert_eq!(&before.state, after, "settled is final");
        }
        State::Unknown(sending) => match after {
            State::Unknown(_) => {}
            State::Confirmed(settled) | State::Rejected(settled) => {
                let Event::Decided(receipt) = event else { panic!("{event:?} settled it") };
                assert!(receipt.is_about(&sending.signed) && settled.receipt == *receipt);
            }
            _ => panic!("unknown became {after:?} by {event:?}"),
        },
        _ => {}
    }
    if let (Some(was), Some(is)) = (before.state.signed(), after.signed()) {
        assert_eq!(was, is, "approved bytes never change");
    }
    if let (None, Some(is)) = (before.state.signed(), after.signed()) {
        let State::Reviewed(frozen) = &before.state else { panic!("approved unreviewed") };
        assert_eq!(is.frozen(), frozen, "what is approved is what was reviewed");
        assert!(!frozen.is_expired(now), "approved in time");
    }
    if settled(after) && !settled(&before.state) {
        assert!(matches!(event, Event::Decided(_)), "settled by {event:?}");
    }
    if let Some(frozen) = after.frozen() {
        assert!(frozen.intent().id == before.id && frozen.intent().terms == before.terms);
    }
}

fn check_effect(before: &Payment, after: &State, effect: &Effect, world: &World, now: Timestamp) {
    let Effect::Send { signed, .. } = effect;
    assert_eq!(Some(signed), before.state.signed(), "only approved bytes are sent");
    assert_eq!(Some(signed), after.signed());
    assert!(
        matches!(after, State::InFlight(_) | State::Unknown(_)),
        "in flight before a byte leaves"
    );
    if matches!(before.state, State::Approved(_)) {
        assert!(!signed.frozen().is_expired(now), "first sent in time");
    }
    for earlier in world.perhaps_at_bank() {
        assert_eq!(earlier, signed, "the bank never sees two versions of one payment");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn invariant_02_once_and_04_truthful_under_any_sequence_of_events(
        happenings in prop::collection::vec((happening(), 0..90_i64), 1..60)
    ) {
        let (mut payment, mut world, mut clock) = (draft(), World::default(), 0);
        for (happening, pause) in happenings {
            clock += pause;
            let now = time(clock);
            let Some(event) = world.event(&happening, clock) else { continue };
            let (after, effect) = step(&payment, event.clone(), now);
            check(&payment, &event, &after, now);
            if let Some(effect) = effect {
                check_effect(&payment, &after, &effect, &world, now);
                let Effect::Send { signed, attempt } = effect;
                world.attempts.push((attempt, signed));
            }
            if matches!(after, State::Draft { .. } | State::Reviewed(_) | State::Approved(_)) {
                prop_assert!(world.perhaps_at_bank().is_empty(), "{after:?} though it may be at the bank");
            }
            payment.state = after;
        }
    }

    #[test]
    fn a_repeated_event_changes_nothing_more(
        happenings in prop::collection::vec((happening(), 0..90_i64), 1..40)
    ) {
        let (mut payment, mut world, mut clock) = (draft(), World::default(), 0);
        for (happening, pause) in happenings {
            clock += pause;
            let now = time(clock);
            let Some(event) = world.event(&happening, clock) else { continue };
            let (after, effect) = step(&payment, event.clone(), now);
            if let Some(Effect::Send { signed, attempt }) = effect {
                world.attempts.push((attempt, signed));
                payment.state = after;
                continue;
            }
            payment.state = after;
            let (again, effect) = step(&payment, event, now);
            prop_assert_eq!(&again, &payment.state);
            prop_assert!(effect.is_none());
        }
    }
}

fn approved() -> Payment {
    let mut payment = draft();
    let frozen = frozen(1, 100, 7, 0);
    payment.state = step(&payment, Event::Frozen(frozen.clone()), time(1)).0;
    payment.state = step(&payment, Event::Signed(signed(frozen, 5)), time(2)).0;
    assert!(matches!(payment.state, State::Approved(_)));
    payment
}

fn leave(payment: &mut Payment, now: i64) -> Option<Attempt> {
    let (state, effect) = step(payment, Event::Leaving, time(now));
    payment.state = state;
    effect.map(|Effect::Send { attempt, .. }| attempt)
}

#[test]
fn invariant_06_expires_what_was_not_sent_in_time_is_a_draft_again() {
    let mut payment = approved();
    assert_eq!(leave(&mut payment, 300), None);
    assert_eq!(payment.state, State::Draft { setback: Some(Setback::NotSent) });
    assert_eq!(leave(&mut payment, 301), None);
}

#[test]
fn invariant_06_expires_but_what_may_be_at_the_bank_is_not_forgotten() {
    let mut payment = approved();
    let attempt = leave(&mut payment, 10).unwrap();
    payment.state =
        step(&payment, Event::Unanswered { attempt, wait: Wait::default() }, time(40)).0;
    payment.state = step(&payment, Event::TimePassed, time(100_000)).0;
    assert!(matches!(payment.state, State::Unknown(_)));
    assert!(leave(&mut payment, 100_001).is_some(), "asked for as long as it takes");
}

#[test]
fn an_attempt_that_never_left_leads_back_to_approved_only_if_it_was_the_only_one() {
    let wait = Wait::default();
    let mut once = approved();
    let attempt = leave(&mut once, 10).unwrap();
    once.state = step(&once, Event::NotSent { attempt, wait }, time(11)).0;
    assert!(matches!(once.state, State::Approved(_)));
    let attempt = leave(&mut once, 12).unwrap();
    once.state = step(&once, Event::GivenUp { attempt, wait }, time(13)).0;
    assert_eq!(once.state, State::Draft { setback: Some(Setback::NotSent) });

    let mut twice = approved();
    leave(&mut twice, 10).unwrap();
    let second = leave(&mut twice, 20).unwrap();
    twice.state = step(&twice, Event::NotSent { attempt: second, wait }, time(21)).0;
    assert!(matches!(twice.state, State::Unknown(_)));
    let third = leave(&mut twice, 30).unwrap();
    twice.state = step(&twice, Event::GivenUp { attempt: third, wait }, time(31)).0;
    assert!(matches!(twice.state, State::Unknown(_)));
}

#[test]
fn a_receipt_about_other_bytes_settles_nothing() {
    let mut payment = approved();
    leave(&mut payment, 10).unwrap();
    for other in [signed(frozen(1, 100, 8, 0), 5), signed(frozen(1, 100, 7, 0), 6)] {
        let (state, _) = step(&payment, Event::Decided(receipt(&other, true)), time(11));
        assert_eq!(state, payment.state);
    }
    let own = payment.state.signed().unwrap().clone();
    let (state, _) = step(&payment, Event::Decided(receipt(&own, true)), time(11));
    assert!(matches!(state, State::Confirmed(_)));
}
