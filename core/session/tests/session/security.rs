//! The security centre: what the bank says beside its answers, notices, freezing.

use guichet_foundation::ids::NoticeId;
use guichet_foundation::ports::TransportFailure;
use guichet_session::{
    AcknowledgeRefusal, BankCalls as _, Call, CallFailure, NotSent, NoticeKind, PaymentsGate,
    Platform, SecurityNews, Session, Standing, TrustLevel, WipeReason,
};
use serde_json::{Value, json};

use crate::support::{Fault, TestPhone};

fn enrolled(id: &str) -> Value {
    json!({"notice_id": id, "kind": "device_enrolled", "at": "2026-03-01T09:00:00Z",
        "device": {"device_id": "device-9", "name": "Another phone", "platform": "ios",
            "trust_level": "secure_enclave"}})
}

fn id(text: &str) -> NoticeId {
    text.parse().unwrap()
}

async fn sync(session: &Session) -> Result<u16, CallFailure> {
    session.call(Call::get("/v1/sync")).await.map(|reply| reply.status)
}

fn news(notices: u32, payments: PaymentsGate) -> SecurityNews {
    SecurityNews { notices, payments: Some(payments) }
}

#[tokio::test(start_paused = true)]
async fn any_answer_brings_the_news() {
    let phone = TestPhone::new();
    assert_eq!(phone.open().security_news(), SecurityNews::default());
    let session = phone.ready().await;
    assert_eq!(sync(&session).await, Ok(200));
    assert_eq!(session.security_news(), news(0, PaymentsGate::Open));

    let mut heard = session.watch_security();
    heard.mark_unchanged();
    phone.bank.security(|bank| bank.notices = vec![enrolled("notice-1"), enrolled("notice-2")]);
    phone.bank.security(|bank| bank.frozen = true);
    assert_eq!(sync(&session).await, Ok(200));
    assert!(heard.has_changed().unwrap());
    assert_eq!(*heard.borrow_and_update(), news(2, PaymentsGate::Frozen));
    assert_eq!(sync(&session).await, Ok(200));
    assert!(!heard.has_changed().unwrap(), "what is known is no news");
}

#[tokio::test(start_paused = true)]
async fn what_is_beside_an_answer_and_not_of_its_form_changes_nothing() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.bank.security(|bank| bank.frozen = true);
    sync(&session).await.unwrap();
    let before = session.security_news();
    assert_eq!(before, news(0, PaymentsGate::Frozen));
    for (notices, payments) in [
        ("-1", "OPEN"),
        ("4294967296", "thawed"),
        ("one", ""),
        ("", "open; really"),
        ("1 2", "\"open\""),
    ] {
        let headers = [("guichet-security-notices", notices), ("guichet-payments", payments)];
        let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
        phone.bank.security(|bank| bank.beside = Some(headers.to_vec()));
        sync(&session).await.unwrap();
        assert_eq!(session.security_news(), before, "{notices} {payments}");
    }
    phone.bank.security(|bank| bank.beside = Some(Vec::new()));
    sync(&session).await.unwrap();
    assert_eq!(session.security_news(), before);
    // The twin: one good header beside a bad one counts.
    let headers = [("guichet-security-notices", "x"), ("guichet-payments", "open")];
    let headers = headers.map(|(name, value)| (name.to_owned(), value.to_owned()));
    phone.bank.security(|bank| bank.beside = Some(headers.to_vec()));
    sync(&session).await.unwrap();
    assert_eq!(session.security_news(), news(0, PaymentsGate::Open));
}

#[tokio::test(start_paused = true)]
async fn notices_are_read_as_the_bank_tells_them() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    let bare = json!({"notice_id": "notice-3", "kind": "signed_in", "at": "2026-03-01T09:10:00Z"});
    let strange = json!({"notice_id": "notice-2", "kind": "unheard_of", "at": "2026-03-01T09:05:00Z",
        "device": {"device_id": "device-8", "name": " \u{202E}enohp\u{200B} ", "platform": "harmony",
            "trust_level": "quantum"}});
    phone.bank.security(|bank| bank.notices = vec![bare, strange, enrolled("notice-1")]);
    let told = session.security().await.unwrap();
    assert_eq!((told.payments, told.frozen_at), (PaymentsGate::Open, None));
    let kinds: Vec<NoticeKind> = told.notices.iter().map(|notice| notice.kind).collect();
    assert_eq!(kinds, [NoticeKind::SignedIn, NoticeKind::Other, NoticeKind::DeviceEnrolled]);
    assert!(told.notices[0].device.is_none());
    let strange = told.notices[1].device.as_ref().unwrap();
    assert_eq!(strange.name.expose(), "enohp", "what hides in a name is left out");
    assert_eq!((strange.platform, strange.trust_level), (Platform::Other, None));
    let phone = told.notices[2].device.as_ref().unwrap();
    assert_eq!(phone.trust_level, Some(TrustLevel::SecureEnclave));
    assert!(!format!("{told:?}").contains("Another phone"));
}

#[tokio::test(start_paused = true)]
async fn invariant_10_an_answer_that_is_not_whole_leaves_things_as_they_were() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.bank.security(|bank| bank.frozen = true);
    session.security().await.unwrap();
    let many: Vec<Value> = (0..201).map(|n| enrolled(&format!("notice-{n}"))).collect();
    let device_without_id = json!({"name": "x", "platform": "ios"});
    for answer in [
        json!({"payments": "open"}),
        json!({"payments": "thawed", "notices": []}),
        json!({"payments": 7, "notices": []}),
        json!({"notices": []}),
        json!({"payments": "open", "notices": [{"notice_id": "a/b", "kind": "signed_in", "at": "2026-03-01T09:10:00Z"}]}),
        json!({"payments": "open", "notices": [{"notice_id": "a", "kind": "signed_in", "at": "yesterday"}]}),
        json!({"payments": "open", "notices": [{"notice_id": "a", "kind": "signed_in", "at": "2026-03-01T09:10:00Z", "device": device_without_id}]}),
        json!({"payments": "open", "notices": many}),
        json!([]),
    ] {
        phone.bank.security(|bank| bank.instead = Some(answer.to_string()));
        phone.bank.security(|bank| bank.beside = Some(Vec::new()));
        assert_eq!(session.security().await, Err(CallFailure::Unreadable), "{answer}");
        assert_eq!(session.security_news().payments, Some(PaymentsGate::Frozen), "{answer}");
    }
    phone.bank.fault("/v1/security", Fault::Instead(404, "{}".to_owned()));
    assert_eq!(session.security().await, Err(CallFailure::Unreadable));
    // The twin: a whole one says that payments go again, also without a word beside it.
    phone.bank.security(|bank| (bank.instead, bank.frozen) = (None, false));
    session.security().await.unwrap();
    assert_eq!(session.security_news().payments, Some(PaymentsGate::Open));
}

#[tokio::test(start_paused = true)]
async fn a_notice_is_acknowledged_with_all_before_it() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    let all = ["notice-1", "notice-2", "notice-3"];
    phone.bank.security(|bank| bank.notices = all.map(enrolled).to_vec());
    assert_eq!(session.acknowledge(&id("notice-9")).await, Err(AcknowledgeRefusal::Unknown));
    session.acknowledge(&id("notice-2")).await.unwrap();
    phone.bank.security(|bank| assert_eq!(bank.acknowledged, ["notice-2"]));
    assert_eq!(session.security_news().notices, 1);
}

#[tokio::test(start_paused = true)]
async fn freezing_goes_on_until_it_is_answered_and_counts_without_a_word_beside_it() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.bank.security(|bank| bank.beside = Some(Vec::new()));
    let path = "/v1/security/freeze";
    phone.bank.fault(path, Fault::LoseAnswer);
    phone.bank.fault(path, Fault::Refuse(TransportFailure::TimedOut));
    assert_eq!(session.freeze_payments().await, Ok(()));
    assert_eq!(phone.bank.count(path), 3);
    assert_eq!(session.security_news().payments, Some(PaymentsGate::Frozen));

    for _ in 0..4 {
        phone.bank.fault(path, Fault::LoseAnswer);
    }
    assert_eq!(session.freeze_payments().await, Err(CallFailure::Unanswered));
    assert_eq!(phone.bank.count(path), 6, "not for ever");
    phone.bank.fault("/v1/security/unfreeze", Fault::LoseAnswer);
    assert_eq!(session.unfreeze_payments().await, Err(CallFailure::Unanswered));
    assert_eq!(
        session.security_news().payments,
        Some(PaymentsGate::Frozen),
        "not before it is said"
    );
    assert_eq!(session.unfreeze_payments().await, Ok(()));
    assert_eq!(session.security_news().payments, Some(PaymentsGate::Open));
}

#[tokio::test(start_paused = true)]
async fn an_answer_that_was_overtaken_does_not_thaw_what_was_frozen_meanwhile() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    let all = phone.bank.sync_gate.available_permits();
    phone.bank.sync_gate.forget_permits(all);
    let slow = tokio::spawn({
        let session = session.clone();
        async move { sync(&session).await }
    });
    while phone.bank.count("/v1/sync") == 0 {
        tokio::task::yield_now().await;
    }
    session.freeze_payments().await.unwrap();
    // The answer said 'open' when it was written.
    phone.bank.security(|bank| bank.frozen = false);
    phone.bank.sync_gate.add_permits(10);
    assert_eq!(slow.await.unwrap(), Ok(200));
    assert_eq!(session.security_news().payments, Some(PaymentsGate::Frozen));
    // The twin: what is asked afterwards counts.
    sync(&session).await.unwrap();
    assert_eq!(session.security_news().payments, Some(PaymentsGate::Open));
}

#[tokio::test(start_paused = true)]
async fn invariant_11_while_locked_nothing_is_asked_and_a_revocation_still_wipes() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    session.lock();
    phone.bank.security(|bank| bank.notices = vec![enrolled("notice-1")]);
    let locked = CallFailure::NotSent(NotSent::Locked);
    assert_eq!(session.security().await.err(), Some(locked));
    assert_eq!(session.freeze_payments().await, Err(locked));
    assert_eq!(session.unfreeze_payments().await, Err(locked));
    assert_eq!(session.revoke_others().await, Err(locked));
    assert_eq!(session.acknowledge(&id("notice-1")).await, Err(locked.into()));
    assert_eq!(phone.bank.count("/v1/security"), 0);
    // The check-in hears how many there are, and no more.
    session.check_in().await.unwrap();
    assert_eq!(session.security_news(), news(1, PaymentsGate::Open));
    phone.bank.revoke_all();
    assert_eq!(session.check_in().await, Err(CallFailure::Revoked));
    assert_eq!(session.standing(), Standing::Wiped(WipeReason::Revoked));
}

#[tokio::test(start_paused = true)]
async fn nothing_of_one_customer_is_known_to_the_next() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.bank.security(|bank| bank.frozen = true);
    sync(&session).await.unwrap();
    let all = phone.bank.sync_gate.available_permits();
    phone.bank.sync_gate.forget_permits(all);
    let late = tokio::spawn({
        let session = session.clone();
        async move { sync(&session).await }
    });
    while phone.bank.count("/v1/sync") < 2 {
        tokio::task::yield_now().await;
    }
    session.sign_out().await.unwrap();
    assert_eq!(session.security_news(), SecurityNews::default());
    phone.bank.sync_gate.add_permits(1);
    late.await.unwrap().ok();
    assert_eq!(session.security_news(), SecurityNews::default(), "an answer after a sign-out");
}

#[tokio::test(start_paused = true)]
async fn all_others_are_signed_out_once_the_customer_has_shown_to_be_there() {
    let phone = TestPhone::new();
    let session = phone.ready().await;
    phone.bank.demand("/v1/devices/revoke-others", "urn:guichet:acr:biometric", false);
    let (revoked, ()) = tokio::join!(session.revoke_others(), async {
        let mut asked = session.step_ups();
        let request = asked.wait_for(Option::is_some).await.unwrap().clone().unwrap();
        let (shown, ()) = tokio::join!(
            session.step_up_by_biometric(&request, "why".to_owned()),
            phone.approve(&session)
        );
        shown.unwrap();
    });
    assert_eq!(revoked, Ok(2));
    assert_eq!(phone.bank.count("/v1/devices/revoke-others"), 2);
}
